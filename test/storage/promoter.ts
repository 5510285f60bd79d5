import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getOneMessage, sendMessage } from 'execa';
import { AppCheckout } from '../../src/adapters/register/checkout.ts';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { Opener } from '../../src/adapters/storage/places.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import type { Journal } from '../../src/core/promotion/journal.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { MemoryAudit, openGate, type PromoterTask } from './support.ts';

/** One promoter as a process, for races and crashes: plans, says so, and promotes when it is told to. */
const task = JSON.parse(process.argv[2] ?? '') as PromoterTask;
const { source: from, folder, name, exact, state, app, dieAt } = task;
const staging = new StagingFolder(join(state, 'staging'));
const opener = new Opener(process.env, staging);
const places = opener.places({ ...task, production: folder }, 'model');
const ports = { places, gate: openGate, register: app === undefined ? null : new AppCheckout(app) };
const source = opener.source(from);
const draft = await draftPromotion({ name, exact, profile: 'none' }, { ...ports, source, staging });
await sendMessage('ready');
await getOneMessage();
try {
  const journal = mortal(await new JournalFolder(state).open(draft.plan));
  const told = { journal, audit: new MemoryAudit(), who: 'test' };
  const done = await promote(draft.plan, { ...ports, ...told, source: draft.source });
  await draft.discard();
  await sendMessage(JSON.parse(JSON.stringify(done)) as Record<string, string>);
} catch (thrown) {
  await draft.discard();
  if (!(thrown instanceof ForgeError)) throw thrown;
  await sendMessage({ code: thrown.code, message: thrown.message, left: await readdir(folder) });
}

/** Dies by SIGKILL at a line of the journal, just before it is written or just after. */
function mortal(journal: Journal): Journal {
  let lines = 0;
  const die = (when: 'before' | 'after'): void => {
    if (dieAt?.line === lines && dieAt.when === when) process.kill(process.pid, 'SIGKILL');
  };
  return {
    get state() {
      return journal.state;
    },
    append: async (entry) => {
      lines++;
      die('before');
      await journal.append(entry);
      die('after');
    },
  };
}
