import type { Services } from '../services.ts';

/**
 * A command of the palette: one file that exports it as `run`, one line in index.ts, one entry in package.json.
 * What it throws is shown to the user. `argument` is the row or the file it was called on, if any: parse it.
 * The result is for programs that run the command; ends when the work has ended, not when its message was read.
 */
export type Command = (services: Services, argument: unknown) => Promise<unknown>;
