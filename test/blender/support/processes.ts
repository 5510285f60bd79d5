import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes of this Linux machine, from /proc. */
interface Process {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly isZombie: boolean;
}

async function processes(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const match = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat);
      return match === null
        ? []
        : [{ pid: Number(pid), name: match[1] ?? '', parent: Number(match[3]), isZombie: match[2] === 'Z' }];
    }),
  );
  return found.flat();
}

export async function childrenOf(pid: number): Promise<readonly Process[]> {
  return (await processes()).filter(({ parent }) => parent === pid);
}

/** Which of them still run, after waiting for at most so long for none to. */
export async function survivors(pids: readonly number[], withinMs: number): Promise<readonly Process[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const alive = (await processes()).filter(({ pid, isZombie }) => pids.includes(pid) && !isZombie);
    if (alive.length === 0 || performance.now() > until) return alive;
    await sleep(50);
  }
}
