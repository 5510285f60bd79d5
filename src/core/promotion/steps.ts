/** The steps of a promotion, in order. Each can be repeated without harm. */
export const promotionSteps = [
  'inspect',
  'fetch',
  'copy',
  'compare',
  'check',
  'publish',
  'read-back',
  'seal',
  'mirror',
  'cdn',
  'cdn-check',
  'register',
] as const;

/** `fetch`: to this machine, and `check`: by the gate, while the plan is made and again on the copied bytes. */
export type PromotionStep = (typeof promotionSteps)[number];

export interface PromotionProgress {
  readonly step: PromotionStep;
  /** Bytes done and to do; 0 of 0 in steps that do not move bytes. */
  readonly bytes: number;
  readonly total: number;
}
export interface StepTime {
  readonly step: PromotionStep;
  readonly ms: number;
}

/** A progress bar looks alive with five a second; shorter than rclone's 100 ms, lest every other of its reports come too early. */
const reportEveryMs = 80;

/** Times the steps of one promotion and tells how far it is. */
export class Stopwatch {
  readonly #report: (progress: PromotionProgress) => void;
  readonly #onBegin: (step: PromotionStep) => Promise<void>;
  readonly #start = performance.now();
  readonly #done: StepTime[] = [];
  #current: { step: PromotionStep; since: number; total: number; reportedAt: number } | null = null;

  /** `onBegin` is waited for at the start of every step. */
  constructor(
    report: ((progress: PromotionProgress) => void) | undefined,
    onBegin?: (step: PromotionStep) => Promise<void>,
  ) {
    this.#report = report ?? (() => undefined);
    this.#onBegin = onBegin ?? (() => Promise.resolve());
  }

  elapsedMs(): number {
    return performance.now() - this.#start;
  }

  /** Ends the step before and starts the next; going on with the same step is one step. */
  async begin(step: PromotionStep, totalBytes = 0): Promise<void> {
    if (this.#current?.step === step) return;
    this.#finish();
    await this.#onBegin(step);
    const now = performance.now();
    this.#current = { step, since: now, total: totalBytes, reportedAt: now };
    this.#report({ step, bytes: 0, total: totalBytes });
  }

  /** Tells how many bytes of the step are done; `ofBytes`: of how many, where the step began without any. */
  advance(bytes: number, ofBytes = 0): void {
    const current = this.#current;
    if (current === null) return;
    const now = performance.now();
    const total = current.total || ofBytes;
    if (bytes < total && now - current.reportedAt < reportEveryMs) return;
    this.#current = { ...current, reportedAt: now };
    this.#report({ step: current.step, bytes, total });
  }

  /** Ends the last step and returns them all. */
  end(): readonly StepTime[] {
    this.#finish();
    return this.#done;
  }

  #finish(): void {
    if (this.#current === null) return;
    const { step, since } = this.#current;
    this.#done.push({ step, ms: Math.round(performance.now() - since) });
    this.#current = null;
  }
}
