import { z } from 'zod';
import { ForgeError } from '../../core/errors.ts';
import type { CallOptions, FileRoot, PeerInfo, RemoteFile } from '../../core/ports.ts';
import type { StreamAssembly } from '../../core/wire/assembly.ts';
import type { Passage } from './asked.ts';

/** One connection to one Blender, from the handshake to its end. It never connects again: {@link connectBlender} does. */
export interface Link {
  readonly peer: PeerInfo;
  /** Whether what was asked over links before this one is known there. */
  readonly resumed: boolean;
  /** @param passage of a call that may have been sent over another link, and is then taken up again */
  call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
    passage: Passage,
  ): Promise<unknown>;
  /** What arrives is kept in `partial`, so that another link can go on where this one broke. */
  readFile(file: FileName, partial: PartialFile, options: CallOptions): Promise<Uint8Array>;
  writeFile(file: FileName, bytes: Uint8Array, options: CallOptions): Promise<RemoteFile>;
  /** Ends it; calls under way are answered `blender-gone`. */
  close(): void;
}

export interface FileName {
  readonly root: FileRoot;
  readonly name: string;
}

export interface PartialFile {
  assembly: StreamAssembly | null;
}

/** The answer of a call whose connection is over. */
export function gone(method: string, why: string): ForgeError {
  return new ForgeError(
    'blender-gone',
    `The connection to Blender ended before ${method} was answered: ${why}. It may have been done, or not.`,
    'Look at the scene before doing it again; if Blender has ended, start it.',
  );
}

/** The answer of a call that never left: it was not done, and may be repeated. */
export function notSent(method: string, why: string): ForgeError {
  return new ForgeError(
    'blender-gone',
    `The connection to Blender ended before ${method} was sent: ${why}.`,
    'Call again; if Blender has ended, start it.',
    { data: { sent: false } },
  );
}

export function wasNotSent(thrown: unknown): boolean {
  return thrown instanceof ForgeError && z.object({ sent: z.literal(false) }).safeParse(thrown.data).success;
}

export function cancelled(method: string): ForgeError {
  return new ForgeError('cancelled', `${method} was cancelled.`, 'Call again when it is wanted.');
}

export function tooLate(method: string, afterMs: number): ForgeError {
  return new ForgeError(
    'deadline-exceeded',
    `${method} was not answered within ${Math.round(afterMs / 100) / 10} s.`,
    'Blender may be busy: try something smaller, or wait and look at the scene before doing it again.',
  );
}

const nextSteps: Readonly<Record<string, string>> = {
  'bad-params': 'Correct the parameters and call again.',
  'bad-name': 'Use one file name of letters, digits, dot, dash, underscore and space.',
  'python-error': 'Correct the code and run it again.',
  cancelled: 'Call again when it is wanted.',
  'deadline-exceeded': 'Look at the scene, then do it in smaller steps.',
  'unknown-method': 'Update the add-on in Blender to the version of this program.',
  'shutting-down': 'Start Blender again.',
  busy: 'Wait a little, then call again.',
};

/** An error that Blender answered with; its message already says what to do, where the command knows. */
export function answeredError(error: {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
}): ForgeError {
  const next = nextSteps[error.code] ?? 'Then call again.';
  return new ForgeError(error.code, error.message, next, { data: error.data });
}
