import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { MemoryAudit, openGate, Promoter, type PromoterTask } from '../storage/support.ts';

/**
 * Promoters that are killed at each line of their journals, when a step is made but not yet noted, and run again; a disk that is full
 * on the server; a mount that is read-only. What is there is looked at from the other host. Prints one line, a {@link CrashReport}.
 */
export interface CrashReport {
  /** Lines of a journal before each of which one died. */
  readonly lines: number;
  /** What was not as it should be; in words. */
  readonly faults: readonly string[];
  /** Codes of the errors. */
  readonly full: string;
  readonly readOnly: string;
  /** What there was afterwards in the folder that had been full. */
  readonly leftWhenFull: readonly string[];
  readonly withRoomAgain: string;
}

const scratch = '/dev/shm/crash';
const [here, there] = ['/mnt/one/crash', '/mnt/other/crash'] as const;
await mkdir(scratch, { recursive: true });
await mkdir(here);

const faults: string[] = [];
let line = 1;
while (await dieAndGoOn(line)) line++;

const full = await whenFull();
await mkdir('/mnt/read');
await execa('mount', ['-t', 'nfs4', '-o', 'ro,vers=4.2,nosharecache', '127.0.0.1:/', '/mnt/read']);
const source = await fileOf('Read-only.vrm');
const readOnly = await outcomeOf({ ...taskOf('Read-only.vrm', source), folder: '/mnt/read/crash' });
await execa('umount', ['/mnt/read']);
const report: CrashReport = { lines: line - 1, faults, ...full, readOnly };
console.log(JSON.stringify(report));
process.exit();

/** False where it lived to its end. */
async function dieAndGoOn(at: number): Promise<boolean> {
  const name = `Killed-${at}.vrm`;
  const task = taskOf(name, await fileOf(name));
  const dying = new Promoter({ ...task, dieAt: { line: at, when: 'before' } });
  await dying.ready();
  const lived = await dying.go().then(
    () => true,
    () => false,
  );
  if (!lived) {
    await expectOnly(task, `${name}, dead`, (await readdir(there)).includes(name) ? [name] : []);
    const outcome = await outcomeOf(task);
    if (!outcome.endsWith('promoted')) faults.push(`${name} run again: ${outcome}`);
  }
  await expectOnly(task, `${name}, at the end`, [name]);
  for (const one of await readdir(there)) await rm(join(here, one), { force: true });
  return !lived;
}

/** As the other host sees it: these models, whole and read-only, and at the end their seals and nothing else. */
async function expectOnly(task: PromoterTask, what: string, names: readonly string[]): Promise<void> {
  const bytes = await readFile(task.source);
  const found = await readdir(there);
  const models = found.filter((one) => !one.startsWith('.') && one.endsWith('.vrm'));
  if (models.join() !== names.join()) faults.push(`${what}: ${found.join(' ')}`);
  for (const one of models) {
    if (!bytes.equals(await readFile(join(there, one)))) faults.push(`${what}: ${one} has other bytes`);
    const { mode } = await stat(join(there, one));
    if ((mode & 0o777) !== 0o444) faults.push(`${what}: ${one} has mode ${mode.toString(8)}`);
  }
  if (!what.endsWith('end')) return;
  const seals = names.map((one) => `${one}.sha256`);
  const expected = [...names, ...seals].toSorted().join();
  if (found.toSorted().join() !== expected) faults.push(`${what}: ${found.join(' ')}`);
}

/** On the server nearly all of its disk is taken: what is written there is told to be too much when it is synchronised. */
async function whenFull(): Promise<Pick<CrashReport, 'full' | 'leftWhenFull' | 'withRoomAgain'>> {
  const task = taskOf('Full.vrm', await fileOf('Full.vrm', 3_000_000));
  const filler = '/srv/export/filler';
  const { bavail, bsize } = await statfs('/srv/export');
  await execa('fallocate', ['-l', String(bavail * bsize - 2_000_000), filler]);
  const outcome = await outcomeOf(task);
  const leftWhenFull = await readdir(there);
  await rm(filler);
  return { full: outcome, leftWhenFull, withRoomAgain: await outcomeOf(task) };
}

async function fileOf(name: string, size = 300_000): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, randomBytes(size));
  return path;
}

function taskOf(name: string, from: string): PromoterTask {
  return { source: from, folder: here, name, exact: true, state: join(scratch, `state-${name}`) };
}

/** What becomes of a promotion in this process: its outcome, or the code of its error. */
async function outcomeOf({ source: from, folder, name, state }: PromoterTask): Promise<string> {
  const places = { production: new FolderTarget(folder), mirror: null, cdn: null, publicUrl: null };
  const ports = { places, gate: openGate, register: null };
  const staging = new StagingFolder(join(state, 'staging'));
  try {
    const asked = { name, exact: true, profile: 'none' } as const;
    const draft = await draftPromotion(asked, { ...ports, source: new LocalSource(from), staging });
    const told = { journal: await new JournalFolder(state).open(draft.plan), audit: new MemoryAudit() };
    const run = { ...ports, ...told, who: 'test', source: draft.source };
    return (await promote(draft.plan, run)).outcome;
  } catch (thrown) {
    return thrown instanceof ForgeError ? thrown.code : String(thrown);
  }
}
