import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RacerAnswer, RacerTask, RaceReport } from './racer.ts';

/** Eight promoters on two hosts race for one name, again and again, while a reader looks on. Prints one line, a {@link RaceReport}. */
const [rounds = 40, promoters = 8] = process.argv.slice(2).map(Number);
const scratch = '/dev/shm/race';
const mounts = ['/mnt/one', '/mnt/other'];
await mkdir(join(mounts[0]!, 'avatar-models'), { recursive: true });

const racers = await Promise.all(
  Array.from({ length: promoters }, async (_, n) => {
    const source = join(scratch, `${n}.vrm`);
    await mkdir(scratch, { recursive: true });
    const bytes = randomBytes(300_000);
    await writeFile(source, bytes);
    const folder = join(mounts[n % 2]!, 'avatar-models');
    const task: RacerTask = { source, folder, state: join(scratch, `state-${n}`) };
    const child = execa(process.execPath, [join(import.meta.dirname, 'racer.ts'), JSON.stringify(task)], {
      ipc: true,
      stderr: 'inherit',
    });
    await child.getOneMessage();
    return { child, sha256: createHash('sha256').update(bytes).digest('hex') };
  }),
);
const sound = new Set(racers.map(({ sha256 }) => sha256));

const report: { -readonly [K in keyof RaceReport]: RaceReport[K] } = {
  rounds,
  winners: [],
  refusals: [],
  kept: 0,
  reads: 0,
  halfReads: 0,
};
const racing = new AbortController();
const reading = (async () => {
  const folder = join(mounts[1]!, 'avatar-models');
  while (!racing.signal.aborted) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.vrm') && !name.startsWith('.'));
    const last = names.toSorted().at(-1);
    if (last !== undefined) {
      const hash = createHash('sha256')
        .update(await readFile(join(folder, last)))
        .digest('hex');
      report.reads++;
      if (!sound.has(hash)) report.halfReads++;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
})();

for (let round = 0; round < rounds; round++) {
  const name = `Round-${String(round).padStart(3, '0')}.vrm`;
  const all = async (message: string): Promise<RacerAnswer[]> =>
    Promise.all(
      racers.map(async ({ child }) => {
        const answer = child.getOneMessage();
        await child.sendMessage(message);
        return (await answer) as unknown as RacerAnswer;
      }),
    );
  await all(name); // everybody has made a plan in which the name is free
  const answers = await all('go');
  const won = answers.flatMap(({ outcome }, n) => (outcome === 'promoted' ? [n] : []));
  report.winners = [...report.winners, won.length];
  report.refusals = [...new Set([...report.refusals, ...answers.map(({ outcome }) => outcome)])].filter(
    (outcome) => outcome !== 'promoted',
  );
  const bytes = await readFile(join(mounts[round % 2]!, 'avatar-models', name));
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (racers[won[0] ?? -1]?.sha256 === hash) report.kept++;
}
racing.abort();
await reading;
console.log(JSON.stringify(report));
for (const { child } of racers) child.kill('SIGKILL');
process.exit();
