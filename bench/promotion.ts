import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { hashFile } from '../src/adapters/storage/pieces.ts';
import { rcloneEnvironment } from '../src/adapters/storage/rcloneCommands.ts';
import { startS3 } from '../test/emulators/s3.ts';
import { bigVrm } from '../test/support/vrm/bigVrm.ts';
import type { PromotedOnce, PromotionTask } from './promotionRun.ts';
import { type Bench, percentile, type Row, timeRow } from './bench.ts';

const megabytes = [30, 300] as const;
const rounds = 3;

type Env = Readonly<Record<string, string>>;

/** One file in all the ways there are to bring it into a folder. */
interface Ways {
  readonly file: PromotedOnce;
  readonly s3: PromotedOnce;
  /** Milliseconds. */
  readonly careful: number;
  readonly cp: number;
  readonly sha256: number;
}

/**
 * One promotion beside what a careful person does (`rclone copyto`, then `rclone check --download`) and beside `cp` with fsync, in
 * turns, so that all meet the same machine. The gate is open, but in the rows that name it.
 *
 * A whole promotion hashes the file once, before a person says yes, and cannot take less than that and a copy together: so that
 * limit has a row, and what is waited for after the yes has its own.
 */
export const promotion: Bench = {
  name: 'promotion',
  about:
    'a promotion into a folder, beside rclone copyto + check --download, and beside cp + fsync (needs rclone)',
  async *run() {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-bench-'));
    const s3 = await startS3(['kasm']);
    const env = rcloneEnvironment(process.env, [s3.remote('quobyte')]);
    const peaks: { readonly open: number; readonly gated: number }[] = [];
    try {
      for (const size of megabytes) {
        const file = join(home, `${size}.vrm`);
        await exportOf(file, `quobyte:kasm/${size}.vrm`, size, env);
        const all: Ways[] = [];
        for (let round = 0; round <= rounds; round++) {
          const ways = await inAllWays(file, `quobyte:kasm/${size}.vrm`, home, env);
          if (round > 0) all.push(ways); // the first warms up
        }
        const gated = await promoted({ source: file, home, gated: true }, env);
        yield* rowsOf(`${size} MB`, all, gated);
        const open = Math.max(...all.flatMap((one) => [one.file.peakMiB, one.s3.peakMiB]));
        peaks.push({ open, gated: gated.peakMiB });
      }
      const [small, large] = peaks;
      if (small === undefined || large === undefined) return;
      yield memoryRow('peak memory, 300 MB beside 30 MB', large.open, small.open, 'near 1: flat');
      yield memoryRow('the same with the gate', large.gated, small.gated, 'near 1: flat');
    } finally {
      await s3.close();
      await rm(home, { recursive: true, force: true });
    }
  },
};

function* rowsOf(size: string, all: readonly Ways[], gated: PromotedOnce): Generator<Row> {
  const median = (of: (ways: Ways) => number): number =>
    percentile(
      all.map(of).toSorted((a, b) => a - b),
      50,
    );
  const cp = median((one) => one.cp);
  const sha256 = median((one) => one.sha256);
  yield timeRow(
    `${size} from S3, beside the careful`,
    median((one) => one.s3.ms),
    median((one) => one.careful),
    '> 1',
  );
  const besideCp = (what: string, ms: number, aim: string): Row =>
    timeRow(`${size} ${what}, beside cp + fsync`, ms, cp, aim);
  yield besideCp(
    'from a file, from the yes on',
    median((one) => one.file.runMs),
    '> 0.33',
  );
  yield besideCp(
    'from a file, with its plan',
    median((one) => one.file.ms),
    '> 0.33, or near the limit',
  );
  yield besideCp('hashed once and copied', sha256 + cp, 'the limit');
  yield besideCp('with its plan and the gate twice', gated.ms, 'none');
}

function memoryRow(bench: string, ours: number, reference: number, aim: string): Row {
  const ratio = Number((reference / ours).toPrecision(3));
  return { bench, ours: Math.round(ours), reference: Math.round(reference), unit: 'MiB', ratio, aim };
}

/** A sound model of that size, here and in the bucket. */
async function exportOf(file: string, remote: string, size: number, env: Env): Promise<void> {
  const bytes = bigVrm(size * 1_000_000, 1024);
  await writeFile(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const header = ['--header-upload', `X-Amz-Meta-Sha256: ${sha256}`];
  await rclone(['copyto', '--s3-upload-cutoff', '5G', ...header, file, remote], env);
}

async function inAllWays(file: string, remote: string, home: string, env: Env): Promise<Ways> {
  const folder = await mkdtemp(join(home, 'careful-'));
  const [bucket, name] = [remote.slice(0, remote.lastIndexOf('/')), remote.slice(remote.lastIndexOf('/'))];
  const copy = join(folder, 'cp.vrm');
  const ways: Ways = {
    file: await promoted({ source: file, home }, env),
    s3: await promoted({ source: remote, home }, env),
    careful: await timed(async () => {
      await rclone(['copyto', remote, join(folder, 'to', name)], env);
      await rclone(['check', '--download', '--one-way', '--include', name, bucket, join(folder, 'to')], env);
    }),
    cp: await timed(() => copyDurably(file, copy)),
    sha256: await timed(() => hashFile(copy, 'sha256')),
  };
  await rm(folder, { recursive: true, force: true });
  return ways;
}

/** In a process of its own: its memory is its own, and its time is without Node's start, which `cp` has not either. */
async function promoted(
  { source, home, gated = false }: { source: string; home: string; gated?: boolean },
  env: Env,
): Promise<PromotedOnce> {
  const folder = await mkdtemp(join(home, 'promoted-'));
  const task: PromotionTask = { source, folder, state: join(folder, 'state'), gated };
  const run = join(import.meta.dirname, 'promotionRun.ts');
  const { stdout } = await execa(process.execPath, ['--expose-gc', run, JSON.stringify(task)], {
    env,
    extendEnv: false,
  });
  await rm(folder, { recursive: true, force: true });
  return JSON.parse(stdout) as PromotedOnce;
}

async function rclone(args: readonly string[], env: Env): Promise<void> {
  await execa('rclone', args, { env, extendEnv: false });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const handle = await open(to, 'r+');
  await handle.sync();
  await handle.close();
}
