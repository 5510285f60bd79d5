import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../adapters/environment.ts';
import { startBlender } from '../adapters/workstations/blenderProcess.ts';
import { LineLog } from '../adapters/workstations/lineLog.ts';
import type { SupervisionLimits } from '../core/supervision.ts';
import type { WorkstationConfig } from './config.ts';
import type { Readiness } from './readiness.ts';
import { savedSince } from './savedFiles.ts';
import { Supervisor } from './supervisor.ts';

export interface Supervised {
  readonly supervisor: Supervisor;
  /** Ends Blender and takes its temporary folder away. */
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 120_000;
/** Lines of Blender's that go into the log when it ends by itself. */
const lastLines = 12;

export interface SuperviseOptions {
  readonly workstation: WorkstationConfig;
  readonly bootScript: string;
  readonly readiness: Pick<Readiness, 'check'>;
  readonly env: Environment;
  readonly log: (line: string) => void;
  readonly limits?: SupervisionLimits | undefined;
  readonly probeMs?: number | undefined;
}

/** A Blender of this machine with the add-on, kept running as the environment says. */
export function supervise({
  workstation: { blender, home, scratch, blenderArgs, reopen },
  bootScript,
  readiness,
  env,
  log,
  ...pace
}: SuperviseOptions): Supervised {
  const temporary = mkdtempSync(join(tmpdir(), 'avatar-forge-blender-')); // Blender's own autosaves are written there
  const folders = [join(home, 'projects'), join(scratch ?? home, 'checkpoints'), temporary];
  const sinceMs = reopen === 'always' ? 0 : Date.now();
  const supervisor = new Supervisor({
    start: async (open, signal) => {
      const lines = new LineLog();
      const started = startBlender({
        bootScript,
        home,
        env: { ...env, TMPDIR: temporary },
        blender: undefined,
        headless: false,
        mode: undefined,
        listen: { port: blender.port, token: blender.token },
        args: blenderArgs,
        open,
        startTimeoutMs,
        signal,
        log: lines,
        onSpawned: () => undefined,
      });
      const tell = (): void => {
        for (const line of lines.lines().slice(-lastLines)) log(`Blender: ${line}`);
      };
      started.then(({ ended }) => void ended.then(() => (signal.aborted ? undefined : tell())), tell);
      return started;
    },
    probe: () => readiness.check(),
    saved: () => savedSince(folders, sinceMs),
    reopenAtOnce: reopen === 'always',
    log,
    ...pace,
  });
  return {
    supervisor,
    stop: async () => {
      await supervisor.stop();
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
