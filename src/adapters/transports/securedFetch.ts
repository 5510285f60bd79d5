import { ClientRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { isLoopback } from '../../core/address.ts';
import { connectTcp, placeOf } from './place.ts';
import { reach } from './reach.ts';
import { secure } from './secure.ts';

/**
 * `fetch` for one request and its answer, on a connection whose certificate is judged as on every secured way, and through the same
 * proxies. The editor's own fetch trusts other authorities than the process does. Plain http on loopback alone. It follows no
 * redirect. Rejects as {@link secure} and {@link reach} do, and with the signal's reason.
 */
export function securedFetch(env: Readonly<Record<string, string | undefined>> = process.env): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const until = init.signal ?? new AbortController().signal;
    const isPlain = url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
    const place = placeOf(url, isPlain ? 80 : 443);
    const socket = isPlain
      ? await connectTcp(place, until)
      : await secure(await reach(place, env, until), place.host, {}, until);
    const headers = { ...Object.fromEntries(new Headers(init.headers)), Host: url.host, Connection: 'close' };
    const body = bytesOf(init.body);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      // Not http.request, which the editor replaces by one that connects by itself.
      const request = new ClientRequest({
        createConnection: () => socket,
        method: init.method ?? 'GET',
        path: `${url.pathname}${url.search}`,
        headers: body === null ? headers : { ...headers, 'Content-Length': body.length },
        signal: until,
      });
      request.once('response', resolve).once('error', reject);
      request.end(body ?? undefined);
    });
    const status = answer.statusCode ?? 0;
    const mayHaveBody = ![204, 205, 304].includes(status);
    if (!mayHaveBody) answer.resume();
    return new Response(mayHaveBody ? (Readable.toWeb(answer) as ReadableStream) : null, {
      status,
      headers: Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    });
  };
}

function bytesOf(body: unknown): Buffer | null {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? Buffer.from(body) : null;
}
