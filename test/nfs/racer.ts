import { join } from 'node:path';
import { getOneMessage, sendMessage } from 'execa';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import type { Gate } from '../../src/core/promotion/ports.ts';
import { promote } from '../../src/core/promotion/promote.ts';

export interface RacerTask {
  readonly source: string;
  readonly folder: string;
  readonly state: string;
}

/** `promoted`, or a code of an error. */
export interface RacerAnswer {
  readonly outcome: string;
}

export interface RaceReport {
  readonly rounds: number;
  /** How many won each round. */
  readonly winners: readonly number[];
  /** What the others were told, all kinds of it. */
  readonly refusals: readonly string[];
  /** Rounds after which the name held the winner's bytes. */
  readonly kept: number;
  readonly reads: number;
  /** Reads that found bytes nobody had published. */
  readonly halfReads: number;
}

/** One promoter as a process: plans for the name it is told, says so, and promotes at the next message; for ever. */
const task = JSON.parse(process.argv[2] ?? '') as RacerTask;
const source = new LocalSource(task.source);
const places = { production: new FolderTarget(task.folder), mirror: null, cdn: null, publicUrl: null };
const gate: Gate = {
  check: () => Promise.resolve({ findings: [], summary: null }),
  summarise: () => Promise.resolve(null),
};
const ports = { places, gate, register: null };
const staging = new StagingFolder(join(task.state, 'staging'));
const audit = { record: () => Promise.resolve() };
await sendMessage('ready');
for (;;) {
  const name = (await getOneMessage()) as unknown as string;
  const draft = await draftPromotion({ name, exact: true, profile: 'none' }, { ...ports, source, staging });
  await sendMessage('planned');
  await getOneMessage();
  let outcome: string;
  try {
    const journal = await new JournalFolder(task.state).open(draft.plan);
    const told = { journal, audit, who: 'test' };
    outcome = (await promote(draft.plan, { ...ports, ...told, source: draft.source })).outcome;
  } catch (thrown) {
    outcome = thrown instanceof ForgeError ? thrown.code : String(thrown);
  }
  const answer: RacerAnswer = { outcome };
  await sendMessage({ ...answer });
}
