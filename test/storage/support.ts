import assert from 'node:assert/strict';
import { execa } from 'execa';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRclone, type Rclone } from '../../src/adapters/storage/rclone.ts';
import { rcloneEnvironment, type RcloneRemote } from '../../src/adapters/storage/rcloneCommands.ts';
import type { AuditEntry } from '../../src/core/audit.ts';
import { ForgeError } from '../../src/core/errors.ts';
import type { PromotionOutcome } from '../../src/core/promotion/promote.ts';
import type { Gate } from '../../src/core/promotion/ports.ts';
import type { AuditPort } from '../../src/core/ports.ts';

/** Real rclone, or an error that says how to get it: this suite proves nothing without. */
export async function testRclone(remotes: readonly RcloneRemote[]): Promise<Rclone> {
  return openRclone({ env: process.env, remotes });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** For assert.rejects: a {@link ForgeError} of that code. */
export function code(expected: string): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof ForgeError, String(thrown));
    assert.equal(thrown.code, expected, thrown.message);
    return true;
  };
}

/** Lets everything pass, for bytes that are no models. */
export const openGate: Gate = {
  check: () => Promise.resolve({ findings: [], summary: null }),
  summarise: () => Promise.resolve(null),
};

export class MemoryAudit implements AuditPort {
  readonly entries: AuditEntry[] = [];

  record(entry: AuditEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }
}

/** Folders that are gone after the suite. */
export class Scratch {
  readonly #made: string[] = [];

  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'avatar-forge-storage-'));
    this.#made.push(path);
    return path;
  }

  /** A file of random bytes under a name of the test's. */
  async file(name: string, size = 200_000): Promise<string> {
    const path = join(await this.folder(), name);
    await writeFile(path, randomBytes(size));
    return path;
  }

  async clean(): Promise<void> {
    await Promise.all(this.#made.map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** What a promoter in a process of its own is to do. */
export interface PromoterTask {
  /** A file, or `REMOTE:PATH`. */
  readonly source: string;
  /** The same of production. */
  readonly folder: string;
  readonly name: string;
  readonly exact: boolean;
  /** Where its journals are. */
  readonly state: string;
  readonly mirror?: string;
  readonly cdn?: string;
  readonly publicUrl?: string;
  /** A checkout of the companion app. */
  readonly app?: string;
  /** It ends itself by SIGKILL at this line of its journal, counted from 1. */
  readonly dieAt?: { readonly line: number; readonly when: 'before' | 'after' };
}

/** How it ended; `left` are the names in the folder as that process sees it. */
export type PromoterAnswer =
  PromotionOutcome | (Pick<ForgeError, 'code' | 'message'> & { readonly left: readonly string[] });

/** Mounts a file system in memory on a folder, for one process and its children alone, and becomes that process. */
const mountAndRun = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"';

/** A promoter of its own, waiting for {@link Promoter.go}. */
export class Promoter {
  readonly #child;

  /** `mount`: options of a file system to have on its folder. */
  constructor(task: PromoterTask, remotes: readonly RcloneRemote[] = [], mount?: string) {
    const wrapper =
      mount === undefined ? [] : ['unshare', '-rm', 'sh', '-c', mountAndRun, 'sh', mount, task.folder];
    const [program, ...args] = [
      ...wrapper,
      process.execPath,
      join(import.meta.dirname, 'promoter.ts'),
      JSON.stringify(task),
    ];
    this.#child = execa(program, args, {
      env: rcloneEnvironment(process.env, remotes),
      extendEnv: false,
      reject: false,
      ipc: true,
    });
  }

  /** Its modules are loaded and its plan is made. */
  async ready(): Promise<void> {
    await this.#child.getOneMessage();
  }

  /** Starts it and waits for its end. */
  async go(): Promise<PromoterAnswer> {
    const answer = this.#child.getOneMessage();
    await this.#child.sendMessage('go');
    return (await answer) as unknown as PromoterAnswer;
  }

  /** Starts it and does not wait. */
  async start(): Promise<void> {
    await this.#child.sendMessage('go');
  }

  /** Waits for its death; tells by which signal it came. */
  async end(): Promise<string | undefined> {
    return (await this.#child).signal;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }
}
