import type { Command } from './command.ts';

export const run: Command = ({ avatars, served }) => {
  served.forget();
  avatars.refresh('everything');
  return Promise.resolve();
};
