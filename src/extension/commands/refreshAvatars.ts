import type { CommandSpec } from './command.ts';

export const refreshAvatars: CommandSpec = {
  id: 'avatarForge.refreshAvatars',
  run({ avatars }) {
    avatars.refresh('everything');
    return Promise.resolve();
  },
};
