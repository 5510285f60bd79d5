import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { Content, PublicState, PublicUrl, Transfer } from '../../core/promotion/ports.ts';
import { hasPublishedHeaders } from '../../core/promotion/served.ts';

/** An edge may go on for a moment to say that what was just put is not there. */
const patienceMs = 10_000;
const betweenTriesMs = 500;
const silenceMs = 60_000;
/** Else a size would be that of what was packed for the way. */
const asItIs = { 'Accept-Encoding': 'identity' };

/** A folder of a CDN as everybody sees it, over HTTP without credentials. */
export class HttpPublicUrl implements PublicUrl {
  readonly base: string;
  readonly #silenceMs: number;

  /**
   * `below`: a folder in it. `patience.silenceMs`: how long an answer may fail to begin, or to go on; default: a minute. Error:
   * `bad-public-url`.
   */
  constructor(base: string, below?: string, patience: { readonly silenceMs?: number } = {}) {
    this.#silenceMs = patience.silenceMs ?? silenceMs;
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
      if (Date.now() > until || state.status !== 404) {
        throw new ForgeError(
          'cdn-unreachable',
          `${state.url} is answered with ${state.status}.`,
          'See that the public address belongs to that bucket and folder, then promote again.',
        );
      }
      await sleep(betweenTriesMs, undefined, { signal: transfer.signal }).catch((thrown: unknown) => {
        throw cancelled(state.url, thrown);
      });
    }
  }

  async look(name: string, signal?: AbortSignal): Promise<PublicState> {
    const url = this.urlOf(name);
    const limit = new SilenceLimit(this.#silenceMs, signal);
    try {
      const asked = { method: 'HEAD', headers: asItIs, signal: limit.signal, redirect: 'manual' } as const;
      return stateOf(url, await fetch(url, asked));
    } catch {
      return { url, status: 0, contentType: null, cacheControl: null, size: null };
    } finally {
      limit.end();
    }
  }

  async #fetch(name: string, { size, digest }: Content, transfer: Transfer): Promise<PublicState> {
    const url = this.urlOf(name);
    const limit = new SilenceLimit(this.#silenceMs, transfer.signal);
    try {
      const response = await fetch(url, { headers: asItIs, signal: limit.signal, redirect: 'manual' });
      const state = stateOf(url, response);
      if (response.status !== 200) {
        await response.body?.cancel();
        return state;
      }
      const hash = createHash(digest.algorithm);
      let count = 0;
      const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream<Uint8Array>();
      for await (const chunk of body) {
        limit.heard();
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
      if (transfer.signal?.aborted === true) throw cancelled(url, thrown);
      throw new ForgeError(
        'cdn-unreachable',
        `${url} cannot be fetched: ${reasonOf(thrown)}.`,
        'See that the CDN is up and its address right, then promote again.',
        { cause: thrown },
      );
    } finally {
      limit.end();
    }
  }
}

/** Ends a request that nothing is heard of for so long; one that goes on may take any time. */
class SilenceLimit {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number, signal: AbortSignal | undefined) {
    const silence = new AbortController();
    this.#timer = setTimeout(() => silence.abort(new Error(`nothing came for ${ms / 1000} s`)), ms);
    this.signal = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function cancelled(url: string, cause: unknown): ForgeError {
  return new ForgeError('cancelled', `Fetching ${url} was cancelled.`, 'Promote again: it goes on.', {
    cause,
  });
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
  if (hasPublishedHeaders(state)) return state;
  throw new ForgeError(
    'cdn-headers',
    `${url} serves the right bytes as ${contentType ?? 'no type'} with Cache-Control ${cacheControl ?? 'missing'}.`,
    'Let the CDN pass on the headers of the object, or set model/gltf-binary and public, max-age=31536000, immutable there.',
  );
}
