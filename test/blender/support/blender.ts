import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

const bootScript = join(import.meta.dirname, '../../../blender-addon/boot.py');
const readyMark = 'AVATAR_FORGE_READY ';
const ready = z.object({
  port: z.number(),
  instance: z.string(),
  pid: z.number(),
  protocol: z.literal(2),
});

export interface TestBlenderOptions {
  /** With a window, under an X server of its own. Default: in background. */
  readonly window?: boolean;
  /** Added to the environment: a token, say. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real Blender with the add-on on a free port; its folders are removed with it. */
export interface TestBlender {
  readonly port: number;
  readonly instance: string;
  readonly pid: number;
  readonly home: string;
  /** What it has written so far. */
  output(): string;
  /** How it ended: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Closes its standard input, which is the sign that we are gone. */
  closeInput(): void;
  /** Resident memory, in MiB. */
  memoryMiB(): Promise<number>;
  stop(): Promise<void>;
}

/** The words of AVATAR_FORGE_BLENDER (a wrapper may have several), else Debian's. */
export function blenderWords(): readonly string[] {
  return (process.env['AVATAR_FORGE_BLENDER'] ?? '/usr/bin/blender').split(' ').filter((word) => word !== '');
}

export async function startTestBlender({
  window = false,
  env = {},
}: TestBlenderOptions = {}): Promise<TestBlender> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
  const display = window ? await startXvfb() : null;
  const [file = 'blender', ...words] = blenderWords();
  const child = spawn(
    file,
    [...words, ...(window ? [] : ['-b']), '-noaudio', '--factory-startup', '--python', bootScript],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...(display === null ? {} : { DISPLAY: display.name, LIBGL_ALWAYS_SOFTWARE: '1' }),
        AVATAR_FORGE_PORT: '0',
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_EXIT_ON_STDIN_EOF: '1',
        ...env,
      },
    },
  );
  const lines: string[] = [];
  const ended = endOf(child);
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const mark = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith(readyMark)) resolve(line.slice(readyMark.length));
    });
    void ended.then((how) => reject(new Error(`Blender ended (${how}):\n${lines.join('\n')}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    display?.process.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { port, instance, pid } = ready.parse(JSON.parse(await mark));
    return {
      port,
      instance,
      pid,
      home,
      output: () => lines.join('\n'),
      ended,
      running: () => child.exitCode === null && child.signalCode === null,
      signal: (signal) => process.kill(pid, signal),
      closeInput: () => child.stdin.end(),
      memoryMiB: () => residentMiB(pid),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startXvfb(): Promise<{ readonly process: ChildProcess; readonly name: string }> {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const process = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string>((resolve, reject) => {
    process.once('error', reject);
    process.once('exit', () => reject(new Error('Xvfb ended')));
    createInterface({ input: process.stdio[3] as Readable }).once('line', resolve);
  });
  return { process, name: `:${number}` };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 0}`));
  });
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
