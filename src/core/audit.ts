import { createHash } from 'node:crypto';

/** What is told of an action that changes something. */
export interface AuditEntry {
  /** Who asked: the MCP client, a person at the command line. */
  readonly who: string;
  /** Where it happened: the workstation or the folder. */
  readonly where: string;
  /** What was done: a tool or a command. */
  readonly what: string;
  /** SHA-256 (hex) of the parameters or of the bytes concerned: what they were stays out of the log. */
  readonly digest: string;
  /** `ok` or a code of an error; of a promotion, and of work that goes on after its call, first `started`, and then these or `cancelled`. */
  readonly outcome: string;
  readonly ms: number;
  /** Further facts that are no secrets: a file's name, a person's decision. */
  readonly note?: string | undefined;
}

/** A line of the log. Each holds the hash of the one before: a line that is changed or taken away breaks the chain. */
export interface AuditLine extends AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
}

const auditStart = '0'.repeat(64);

/** JSON with sorted keys, so that equal values have equal digests. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}

/** SHA-256 as lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The line that follows `last` (undefined: the first). */
export function nextLine(
  last: Pick<AuditLine, 'seq' | 'hash'> | undefined,
  entry: AuditEntry,
  at: Date,
): AuditLine {
  const body = { seq: (last?.seq ?? 0) + 1, at: at.toISOString(), ...entry, prev: last?.hash ?? auditStart };
  return { ...body, hash: sha256(canonicalJson(body)) };
}

/** The number of the first line that does not follow from the one before it, or null if the chain is whole. */
export function firstBreak(lines: readonly AuditLine[]): number | null {
  let prev = auditStart;
  for (const [index, { hash, ...body }] of lines.entries()) {
    if (body.prev !== prev || body.seq !== index + 1 || sha256(canonicalJson(body)) !== hash)
      return index + 1;
    prev = hash;
  }
  return null;
}
