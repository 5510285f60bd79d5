import { toForgeError, type ForgeError } from '../../core/errors.ts';
import type { Progress } from '../../core/ports.ts';
import type { StreamAssembly } from '../../core/wire/assembly.ts';
import type { StreamAnnounced } from '../../protocol/wire.ts';

interface PendingCallOptions {
  readonly method: string;
  readonly openStream: (announced: StreamAnnounced) => StreamAssembly;
  readonly mayResume: boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  readonly timeoutMs: number;
  readonly onTimeout: () => void;
}

interface Answer {
  readonly result: unknown;
  readonly streams: ReadonlyMap<number, StreamAssembly>;
}

/**
 * A request that Blender has not answered. It may be settled here before (cancelled, too late): then it stays in the link's
 * table until Blender answers, so that what still comes for it is known and dropped.
 */
export class PendingCall {
  readonly method: string;
  /** Whether it is taken up again where its link breaks. */
  readonly mayResume: boolean;
  readonly answer: Promise<Answer>;
  readonly announced: number[] = [];
  readonly #options: PendingCallOptions;
  readonly #streams = new Map<number, StreamAssembly>();
  readonly #timer: NodeJS.Timeout;
  #settled = false;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: ForgeError) => void;

  constructor(options: PendingCallOptions) {
    this.#options = options;
    this.method = options.method;
    this.mayResume = options.mayResume;
    this.answer = new Promise<Answer>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(options.onTimeout, options.timeoutMs);
    options.signal?.addEventListener('abort', options.onAbort, { once: true });
  }

  progress(progress: Progress): void {
    if (!this.#settled) this.#options.onProgress?.(progress);
  }

  /** Where the bytes go, or null where nobody waits for them any more. */
  announce(announced: StreamAnnounced): StreamAssembly | null {
    this.announced.push(announced.stream);
    if (this.#settled) return null;
    try {
      const assembly = this.#options.openStream(announced);
      this.#streams.set(announced.stream, assembly);
      return assembly;
    } catch (thrown) {
      this.reject(toForgeError(thrown, 'internal', 'A stream could not be opened', 'Please report it.'));
      return null;
    }
  }

  resolve(result: unknown): void {
    if (this.#settle()) this.#resolve({ result, streams: this.#streams });
  }

  reject(error: ForgeError): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#options.onAbort);
    return true;
  }
}
