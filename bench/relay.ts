import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openConnection } from '../src/adapters/transports/index.ts';
import type { Connection } from '../src/adapters/transports/transport.ts';
import { type Bench, percentile, timeRow, timesOf, type Row } from './bench.ts';

const many = 1_000;
const few = 10;
const much = 64 << 20;
const piece = Buffer.alloc(64 << 10, 'x');
const rounds = 5;

export const relay: Bench = {
  name: 'relay',
  about: `relay, agent, echo, bare pipe and ${many} workstations as processes of their own; the two ways in turn, medians of ${rounds}`,
  async *run() {
    const started: Program[] = [];
    const program = async (kind: string, target: object = {}): Promise<Program> => {
      const it = await start(kind, target);
      started.push(it);
      return it;
    };
    try {
      const echo = await program('echo');
      const pipe = await program('pipe', echo.said);
      const [quiet, crowded] = [await program('relay'), await program('relay')];
      for (const { said } of [quiet, crowded]) await program('agent', { ...said, ...echo.said });
      const through = await openSession(quiet);
      const bare = await openConnection(new URL(`tcp://127.0.0.1:${String(pipe.said['port'])}`), {
        timeoutMs: 5_000,
      });
      const [ours, reference] = await inTurn(
        () => timesOf(500, () => exchange(through, 4), 200).then((times) => percentile(times, 50)),
        () => timesOf(500, () => exchange(bare, 4), 200).then((times) => percentile(times, 50)),
      );
      const more = (ours - reference).toFixed(2);
      yield timeRow(`round trip, p50 (${more} ms more)`, ours, reference, '≤ 0.5 ms more');

      const cpu = { ours: [] as number[], reference: [] as number[] };
      const [rate, bareRate] = await inTurn(
        () => usedBy(quiet, cpu.ours, () => rateOf(through)),
        () => usedBy(pipe, cpu.reference, () => rateOf(bare)),
      );
      yield rateRow('bytes there and back', rate, bareRate);
      const perMb = (times: number[]): number => median(times) / (much / 1e6);
      yield timeRow('its processor time for 1 MB', perMb(cpu.ours), perMb(cpu.reference), 'a ratio');
      through.close();
      bare.close();

      const sessions = (to: Program) => async (): Promise<number> =>
        percentile(await timesOf(100, () => sessionOnce(to), 5), 50);
      await sessions(crowded)();
      await program('crowd', { ...quiet.said, count: few - 1 });
      await program('crowd', { ...crowded.said, count: few - 1 });
      const plain = await program('websocket');
      await program('crowd', { ...plain.said, count: few });
      // What a program takes once, whatever their number, is no workstation's.
      const before = [await crowded.memory(), await plain.memory()] as const;
      await program('crowd', { ...crowded.said, count: many - few });
      await program('crowd', { ...plain.said, count: many - few });
      const each = ((await crowded.memory()) - before[0]) / (many - few);
      const plainEach = ((await plain.memory()) - before[1]) / (many - few);
      yield memoryRow('memory of an idle workstation (a WebSocket)', each, plainEach);

      const used = { many: [] as number[], few: [] as number[] };
      const [withMany, withFew] = await inTurn(
        () => usedBy(crowded, used.many, sessions(crowded)),
        () => usedBy(quiet, used.few, sessions(quiet)),
      );
      yield timeRow(`a session, ${many} workstations beside ${few}`, withMany, withFew, '≥ 0.9: flat');
      const perSession = (times: number[]): number => median(times) / 105;
      yield timeRow('its processor time', perSession(used.many), perSession(used.few), '≥ 0.9: flat');
    } finally {
      for (const it of started.reverse()) it.end();
    }
  },
};

interface Program {
  readonly said: Readonly<Record<string, unknown>>;
  /** After a collection, in bytes. */
  readonly memory: () => Promise<number>;
  /** The processor's time so far, in ms. */
  readonly cpu: () => Promise<number>;
  readonly end: () => void;
}

/** bench/relayServer.ts, in one of its parts. */
async function start(kind: string, target: object): Promise<Program> {
  const script = join(import.meta.dirname, 'relayServer.ts');
  const child = spawn(process.execPath, ['--expose-gc', script, kind, JSON.stringify(target)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw new Error(`The ${kind} has ended.`);
    return JSON.parse(line.value);
  };
  const ask = async (what: string): Promise<number> => {
    child.stdin.write(`${what}\n`);
    return z.number().parse(await next());
  };
  return {
    said: z.record(z.string(), z.unknown()).parse(await next()),
    memory: () => ask('memory'),
    cpu: () => ask('cpu'),
    end: () => child.stdin.end(),
  };
}

/** One after the other, several times over, so that a busy moment meets both: the medians. */
async function inTurn(
  ours: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<[number, number]> {
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    mine.push(await ours());
    theirs.push(await reference());
  }
  return [median(mine), median(theirs)];
}

function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    50,
  );
}

/** Notes the processor's time that a program takes for some work, in ms. */
async function usedBy<T>(it: Program, times: number[], work: () => Promise<T>): Promise<T> {
  const before = await it.cpu();
  const result = await work();
  times.push((await it.cpu()) - before);
  return result;
}

function rateRow(bench: string, ours: number, reference: number): Row {
  const ratio = Number((ours / reference).toPrecision(4));
  return {
    bench,
    ours: Math.round(ours),
    reference: Math.round(reference),
    unit: 'MB/s',
    ratio,
    aim: 'a ratio',
  };
}

function memoryRow(bench: string, ours: number, reference: number): Row {
  const ratio = Number((reference / ours).toPrecision(4));
  const kb = (bytes: number): number => Math.round(bytes / 102.4) / 10;
  return { bench, ours: kb(ours), reference: kb(reference), unit: 'KiB', ratio, aim: '≤ 64 KiB' };
}

function openSession({ said: { url, client } }: Program): Promise<Connection> {
  const headers = { authorization: `Bearer ${String(client)}` };
  return openConnection(new URL(`${String(url)}/instances/desk`), { timeoutMs: 5_000, trust: { headers } });
}

/** From the first byte of the request to the close, with one exchange. */
async function sessionOnce(relay: Program): Promise<void> {
  const connection = await openSession(relay);
  await exchange(connection, 4);
  connection.close();
}

/** Sends bytes and waits until as many have come back. */
async function exchange(connection: Connection, bytes: number): Promise<void> {
  const back = new Promise<void>((resolve, reject) => {
    let left = bytes;
    connection.listen({
      data: (chunk) => {
        left -= chunk.length;
        if (left === 0) resolve();
      },
      closed: (error) => reject(error ?? new Error('The connection has ended.')),
    });
  });
  for (let left = bytes; left > 0; left -= piece.length) {
    connection.send(piece.subarray(0, left));
    await connection.drained();
  }
  await back;
}

/** MB a second in each direction at once. */
async function rateOf(connection: Connection): Promise<number> {
  const startedAt = performance.now();
  await exchange(connection, much);
  return much / 1e3 / (performance.now() - startedAt);
}
