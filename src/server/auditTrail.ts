import { canonicalJson, sha256 } from '../core/audit.ts';
import type { AuditPort } from '../core/ports.ts';
import type { Tool } from './tool.ts';

/** The lines of audit of one call; none where its tool only reads. */
export class AuditTrail {
  readonly #audit: AuditPort;
  readonly #where: () => string;
  readonly #tool: Tool;
  readonly #input: unknown;
  readonly #who: string;
  readonly #startedAt = performance.now();
  readonly #notes: string[] = [];
  #hasEnded = false;

  constructor(
    { audit, where }: { readonly audit: AuditPort; readonly where: () => string },
    tool: Tool,
    input: unknown,
    who: string,
  ) {
    this.#audit = audit;
    this.#where = where;
    this.#tool = tool;
    this.#input = input;
    this.#who = who;
  }

  /** A further fact, in all lines from now on. */
  note(fact: string): void {
    this.#notes.push(fact);
  }

  /** Whether the line of its end is written, or about to be. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** It has become a job. Error: `audit-failed`. */
  async started(): Promise<void> {
    await this.#record('started');
  }

  /** @param outcome `ok`, `cancelled` or a code of an error. Error: `audit-failed`. */
  async ended(outcome: string): Promise<void> {
    this.#hasEnded = true;
    await this.#record(outcome);
  }

  async #record(outcome: string): Promise<void> {
    if (this.#tool.annotations.readOnlyHint === true) return;
    await this.#audit.record({
      who: this.#who,
      where: this.#where(),
      what: this.#tool.name,
      digest: sha256(canonicalJson(this.#input)),
      outcome,
      ms: Math.round(performance.now() - this.#startedAt),
      ...(this.#notes.length === 0 ? {} : { note: this.#notes.join('; ') }),
    });
  }
}
