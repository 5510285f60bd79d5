import { readdir } from 'node:fs/promises';
import { getOneMessage, sendMessage } from 'execa';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { openRclone } from '../../src/adapters/storage/rclone.ts';
import { isRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../../src/adapters/storage/rcloneSource.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { planPromotion } from '../../src/core/promotion/plan.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { MemoryAudit, openGate, type PromoterTask } from './support.ts';

/** One promoter as a process, for races and crashes: plans, says so, and promotes when it is told to. */
const { source: place, folder, name, exact } = JSON.parse(process.argv[2] ?? '') as PromoterTask;
const source = isRemotePath(place)
  ? new RcloneSource(await openRclone({ env: process.env }), place)
  : new LocalSource(place);
const production = new FolderTarget(folder);
const plan = await planPromotion({ name, exact, profile: 'none' }, { source, production });
await sendMessage('ready');
await getOneMessage();
try {
  const ports = { source, production, gate: openGate, audit: new MemoryAudit(), who: 'test' };
  await sendMessage(JSON.parse(JSON.stringify(await promote(plan, ports))) as Record<string, string>);
} catch (thrown) {
  if (!(thrown instanceof ForgeError)) throw thrown;
  await sendMessage({ code: thrown.code, message: thrown.message, left: await readdir(folder) });
}
