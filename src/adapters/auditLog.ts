import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AuditEntry, type AuditLine, nextLine } from '../core/audit.ts';
import { toForgeError } from '../core/errors.ts';
import type { AuditPort } from '../core/ports.ts';

/**
 * The audit log as a file of JSON lines, readable by its owner alone. Lines are appended one after another; several processes
 * that share a file each take the last line's hash under an exclusive lock file.
 */
export class AuditLog implements AuditPort {
  readonly file: string;
  #last: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
  }

  async record(entry: AuditEntry): Promise<void> {
    const appended = this.#last.then(() => this.#append(entry));
    this.#last = appended.catch(() => undefined);
    await appended;
  }

  /** The lines of the log, oldest first; none where there is no file. */
  async lines(): Promise<AuditLine[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as AuditLine]));
  }

  async #append(entry: AuditEntry): Promise<void> {
    try {
      await mkdir(dirname(this.file), { recursive: true });
      await withLock(`${this.file}.lock`, async () => {
        const line = nextLine(await this.#tail(), entry, new Date());
        const handle = await open(this.file, 'a', 0o600);
        try {
          await handle.appendFile(`${JSON.stringify(line)}\n`);
        } finally {
          await handle.close();
        }
      });
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'audit-failed',
        'The audit log could not be written',
        `Make ${this.file} writable, or name another file in AVATAR_FORGE_AUDIT.`,
      );
    }
  }

  /** The last line, read from the end of the file. */
  async #tail(): Promise<AuditLine | undefined> {
    const handle = await open(this.file, 'r').catch(() => undefined);
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, 8192);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      const last = buffer.toString('utf8').trimEnd().split('\n').at(-1);
      return last === undefined || last === '' ? undefined : (JSON.parse(last) as AuditLine);
    } finally {
      await handle.close();
    }
  }
}

const lockStaleMs = 10_000;
/** Longer, lest a dead process keep a living one from its line. */
const lockWaitMs = 15_000;

/** Runs `work` while holding `path`, created exclusively; a lock older than ten seconds was left by a dead process. */
async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  const { rm, stat } = await import('node:fs/promises');
  const until = Date.now() + lockWaitMs;
  for (;;) {
    const handle = await open(path, 'wx').catch(() => undefined);
    if (handle !== undefined) {
      try {
        await work();
      } finally {
        await handle.close();
        await rm(path, { force: true });
      }
      return;
    }
    const age =
      Date.now() -
      (await stat(path).then(
        (s) => s.mtimeMs,
        () => Date.now(),
      ));
    if (age > lockStaleMs) await rm(path, { force: true });
    else if (Date.now() > until) throw new Error(`${path} is held by another process`);
    else await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
