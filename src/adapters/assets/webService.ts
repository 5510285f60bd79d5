import { z } from 'zod';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { scrub } from '../../core/scrub.ts';
import { plainText } from '../../core/untrusted.ts';
import { securedFetch } from '../transports/securedFetch.ts';

export interface WebServiceOptions {
  /** For people: `Poly Haven`. */
  readonly name: string;
  readonly userAgent: string;
  /** Sent with every request but those for files, and never repeated in an error. */
  readonly authorization?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** How long the service may be silent, in ms. */
  readonly silenceMs?: number | undefined;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal | undefined;
}

export interface Download {
  /** In bytes: no more are taken. */
  readonly most: number;
  /** The error where there are more; `asset-too-large` unless told. */
  readonly tooMuch?: () => ForgeError;
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far. */
  readonly onBytes?: (received: number) => void;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined: it is no JSON, such as a page of HTML. */
  readonly json: unknown;
}

/** The largest answer of an API; the whole list of Poly Haven's assets has 3 MB. */
const longestAnswer = 32 << 20;

/**
 * A public service on the web, asked over https (on loopback http will do). Errors: `service-unreachable`, `service-timeout`,
 * `service-refused`, `rate-limited`, `bad-answer`, `asset-too-large`, `cancelled`.
 */
export class WebService {
  readonly name: string;
  readonly #userAgent: string;
  readonly #authorization: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #silenceMs: number;

  constructor({
    name,
    userAgent,
    authorization,
    fetch = securedFetch(),
    silenceMs = 30_000,
  }: WebServiceOptions) {
    this.name = name;
    this.#userAgent = userAgent;
    this.#authorization = authorization;
    this.#fetch = fetch;
    this.#silenceMs = silenceMs;
  }

  /** Whatever the service answers, refusals too. */
  async ask(url: URL, { method = 'GET', headers = {}, body, signal }: Ask = {}): Promise<Answered> {
    const all = {
      ...headers,
      Accept: 'application/json',
      ...(this.#authorization === undefined ? {} : { Authorization: this.#authorization }),
    };
    const init = { method, headers: all, ...(body === undefined ? {} : { body }) };
    return this.#within(url, init, signal, async (response, heard) => {
      const bytes = await this.#read(url, response, { most: longestAnswer }, heard);
      return { status: response.status, headers: response.headers, json: jsonOf(bytes) };
    });
  }

  /** An answer of a shape. */
  async json<T>(url: URL, schema: z.ZodType<T>, ask: Ask = {}): Promise<T> {
    const answered = await this.ask(url, ask);
    if (answered.status < 200 || answered.status > 299) throw this.refusal(url, answered);
    return this.parsed(url, answered, schema);
  }

  parsed<T>(url: URL, { json }: Answered, schema: z.ZodType<T>): T {
    const { success, data, error } = schema.safeParse(json);
    if (success) return data;
    const where = error.issues.map(({ path }) => path.join('.')).slice(0, 3);
    throw new ForgeError(
      'bad-answer',
      json === undefined
        ? `${url.host} answered ${url.pathname} with something that is no JSON.`
        : `The answer of ${this.name} to ${url.pathname} is not as documented (${where.join(', ')}).`,
      json === undefined
        ? 'Something on the way (a proxy, a login page) may answer in its place: see that the host can be reached.'
        : 'Try once more; then update Avatar Forge: the API may have changed.',
    );
  }

  /** The bytes of a file; without the authorization, which is for the API alone. */
  async bytes(url: URL, download: Download): Promise<Uint8Array> {
    return this.#within(url, { method: 'GET', headers: {} }, download.signal, async (response, heard) => {
      const { status, headers } = response;
      if (status !== 200) throw this.refusal(url, { status, headers, json: undefined });
      return this.#read(url, response, download, heard);
    });
  }

  refusal(
    url: URL,
    { status, headers, json }: Pick<Answered, 'status' | 'json'> & { headers?: Headers },
  ): ForgeError {
    if (status === 429) {
      const after = headers?.get('retry-after');
      return new ForgeError(
        'rate-limited',
        `${this.name} has had too many requests.`,
        after === null || after === undefined
          ? 'Wait a minute, then call again.'
          : `Wait ${plainText(after, 20)} s, then call again.`,
      );
    }
    const said = this.said({ json });
    return new ForgeError(
      'service-refused',
      `${this.name} answered ${url.pathname} with HTTP ${status}${said === null ? '' : `: ${said}`}.`,
      status >= 500
        ? 'The trouble is there: try again later.'
        : status >= 300 && status < 400
          ? 'It points elsewhere, which is not followed: correct the address of the service, or update Avatar Forge.'
          : 'Correct what it names, and call again.',
    );
  }

  /** What a refusal says, by its `message`, `error` or `detail`; without the key, which it may repeat. */
  said({ json }: Pick<Answered, 'json'>): string | null {
    const text = saidIn(json);
    const secret = this.#authorization?.replace(/^\w+ /, '');
    if (text === null) return null;
    return plainText(scrub(text, { secrets: secret === undefined ? [] : [secret], home: '' }), 300);
  }

  /** One request under the caller's signal and a clock that starts anew with every sign of life. */
  async #within<T>(
    url: URL,
    {
      headers,
      ...init
    }: { method: string; headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> },
    signal: AbortSignal | undefined,
    read: (response: Response, heard: () => void) => Promise<T>,
  ): Promise<T> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.#silenceMs);
    try {
      const response = await this.#fetch(url, {
        ...init,
        headers: { ...headers, 'User-Agent': this.#userAgent },
        redirect: 'manual',
        signal: signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]),
      });
      return await read(response, () => void timer.refresh());
    } catch (thrown) {
      if (signal?.aborted === true) {
        throw new ForgeError(
          'cancelled',
          `The request to ${this.name} was cancelled.`,
          'Call again when it is wanted.',
        );
      }
      if (silence.signal.aborted) {
        throw new ForgeError(
          'service-timeout',
          `${url.host} was silent for ${Math.round(this.#silenceMs / 1000)} s.`,
          'Try again; if it stays so, look at the network.',
        );
      }
      throw this.#unreachable(url, thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(
    url: URL,
    response: Response,
    { most, onBytes, tooMuch = () => tooLarge(url.pathname.replace(/^.*\//, ''), most) }: Download,
    heard: () => void,
  ): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const body: AsyncIterable<Uint8Array> = response.body ?? empty();
    for await (const part of body) {
      heard();
      length += part.length;
      if (length > most) throw tooMuch();
      parts.push(part);
      onBytes?.(length);
    }
    return Buffer.concat(parts);
  }

  /** The transports' words are about workstations; a broken answer has words of Node's. */
  #unreachable(url: URL, thrown: unknown): ForgeError {
    const own = thrown instanceof ForgeError ? thrown : null;
    if (own !== null && !['blender-unreachable', 'certificate-refused', 'proxy-refused'].includes(own.code))
      return own;
    const isProxy = own?.code === 'proxy-refused';
    return new ForgeError(
      'service-unreachable',
      `${this.name} cannot be reached at ${url.host}: ${reasonOf(thrown).replace(/\.$/, '')}.`,
      isProxy
        ? own.next
        : 'Look at the network, and at HTTPS_PROXY where there is a proxy: this machine asks, not Blender’s.',
      { cause: thrown },
    );
  }
}

export function tooLarge(name: string, most: number): ForgeError {
  return new ForgeError(
    'asset-too-large',
    `${plainText(name, 80)} is larger than the ${Math.floor(most / (1 << 20))} MiB that are taken. Nothing was imported.`,
    'Choose a smaller resolution.',
  );
}

function saidIn(json: unknown): string | null {
  const { success, data } = refusalText.safeParse(json);
  if (!success) return null;
  const { message, error, detail } = data;
  const first = typeof detail === 'string' ? detail : detail?.[0]?.msg;
  return [error, message, first].filter((text) => text !== undefined).join(': ') || null;
}

const text = z.string().optional().catch(undefined);
const refusalText = z.looseObject({
  message: text,
  error: text,
  detail: z
    .union([z.string(), z.array(z.looseObject({ msg: text }))])
    .optional()
    .catch(undefined),
});

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

async function* empty(): AsyncIterable<Uint8Array> {
  // nothing
}
