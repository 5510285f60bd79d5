/**
 * What every part of Avatar Forge throws at a person or a model: a stable code, what happened, and what to do next.
 * The code is part of the public interface; the sentences are not.
 */
export class ForgeError extends Error {
  readonly code: string;
  /** What the user can do about it: one imperative sentence. */
  readonly next: string;
  /** Details for machines (a traceback, findings, a digest); JSON. */
  readonly data: unknown;

  constructor(
    code: string,
    message: string,
    next: string,
    options: { cause?: unknown; data?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ForgeError';
    this.code = code;
    this.next = next;
    this.data = options.data;
  }
}

/** The message of anything that was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Wraps what was thrown in a ForgeError, unless it is one already. */
export function toForgeError(thrown: unknown, code: string, what: string, next: string): ForgeError {
  if (thrown instanceof ForgeError) return thrown;
  return new ForgeError(code, `${what}: ${reasonOf(thrown)}`, next, { cause: thrown });
}
