import type { Duplex } from 'node:stream';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { OpenOptions } from './transport.ts';

/**
 * Runs the steps of opening a connection under one deadline: `until` is aborted, with the ForgeError to reject with, when the
 * time is up or the caller gives up. Afterwards it is never aborted, so that what was opened lives on.
 */
export async function withinDeadline<T>(
  host: string,
  { timeoutMs, signal }: Pick<OpenOptions, 'timeoutMs' | 'signal'>,
  steps: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const timer = setTimeout(
    () => ending.abort(unreachable(`Nothing answered at ${host} within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const onAbort = (): void => ending.abort(cancelled());
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    return await steps(ending.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Resolves at a socket's event. If that does not come, the socket is destroyed. */
export function reached<S extends Duplex>(
  socket: S,
  event: 'connect' | 'secureConnect',
  until: AbortSignal,
  failed: (reason: string) => ForgeError,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      settle();
      discard(socket);
      reject(error);
    };
    const onAbort = (): void => fail(until.reason as ForgeError);
    const onError = (thrown: Error): void => fail(failed(codeOf(thrown)));
    const onClose = (): void => fail(failed('it was closed'));
    const onEvent = (): void => {
      settle();
      resolve(socket);
    };
    const settle = (): void => {
      until.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose).off(event, onEvent);
    };
    socket.once('error', onError).once('close', onClose).once(event, onEvent);
    until.addEventListener('abort', onAbort, { once: true });
    if (until.aborted) onAbort();
  });
}

/** Destroys a socket that nobody listens to any more. */
export function discard(socket: Duplex): void {
  socket.on('error', () => undefined).destroy();
}

/** `ECONNREFUSED` says more than its message, which repeats the address. */
export function codeOf(thrown: Error): string {
  return 'code' in thrown ? String(thrown.code) : reasonOf(thrown);
}

export function unreachable(
  what: string,
  next = 'Start Blender with the add-on, or correct the host and port; the sidebar of the add-on shows both.',
): ForgeError {
  return new ForgeError('blender-unreachable', `${what}.`, next);
}

function cancelled(): ForgeError {
  return new ForgeError(
    'cancelled',
    'The call was cancelled while connecting.',
    'Call again when it is wanted.',
  );
}
