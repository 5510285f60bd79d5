import type { Command } from './command.ts';

/** The log of this window: the launch, what Blender wrote, and what went wrong. */
export const run: Command = ({ log }) => {
  log.show();
  return Promise.resolve();
};
