import type { z } from 'zod';
import { isLoopback } from '../../core/address.ts';
import { ForgeError } from '../../core/errors.ts';
import {
  cancelled,
  connectionError,
  isUnanswered,
  type KasmCall,
  type KasmRefusal,
  refusalError,
  timeoutError,
  untrusted,
} from '../../core/kasm/errors.ts';
import type { ListedSession } from '../../core/kasm/sessions.ts';
import { scrub } from '../../core/scrub.ts';
import { backoffMs } from '../../core/session.ts';
import { anything, type KasmImage, type KasmStatus, type KasmUser, type Launched } from './answers.ts';
import type { KasmAnswers, KasmDialect, KasmKey } from './dialect.ts';
import { dialects, type KasmRevision } from './dialects.ts';
import { securedFetch } from '../transports/securedFetch.ts';
import { pause } from './pause.ts';

export interface KasmApiOptions {
  /** `https://kasm.example.com`; plain http on loopback alone. Error: `kasm-bad-url`. */
  readonly url: string;
  readonly key: KasmKey;
  /** Without one it is found out: the first that is there counts. */
  readonly revision?: KasmRevision | undefined;
  /** Without one: by the certificates and proxies of every other secured way. */
  readonly fetch?: typeof fetch | undefined;
  /** Of one try of a call, in ms. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that changes nothing is tried in all. */
  readonly tries?: number | undefined;
  /** Between tries, in ms, after that many failures. */
  readonly waitMs?: ((failures: number) => number) | undefined;
}

export interface LaunchRequest {
  readonly userId: string;
  readonly imageId: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  /** Null: it is no JSON. */
  readonly json: unknown;
  readonly dialect: KasmDialect;
}

/** More than any answer is; a page that does not end is not read to its end. */
const longestAnswer = 8 * 1024 * 1024;

/**
 * A client of Kasm's Developer API. Rejects with a ForgeError `kasm-…` (src/core/kasm/errors.ts), `cancelled`; nothing it throws
 * holds the key. Calls that change nothing are tried again where no answer came; the others never are.
 */
export class KasmApi {
  /** `https://kasm.example.com`. */
  readonly origin: string;
  readonly #host: string;
  readonly #key: KasmKey;
  /** Those that may still be spoken there: one, once it has answered. */
  #dialects: readonly KasmDialect[];
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #waitMs: (failures: number) => number;

  constructor(options: KasmApiOptions) {
    const url = parseKasmUrl(options.url);
    this.origin = url.origin;
    this.#host = url.host;
    this.#key = options.key;
    this.#dialects = options.revision === undefined ? Object.values(dialects) : [dialects[options.revision]];
    this.#fetch = options.fetch ?? securedFetch();
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#tries = options.tries ?? 3;
    this.#waitMs = options.waitMs ?? ((failures) => backoffMs(failures + 1, Math.random()));
  }

  /** The revision of the API that is spoken there, for people; null: none has answered yet. */
  get revision(): string | null {
    const [only, another] = this.#dialects;
    return only === undefined || another !== undefined ? null : only.name;
  }

  images(signal?: AbortSignal): Promise<readonly KasmImage[]> {
    return this.#ask('get_images', {}, ({ images }) => images, signal);
  }

  users(signal?: AbortSignal): Promise<readonly KasmUser[]> {
    return this.#ask('get_users', {}, ({ users }) => users, signal);
  }

  sessions(signal?: AbortSignal): Promise<readonly ListedSession[]> {
    return this.#ask('get_kasms', {}, ({ sessions }) => sessions, signal);
  }

  /** Asked once: without an answer, look for the session in {@link sessions} before asking again. */
  launch({ userId, imageId, environment }: LaunchRequest, signal?: AbortSignal): Promise<Launched> {
    const members = { user_id: userId, image_id: imageId, environment };
    return this.#once('request_kasm', members, ({ launched }) => launched, signal);
  }

  /** Error: `kasm-session-gone`. */
  status(kasmId: string, userId: string, signal?: AbortSignal): Promise<KasmStatus> {
    const members = { kasm_id: kasmId, user_id: userId, skip_agent_check: false };
    return this.#ask('get_kasm_status', members, ({ status }) => status, signal);
  }

  /** Whether the user has used up the time that is granted. */
  keepAlive(kasmId: string, signal?: AbortSignal): Promise<{ readonly usageReached: boolean }> {
    return this.#ask('keepalive', { kasm_id: kasmId }, ({ keptAlive }) => keptAlive, signal);
  }

  async pause(kasmId: string, userId: string, signal?: AbortSignal): Promise<void> {
    await this.#once('pause_kasm', { kasm_id: kasmId, user_id: userId }, () => anything, signal);
  }

  async resume(kasmId: string, userId: string, signal?: AbortSignal): Promise<void> {
    await this.#once('resume_kasm', { kasm_id: kasmId, user_id: userId }, () => anything, signal);
  }

  /** Asks for the end of it; see {@link sessions} for whether it came. */
  async destroy(kasmId: string, userId: string, signal?: AbortSignal): Promise<void> {
    await this.#once('destroy_kasm', { kasm_id: kasmId, user_id: userId }, () => anything, signal);
  }

  /** For calls that change nothing. */
  async #ask<T>(
    call: KasmCall,
    members: Readonly<Record<string, unknown>>,
    schemaIn: (answers: KasmAnswers) => z.ZodType<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#once(call, members, schemaIn, signal);
      } catch (thrown) {
        if (failures >= this.#tries || !isUnanswered(thrown)) throw thrown;
      }
      await pause(this.#waitMs(failures), signal);
    }
  }

  async #once<T>(
    call: KasmCall,
    members: Readonly<Record<string, unknown>>,
    schemaIn: (answers: KasmAnswers) => z.ZodType<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { status, json, dialect } = await this.#answer(call, members, signal);
    const refused = dialect.refusal(status, json);
    if (status >= 300 || refused !== null || json === null) {
      const text = refused ?? (json === null ? null : '');
      throw this.#refusal({ call, status, text, permission: dialect.permission(call) });
    }
    const parsed = schemaIn(dialect.answers).safeParse(json);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 5);
    throw new ForgeError(
      'kasm-bad-answer',
      `The answer of Kasm to ${call} lacks what is needed of it (${where.join(', ')}).`,
      'Report it with the version of Kasm: its API may have changed.',
    );
  }

  /** By the first revision whose endpoint is there: one that is not has carried nothing out, not even a launch. */
  async #answer(
    call: KasmCall,
    members: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    let absent: Answer | null = null;
    for (const dialect of this.#dialects) {
      const answer = await this.#send(dialect, call, members, signal);
      if (answer.json !== null) this.#dialects = [dialect];
      if (answer.json !== null || answer.status !== 404) return answer;
      absent ??= answer;
    }
    if (absent === null) throw new Error('There is always a dialect.');
    return absent;
  }

  async #send(
    dialect: KasmDialect,
    call: KasmCall,
    members: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const { method, path, headers, body } = dialect.request(call, members, this.#key);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await this.#fetch(new URL(path, this.origin), {
        method,
        headers,
        body,
        redirect: 'manual', // the key goes to no other host
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      return { status: response.status, json: await jsonOf(response), dialect };
    } catch (thrown) {
      if (signal?.aborted === true) throw cancelled();
      if (timeout.aborted) throw timeoutError(this.#host, call, this.#timeoutMs);
      if (thrown instanceof ForgeError && thrown.code === 'certificate-refused') throw untrusted(thrown);
      throw connectionError(this.#host, networkReason(thrown));
    }
  }

  #refusal({ text, ...refusal }: KasmRefusal): ForgeError {
    // The longer first: one may hold the other.
    const secrets = [this.#key.key, this.#key.secret].sort((a, b) => b.length - a.length);
    return refusalError({ ...refusal, text: text === null ? null : scrub(text, { secrets, home: '' }) });
  }
}

/** `https://host[:port]`; a path is left out. Error: `kasm-bad-url`. */
export function parseKasmUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) {
    if (url.username === '' && url.password === '') return url;
  }
  throw new ForgeError(
    'kasm-bad-url',
    'The address of Kasm must be https://host: the API key travels to it.',
    'Correct avatarForge.kasm.url.',
  );
}

/** Null: the body is no JSON object, such as a page of HTML. Some calls answer nothing at all, which stands for `{}`. */
async function jsonOf(response: Response): Promise<unknown> {
  const text = await boundedText(response);
  if (text.trim() === '') return response.ok ? {} : null;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' ? json : null;
  } catch {
    return null;
  }
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer) return '<'; // no data that we asked for
  }
  return text + decoder.decode();
}

/** `ECONNREFUSED`: the code of what fetch wraps, or what our own transports say in brackets. */
function networkReason(thrown: unknown): string {
  if (thrown instanceof ForgeError) return /\((\w+)\)/.exec(thrown.message)?.[1] ?? thrown.code;
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'no connection';
}
