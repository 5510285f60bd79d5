import type { Command } from './command.ts';

export const run: Command = ({ avatars }) => {
  avatars.refresh('everything');
  return Promise.resolve();
};
