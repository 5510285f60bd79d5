/**
 * In place of Blender where it would be too heavy: a process that starts, answers and ends as `blender --python boot.py` does, and
 * speaks protocol 2. Its folder STAND_IN says what each start is to come to, a word a line in `plan` (`serve` beyond its end,
 * `fail`: ends before it listens), and hears in `starts` of each: the process id, and the file it was to open.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ForgePeer } from './forgePeer.ts';

const {
  STAND_IN = '',
  AVATAR_FORGE_PORT = '0',
  AVATAR_FORGE_HOME = '',
  AVATAR_FORGE_OPEN = '',
} = process.env;
const opened = AVATAR_FORGE_OPEN === '' ? null : basename(AVATAR_FORGE_OPEN);
const starts = join(STAND_IN, 'starts');
const before = existsSync(starts) ? readFileSync(starts, 'utf8').split('\n').length - 1 : 0;
appendFileSync(starts, `${process.pid} ${opened ?? '-'}\n`);
if (readFileSync(join(STAND_IN, 'plan'), 'utf8').split('\n')[before] === 'fail') {
  console.error('The stand-in fails, as it was told.');
  process.exit(3);
}
const peer = new ForgePeer({
  onRequest: ({ id, method }, to) => {
    if (method === 'save_project') {
      mkdirSync(join(AVATAR_FORGE_HOME, 'projects'), { recursive: true });
      writeFileSync(join(AVATAR_FORGE_HOME, 'projects/untitled-20260101-000000.blend'), 'BLENDER');
    }
    to.send({ id, result: {} });
  },
});
const port = await peer.listen(Number(AVATAR_FORGE_PORT));
console.log(`AVATAR_FORGE_READY ${JSON.stringify({ port, pid: process.pid, opened })}`);
process.stdin.resume().on('end', () => process.exit(0));
