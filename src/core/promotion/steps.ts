/** The steps of a promotion, in order. Each can be repeated without harm. */
export type PromotionStep = 'inspect' | 'copy' | 'compare' | 'check' | 'publish' | 'read-back' | 'seal';

export interface PromotionProgress {
  readonly step: PromotionStep;
  /** Bytes done and to do; 0 of 0 in steps that do not copy. */
  readonly bytes: number;
  readonly total: number;
}

export interface StepTime {
  readonly step: PromotionStep;
  readonly ms: number;
}

/** Ten a second: twice as often as a progress bar needs to look alive. */
const reportEveryMs = 100;

/** Times the steps of one promotion and tells how far it is. */
export class Stopwatch {
  readonly #report: (progress: PromotionProgress) => void;
  readonly #start = performance.now();
  readonly #done: StepTime[] = [];
  #current: { step: PromotionStep; since: number; total: number; reportedAt: number } | null = null;

  constructor(report: ((progress: PromotionProgress) => void) | undefined) {
    this.#report = report ?? (() => undefined);
  }

  elapsedMs(): number {
    return performance.now() - this.#start;
  }

  /** Ends the step before and starts the next; going on with the same step is one step. */
  begin(step: PromotionStep, totalBytes = 0): void {
    if (this.#current?.step === step) return;
    this.#finish();
    const now = performance.now();
    this.#current = { step, since: now, total: totalBytes, reportedAt: now };
    this.#report({ step, bytes: 0, total: totalBytes });
  }

  /** Tells how many bytes of the step are done. */
  advance(bytes: number): void {
    const current = this.#current;
    const now = performance.now();
    if (current === null || (bytes < current.total && now - current.reportedAt < reportEveryMs)) return;
    this.#current = { ...current, reportedAt: now };
    this.#report({ step: current.step, bytes, total: current.total });
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
