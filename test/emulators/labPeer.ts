import { rawPeer, type RawPeer } from './rawPeer.ts';

/**
 * Blender Lab's own server, as far as a client that expects another dialect meets it: it waits for a NUL-terminated request,
 * answers it NUL-terminated, and gives up on one that does not come to its end.
 */
export function labPeer({ patienceMs = 40_000 } = {}): Promise<RawPeer> {
  return rawPeer((socket) => {
    let heard = Buffer.alloc(0);
    const answer = (text: string): void => void socket.end(`${text}\0`);
    const timer = setTimeout(() => answer('Client timed out'), patienceMs).unref();
    socket.on('close', () => clearTimeout(timer));
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      const end = heard.indexOf(0);
      if (end < 0) return;
      const request = JSON.parse(heard.subarray(0, end).toString()) as { type?: string };
      answer(
        request.type === 'execute'
          ? JSON.stringify({ status: 'ok', result: null })
          : JSON.stringify({ status: 'error', message: `Unknown request type: ${request.type ?? ''}` }),
      );
    });
  });
}
