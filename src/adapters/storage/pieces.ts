import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Digest, Transfer } from '../../core/promotion/ports.ts';

/** Files of any size by pieces in buffers that are used again, so that a large one takes no more memory than a small one. */

const pieceBytes = 1 << 20;

/** A file's bytes. A piece is good until the next is asked for. Rejects as the file system does, and with an `AbortError`. */
export async function* piecesOf(path: string, { signal, onBytes }: Transfer = {}): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    let count = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes, null);
      if (bytesRead === 0) return;
      count += bytesRead;
      onBytes?.(count);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Lower-case hex. */
export async function hashFile(
  path: string,
  algorithm: Digest['algorithm'],
  transfer?: Transfer,
): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of piecesOf(path, transfer)) hash.update(piece);
  return hash.digest('hex');
}

/** Whether a file has these bytes and no others. */
export async function hasBytes(
  path: string,
  known: AsyncIterable<Uint8Array>,
  transfer?: Transfer,
): Promise<boolean> {
  const original = known[Symbol.asyncIterator]();
  try {
    let rest: Uint8Array = new Uint8Array();
    let at = 0;
    for await (const piece of piecesOf(path, transfer)) {
      for (let done = 0; done < piece.length;) {
        if (at === rest.length) {
          const next = await original.next();
          if (next.done === true) return false;
          [rest, at] = [next.value, 0];
        }
        const count = Math.min(piece.length - done, rest.length - at);
        if (piece.compare(rest, at, at + count, done, done + count) !== 0) return false;
        done += count;
        at += count;
      }
    }
    return at === rest.length && (await original.next()).done === true;
  } finally {
    await original.return?.();
  }
}

/**
 * Writes bytes into an open file from its start: while one piece is written, the next is collected. `onWritten` is given each piece
 * as it reads back from the file.
 */
export async function writePieces(
  handle: FileHandle,
  bytes: AsyncIterable<Uint8Array>,
  onWritten?: (piece: Uint8Array) => void,
): Promise<void> {
  let [collected, written] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let [filled, at] = [0, 0];
  let writing = Promise.resolve();
  const write = async (): Promise<void> => {
    await writing;
    [collected, written] = [written, collected];
    writing = writePiece(handle, written.subarray(0, filled), at, onWritten);
    writing.catch(() => undefined); // it is waited for
    at += filled;
    filled = 0;
  };
  try {
    for await (const chunk of bytes) {
      for (let done = 0; done < chunk.length;) {
        const count = Math.min(chunk.length - done, pieceBytes - filled);
        collected.set(chunk.subarray(done, done + count), filled);
        done += count;
        filled += count;
        if (filled === pieceBytes) await write();
      }
    }
    await write();
  } finally {
    await writing;
  }
}

async function writePiece(
  handle: FileHandle,
  piece: Buffer,
  at: number,
  onWritten: ((piece: Uint8Array) => void) | undefined,
): Promise<void> {
  for (let done = 0; done < piece.length;) {
    done += (await handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
  }
  if (onWritten === undefined) return;
  for (let done = 0; done < piece.length;) {
    const { bytesRead } = await handle.read(piece, done, piece.length - done, at + done);
    if (bytesRead === 0) throw new Error(`${piece.length - done} bytes are gone after they were written`);
    done += bytesRead;
  }
  onWritten(piece);
}
