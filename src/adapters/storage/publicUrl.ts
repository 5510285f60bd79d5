import { createHash } from 'node:crypto';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { Content, PublicState, PublicUrl, Transfer } from '../../core/promotion/ports.ts';

/** An edge may go on for a moment to say that what was just put is not there. */
const patienceMs = 10_000;
const betweenTriesMs = 500;
const timeoutMs = 60_000;
const year = 31_536_000;

/** A folder of a CDN as everybody sees it, over HTTP without credentials. */
export class HttpPublicUrl implements PublicUrl {
  readonly base: string;

  /** `below`: a folder in it. Error: `bad-public-url`. */
  constructor(base: string, below?: string) {
    const url = URL.parse(base);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
      throw new ForgeError(
        'bad-public-url',
        'That is no address a CDN serves files from.',
        'Write https://HOST/FOLDER, without user, query or fragment.',
      );
    }
    const folder = below === undefined ? '' : `${below}/`;
    this.base = `${url.origin}${url.pathname.replace(/\/*$/, '/')}${folder}`;
  }

  urlOf(name: string): string {
    return this.base + encodeURIComponent(name);
  }

  async verify(name: string, content: Content, transfer: Transfer = {}): Promise<PublicState> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const state = await this.#fetch(name, content, transfer);
      if (state.status === 200) return headersOf(state);
      if (Date.now() > until || transfer.signal?.aborted === true || state.status !== 404) {
        throw new ForgeError(
          'cdn-unreachable',
          `${state.url} is answered with ${state.status}.`,
          'See that the public address belongs to that bucket and folder, then promote again.',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, betweenTriesMs));
    }
  }

  async look(name: string, signal?: AbortSignal): Promise<PublicState> {
    const url = this.urlOf(name);
    try {
      return stateOf(url, await fetch(url, { method: 'HEAD', signal: limited(signal), redirect: 'manual' }));
    } catch {
      return { url, status: 0, contentType: null, cacheControl: null, size: null };
    }
  }

  async #fetch(name: string, { size, digest }: Content, transfer: Transfer): Promise<PublicState> {
    const url = this.urlOf(name);
    try {
      const headers = { 'Accept-Encoding': 'identity' };
      const response = await fetch(url, { headers, signal: limited(transfer.signal), redirect: 'manual' });
      const state = stateOf(url, response);
      if (response.status !== 200) {
        await response.body?.cancel();
        return state;
      }
      const hash = createHash(digest.algorithm);
      let count = 0;
      const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream<Uint8Array>();
      for await (const chunk of body) {
        hash.update(chunk);
        count += chunk.length;
        transfer.onBytes?.(count);
      }
      const found = hash.digest('hex');
      if (found === digest.hex) return { ...state, size: count };
      throw new ForgeError(
        'cdn-mismatch',
        `${url} serves other bytes: ${count} with ${digest.algorithm} ${found}, not ${size} with ${digest.hex}.`,
        'Purge that address at the CDN, and find out what else writes to its bucket.',
      );
    } catch (thrown) {
      if (thrown instanceof ForgeError) throw thrown;
      const cancelled = transfer.signal?.aborted === true;
      throw new ForgeError(
        cancelled ? 'cancelled' : 'cdn-unreachable',
        cancelled ? `Fetching ${url} was cancelled.` : `${url} cannot be fetched: ${reasonOf(thrown)}.`,
        cancelled
          ? 'Promote again: it goes on.'
          : 'See that the CDN is up and its address right, then promote again.',
        { cause: thrown },
      );
    }
  }
}

function limited(signal: AbortSignal | undefined): AbortSignal {
  const limit = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? limit : AbortSignal.any([signal, limit]);
}

function stateOf(url: string, { status, headers }: Response): PublicState {
  const length = headers.get('content-length');
  return {
    url,
    status,
    contentType: headers.get('content-type'),
    cacheControl: headers.get('cache-control'),
    size: length === null ? null : Number(length),
  };
}

/** Error: `cdn-headers`. */
function headersOf(state: PublicState): PublicState {
  const { url, contentType, cacheControl } = state;
  const age = Number(/\bmax-age=(\d+)/.exec(cacheControl ?? '')?.[1] ?? 0);
  const lasts =
    age >= year && /\bimmutable\b/.test(cacheControl ?? '') && !/\bprivate\b/.test(cacheControl ?? '');
  if (lasts && contentType?.startsWith('model/gltf-binary') === true) return state;
  throw new ForgeError(
    'cdn-headers',
    `${url} serves the right bytes as ${contentType ?? 'no type'} with Cache-Control ${cacheControl ?? 'missing'}.`,
    'Let the CDN pass on the headers of the object, or set model/gltf-binary and public, max-age=31536000, immutable there.',
  );
}
