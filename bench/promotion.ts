import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { rcloneEnvironment } from '../src/adapters/storage/rcloneCommands.ts';
import { startS3 } from '../test/emulators/s3.ts';
import type { PromotedOnce, PromotionTask } from './promotionRun.ts';
import { type Bench, percentile, timeRow } from './bench.ts';

const megabytes = [30, 300] as const;
const rounds = 3;

/**
 * One promotion beside what a careful person does (`rclone copyto`, then `rclone check --download`) and beside `cp` with fsync, in
 * turns, so that all meet the same machine. The gate is open: what a check costs is measured by the bench of checks.
 */
export const promotion: Bench = {
  name: 'promotion',
  about:
    'a promotion into a folder, beside rclone copyto + check --download, and beside cp + fsync (needs rclone)',
  async *run() {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-bench-'));
    const s3 = await startS3(['kasm']);
    const env = rcloneEnvironment(process.env, [s3.remote('quobyte')]);
    try {
      for (const size of megabytes) {
        const file = join(home, `${size}.vrm`);
        const bytes = randomBytes(size * 1_000_000);
        await writeFile(file, bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const header = ['--header-upload', `X-Amz-Meta-Sha256: ${sha256}`];
        const put = ['copyto', '--s3-upload-cutoff', '5G', ...header, file, `quobyte:kasm/${size}.vrm`];
        await execa('rclone', put, { env, extendEnv: false });

        const times: Record<'ours' | 'fromS3' | 'careful' | 'cp', number[]> = {
          ours: [],
          fromS3: [],
          careful: [],
          cp: [],
        };
        let peakMiB = 0;
        for (let round = 0; round <= rounds; round++) {
          const folder = await mkdtemp(join(home, 'round-'));
          const ours = await promoteOnce({ source: file, folder, state: join(folder, 'state') }, env);
          const fromS3 = await promoteOnce(
            { source: `quobyte:kasm/${size}.vrm`, folder, state: join(folder, 'state'), name: 'FromS3.vrm' },
            env,
          );
          const careful = await timed(async () => {
            const to = join(folder, 'careful');
            await execa('rclone', ['copyto', `quobyte:kasm/${size}.vrm`, join(to, `${size}.vrm`)], {
              env,
              extendEnv: false,
            });
            await execa(
              'rclone',
              ['check', '--download', '--one-way', '--include', `/${size}.vrm`, 'quobyte:kasm', to],
              {
                env,
                extendEnv: false,
              },
            );
          });
          const cp = await timed(() => copyDurably(file, join(folder, 'cp.vrm')));
          await rm(folder, { recursive: true, force: true });
          if (round === 0) continue; // warms up
          times.ours.push(ours.ms);
          times.fromS3.push(fromS3.ms);
          times.careful.push(careful);
          times.cp.push(cp);
          peakMiB = Math.max(peakMiB, ours.peakMiB, fromS3.peakMiB);
        }
        const median = (all: number[]): number =>
          percentile(
            all.toSorted((a, b) => a - b),
            50,
          );
        const [ours, fromS3, careful, cp] = [times.ours, times.fromS3, times.careful, times.cp].map(
          median,
        ) as [number, number, number, number];
        yield timeRow(`${size} MB from S3, beside the careful`, fromS3, careful, '> 1');
        yield timeRow(`${size} MB from a file, beside cp + fsync`, ours, cp, '> 0.33');
        yield {
          bench: `${size} MB, peak memory of a process`,
          ours: Math.round(peakMiB),
          reference: size,
          unit: 'MiB',
          ratio: Number((size / peakMiB).toPrecision(3)),
          aim: 'the same for both sizes',
        };
      }
    } finally {
      await s3.close();
      await rm(home, { recursive: true, force: true });
    }
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** In a process of its own: its memory is its own, and its time is without Node's start, which `cp` has not either. */
async function promoteOnce(
  task: PromotionTask,
  env: Readonly<Record<string, string>>,
): Promise<PromotedOnce> {
  const run = join(import.meta.dirname, 'promotionRun.ts');
  const { stdout } = await execa(process.execPath, [run, JSON.stringify(task)], { env, extendEnv: false });
  return JSON.parse(stdout) as PromotedOnce;
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const handle = await open(to, 'r+');
  await handle.sync();
  await handle.close();
}
