import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFolder } from '../src/adapters/storage/journalFile.ts';
import { Opener } from '../src/adapters/storage/places.ts';
import { StagingFolder } from '../src/adapters/storage/staging.ts';
import { vrmGate } from '../src/adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../src/adapters/vrm/khronos.ts';
import { draftPromotion } from '../src/core/promotion/draft.ts';
import type { Gate } from '../src/core/promotion/ports.ts';
import { promote } from '../src/core/promotion/promote.ts';

export interface PromotionTask {
  readonly source: string;
  readonly folder: string;
  readonly state: string;
  /** With the gate of promotions; else it is open. */
  readonly gated: boolean;
}

export interface PromotedOnce {
  /** Plan and promotion, without the start of the process. */
  readonly ms: number;
  /** Of it, the promotion: what a person waits for after the yes. */
  readonly runMs: number;
  readonly peakMiB: number;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
}

/** One promotion as a process: prints how long it took and how much memory there was at most. */
const task = JSON.parse(process.argv[2] ?? '') as PromotionTask;
const open: Gate = {
  check: () => Promise.resolve({ findings: [], summary: null }),
  summarise: () => Promise.resolve(null),
};
const gate = task.gated ? vrmGate(new KhronosValidator()) : open;
gc?.(); // of what the start left: else it falls into the first steps
const since = performance.now();
const staging = new StagingFolder(join(task.state, 'staging'));
const opener = new Opener(process.env, staging);
const ports = { places: opener.places({ production: task.folder }, 'model'), gate, register: null };
const source = opener.source(task.source);
const request = { exact: true, profile: 'none' } as const;
const draft = await draftPromotion(request, { ...ports, source, staging });
const yes = performance.now();
const journal = await new JournalFolder(task.state).open(draft.plan);
const told = { journal, audit: { record: () => Promise.resolve() }, who: 'bench' };
const { steps } = await promote(draft.plan, { ...ports, ...told, source: draft.source });
const ended = performance.now();
await draft.discard();
// getrusage would tell the parent's peak where that is higher: Linux hands it on through fork and exec.
const peakKiB = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1]);
const done: PromotedOnce = { ms: ended - since, runMs: ended - yes, peakMiB: peakKiB / 1024, steps };
console.log(JSON.stringify(done));
