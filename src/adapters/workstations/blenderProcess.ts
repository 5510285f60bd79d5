import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import { Child } from './child.ts';
import { findBlender, findOnPath } from './findBlender.ts';
import { LineLog } from './lineLog.ts';
import {
  blenderCommand,
  type Command,
  displayMode,
  type DisplayMode,
  usualArgs,
  xvfbCommand,
} from './startPlan.ts';

export interface BlenderStartOptions {
  readonly bootScript: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly blender: string | undefined;
  readonly headless: boolean;
  readonly mode: DisplayMode | undefined;
  /** Where it is to listen; a free port and a token of its own where it is left out. */
  readonly listen?: Pick<BlenderEndpoint, 'port' | 'token'> | undefined;
  /** In place of {@link usualArgs}. */
  readonly args?: readonly string[] | undefined;
  /** A .blend to begin with. One that cannot be opened is left, and said so. */
  readonly open?: string | null | undefined;
  readonly startTimeoutMs: number;
  /** Gives up the start. */
  readonly signal: AbortSignal;
  readonly log: LineLog;
  readonly onSpawned: () => void;
}

/** A Blender that runs and listens. */
export interface BlenderProcess {
  readonly endpoint: BlenderEndpoint;
  readonly pid: number;
  /** The name of the .blend it began with; null: none, or it could not be opened. */
  readonly opened: string | null;
  /** Resolves with how it ended (`exit code 0`, `SIGKILL`), once its display is gone too. */
  readonly ended: Promise<string>;
  /** Asks it to end, more and more firmly, each time after so long. */
  end(graceMs?: number): Promise<void>;
}

const readyMark = 'AVATAR_FORGE_READY ';
const readyLine = z.object({
  port: z.number().int().min(1).max(65_535),
  pid: z.number().int(),
  opened: z.string().nullable().default(null),
});
const usualGraceMs = 3_000;

/** Starts Blender and waits until it listens. Whatever fails, nothing is left running. */
export async function startBlender(options: BlenderStartOptions): Promise<BlenderProcess> {
  const children: Child[] = [];
  const start = (command: Command, descriptors: number): Child => {
    const child = new Child(command, descriptors);
    children.unshift(child);
    return child;
  };
  const endAll = async (graceMs = usualGraceMs): Promise<void> => {
    for (const child of children) await child.end(graceMs);
  };
  try {
    const { env, home, bootScript, headless, log, args = usualArgs, open = null } = options;
    const { platform } = process;
    const executable = await findBlender(options.blender, env, platform);
    const hasXvfb = platform === 'linux' && (await findOnPath('Xvfb', env)) !== null;
    const mode = options.mode ?? displayMode({ platform, env, hasXvfb }, headless);
    await mkdir(home, { recursive: true, mode: 0o700 });
    const display = mode === 'xvfb' ? await startXvfb(start, options) : null;
    const { port: wanted, token } = options.listen ?? { port: 0, token: randomBytes(32).toString('hex') };
    const plan = { executable, bootScript, home, port: wanted, token, args, open, mode, display };
    const blender = start(blenderCommand(plan, env), 3);
    options.onSpawned();
    log.follow(blender.output(2));
    const mark = await awaited('Blender', blender, options, (found) =>
      log.follow(blender.output(1), (line) => {
        if (line.startsWith(readyMark)) found(line.slice(readyMark.length));
      }),
    );
    const { port, pid, opened } = readyLine.parse(JSON.parse(mark));
    const ended = blender.ended.then(async (how) => {
      await endAll();
      return how;
    });
    return { endpoint: { host: '127.0.0.1', port, token }, pid, opened, ended, end: endAll };
  } catch (thrown) {
    await endAll();
    throw startFailed(thrown, options);
  }
}

async function startXvfb(
  start: (command: Command, descriptors: number) => Child,
  options: BlenderStartOptions,
): Promise<string> {
  const xvfb = start(xvfbCommand(options.env, await findOnPath('setpriv', options.env)), 4);
  options.log.follow(xvfb.output(2));
  const display = await awaited('Xvfb', xvfb, options, (found) =>
    new LineLog().follow(xvfb.output(3), found),
  );
  return `:${display}`;
}

/** What `listen` finds, unless the process ends before, the time is up, or nobody wants it any more. */
function awaited(
  name: string,
  child: Child,
  { startTimeoutMs, signal }: BlenderStartOptions,
  listen: (found: (text: string) => void) => void,
): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} was not ready within ${startTimeoutMs} ms`)),
      startTimeoutMs,
    );
    const onAbort = (): void => reject(new Error(`${name} was stopped while it started`));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void child.ended.then((how) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended while it started (${how})`));
    });
    listen((text) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(text);
    });
  });
}

function startFailed(thrown: unknown, { signal, log }: BlenderStartOptions): ForgeError {
  if (signal.aborted)
    return new ForgeError('cancelled', 'Blender was stopped while it started.', 'Start it again.');
  if (thrown instanceof ForgeError) return thrown;
  return new ForgeError(
    'blender-start-failed',
    `Blender could not be started: ${reasonOf(thrown)}.`,
    'Read the last lines that it wrote (in the details); AVATAR_FORGE_BLENDER chooses another Blender, AVATAR_FORGE_HEADLESS=1 another display.',
    { cause: thrown, data: { log: log.lines().slice(-30) } },
  );
}
