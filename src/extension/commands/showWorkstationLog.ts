import type { CommandSpec } from './command.ts';

/** The log of this window: the launch, what Blender wrote, and what went wrong. */
export const showWorkstationLog: CommandSpec = {
  id: 'avatarForge.showWorkstationLog',
  run({ log }) {
    log.show();
    return Promise.resolve();
  },
};
