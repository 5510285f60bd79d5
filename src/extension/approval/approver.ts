import { ForgeError } from '../../core/errors.ts';
import { type CodePolicy, verdictOn, warningsFor } from '../../core/policy.ts';
import type { BlenderPort } from '../../core/ports.ts';
import type { ApprovalQuestion, Decision, Ruling } from '../../protocol/control.ts';
import type { Approver, CodeRun } from '../services.ts';
import { Emitter, type Event } from '../emitter.ts';

/** What a person is shown. */
export interface CodeQuestion extends ApprovalQuestion {
  readonly warnings: readonly string[];
  /** To compare with. */
  readonly last: CodeRun | null;
}

export interface ApproverOptions {
  readonly policy: () => CodePolicy;
  /** Shows the code and waits for a person's word; `deny` where there is none. */
  readonly ask: (question: CodeQuestion, signal: AbortSignal) => Promise<Decision>;
  readonly blender: Pick<BlenderPort, 'call'>;
}

/** Rules on code by the settings and by a person's word, one question at a time. The server holds to what it is told here. */
export class CodeApprover implements Approver {
  readonly #options: ApproverOptions;
  readonly #changed = new Emitter<void>();
  #lastRun: CodeRun | null = null;
  #allowedForSession = false;
  #queue: Promise<unknown> = Promise.resolve();

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: ApproverOptions) {
    this.#options = options;
  }

  get lastRun(): CodeRun | null {
    return this.#lastRun;
  }

  async rule(question: ApprovalQuestion, signal: AbortSignal): Promise<Ruling> {
    const ruling = this.#queue.then(() => this.#rule(question, signal));
    this.#queue = ruling.catch(() => undefined);
    return ruling;
  }

  async undo(): Promise<string> {
    if (this.#lastRun === null) throw nothingToUndo();
    const { restoreBeforeCode } = await import('../workstations/checkpoints.ts'); // loaded on use
    const id = await restoreBeforeCode(this.#options.blender);
    if (id === null) throw nothingToUndo();
    this.forgetRun();
    return id;
  }

  forgetSession(): void {
    this.#allowedForSession = false;
    this.#changed.fire();
  }

  /** The Blender it ran in is not the current one any more. */
  forgetRun(): void {
    this.#lastRun = null;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #rule(question: ApprovalQuestion, signal: AbortSignal): Promise<Ruling> {
    const wasAllowed = this.#allowedForSession;
    switch (verdictOn(this.#options.policy(), wasAllowed)) {
      case 'refuse':
        return { decision: 'deny', by: 'policy' };
      case 'run':
        this.#remember(question, 'once');
        return { decision: 'once', by: this.#options.policy() === 'allow' ? 'policy' : 'session' };
      case 'ask': {
        const decision = await this.#ask(question, signal);
        if (decision !== 'deny') this.#remember(question, decision);
        return { decision, by: 'person' };
      }
    }
  }

  async #ask(question: ApprovalQuestion, signal: AbortSignal): Promise<Decision> {
    if (signal.aborted) return 'deny';
    const decision = await this.#options.ask(
      { ...question, warnings: warningsFor(question.code), last: this.#lastRun },
      signal,
    );
    if (decision === 'session') this.#allowedForSession = true;
    return decision;
  }

  #remember({ code, label }: ApprovalQuestion, decision: Decision): void {
    this.#lastRun = { code, label, warnings: warningsFor(code), decision, atMs: Date.now() };
    this.#changed.fire();
  }
}

function nothingToUndo(): ForgeError {
  return new ForgeError(
    'nothing-to-undo',
    'There is no run of code to undo, or its checkpoint is gone.',
    'Choose a checkpoint with "Avatar Forge: Restore Checkpoint…".',
  );
}
