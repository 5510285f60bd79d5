import { readdir, readFile } from 'node:fs/promises';
import type { Editor } from './editor.ts';

/** Processes of this window, by a part of their command line: its home folder is in the environment of each. Linux. */
export async function processesOf({ home }: Editor, part: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = (await read(pid, 'cmdline')).join(' ');
      const isOurs = line.includes(part) && (await read(pid, 'environ')).includes(`HOME=${home}`);
      return isOurs ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** A variable in the environment that a process was started with. */
export async function environmentOf(pid: number, name: string): Promise<string | undefined> {
  const lines = await read(`${pid}`, 'environ');
  return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function read(pid: string, file: 'cmdline' | 'environ'): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return text.split('\0');
}
