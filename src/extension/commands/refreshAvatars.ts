import type { CommandSpec } from './command.ts';

export const refreshAvatars: CommandSpec = {
  id: 'avatarForge.refreshAvatars',
  run({ avatars }) {
    avatars.refresh();
    return Promise.resolve();
  },
};
