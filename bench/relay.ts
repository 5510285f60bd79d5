import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { z } from 'zod';
import { type DialOut, dialOut } from '../src/agent/dialOut.ts';
import { type Bench, percentile, timeRow, timesOf, type Row } from './bench.ts';

const many = 1_000;
const few = 10;
const much = 64 << 20;
const piece = Buffer.alloc(64 << 10, 'x');

export const relay: Bench = {
  name: 'relay',
  about: `the relay as a process of its own, agent and client beside it, beside a bare pipe of the same kind; ${many} idle workstations`,
  async *run() {
    const echo = await startEcho();
    const [ours, pipe] = [await start('relay', 'gc'), await start('pipe', String(echo.port))];
    const { url, client, agent } = z
      .object({ url: z.string(), client: z.string(), agent: z.string() })
      .parse(ours.said);
    const dialled = await startAgent(url, agent, echo.port);
    try {
      const through = await openSession(url, client);
      const bare = await openTcp(z.object({ port: z.number() }).parse(pipe.said).port);
      const times = await timesOf(2_000, () => exchange(through, Buffer.from('ping')), 500);
      const reference = await timesOf(2_000, () => exchange(bare, Buffer.from('ping')), 500);
      const [p50, base] = [percentile(times, 50), percentile(reference, 50)];
      yield timeRow(`round trip, p50 (${(p50 - base).toFixed(2)} ms more)`, p50, base, '≤ 0.5 ms more');
      yield rateRow('bytes there and back', await rate(through), await rate(bare));
      through.destroy();
      bare.destroy();

      const opened = (): Promise<number[]> => timesOf(100, () => sessionOnce(url, client), 20);
      const idle = await idleWorkstations(url, few - 1, agent);
      const withFew = percentile(await opened(), 50);
      const before = await ours.memory();
      idle.push(...(await idleWorkstations(url, many - few, agent)));
      const each = ((await ours.memory()) - before) / (many - few);
      const withMany = percentile(await opened(), 50);
      yield timeRow(`a session, ${many} workstations beside ${few}`, withMany, withFew, '≥ 0.9: flat');
      const plain = await start('websocket', 'gc');
      const plainUrl = z.object({ url: z.string() }).parse(plain.said).url;
      const first = await Promise.all(Array.from({ length: few }, () => openSocket(plainUrl, {})));
      const plainBefore = await plain.memory();
      const rest = await Promise.all(Array.from({ length: many - few }, () => openSocket(plainUrl, {})));
      const plainEach = ((await plain.memory()) - plainBefore) / (many - few);
      yield memoryRow('memory of an idle workstation (a WebSocket)', each, plainEach);
      for (const socket of [...idle, ...first, ...rest]) socket.terminate();
      plain.end();
    } finally {
      dialled.stop();
      ours.end();
      pipe.end();
      echo.close();
    }
  },
};

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

async function start(kind: string, target: string) {
  const script = join(import.meta.dirname, 'relayServer.ts');
  const child = spawn(process.execPath, ['--expose-gc', script, kind, target], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw new Error('The relay has ended.');
    return JSON.parse(line.value);
  };
  return {
    said: await next(),
    memory: async () => {
      child.stdin.write('\n');
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

async function startEcho(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

async function startAgent(url: string, apiKey: string, port: number): Promise<DialOut> {
  return new Promise((resolve) => {
    const agent = dialOut({
      relay: new URL(url),
      apiKey,
      instance: randomUUID(),
      name: 'desk',
      version: 'bench',
      blender: { host: '127.0.0.1', port },
      onNews: ({ is }) => {
        if (is === 'connected') resolve(agent);
      },
    });
  });
}

async function openSocket(url: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

async function openSession(url: string, key: string): Promise<Duplex> {
  const socket = await openSocket(`${url}/instances/desk`, { authorization: `Bearer ${key}` });
  return createWebSocketStream(socket, { highWaterMark: 256 << 10 }).on('error', () => undefined);
}

async function openTcp(port: number): Promise<Duplex> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

/** From the first byte of the request to the close, with one exchange. */
async function sessionOnce(url: string, key: string): Promise<void> {
  const stream = await openSession(url, key);
  await exchange(stream, Buffer.from('ping'));
  stream.end();
  await once(stream, 'close');
}

/** Agents that are connected and do nothing. */
async function idleWorkstations(url: string, count: number, key: string): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  for (let n = 0; n < count; n += 1) {
    const socket = await openSocket(`${url}/agent`, { authorization: `Bearer ${key}` });
    const welcome = once(socket, 'message');
    const hello = { instance: randomUUID(), name: `idle-${randomUUID()}`, version: 'bench' };
    socket.send(JSON.stringify({ hello }));
    await welcome;
    sockets.push(socket);
  }
  return sockets;
}

function exchange(stream: Duplex, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes.length;
    const take = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      stream.off('data', take);
      resolve();
    };
    stream.on('data', take).write(bytes);
  });
}

/** MB a second in each direction at once. */
async function rate(stream: Duplex): Promise<number> {
  const startedAt = performance.now();
  let left = much;
  const back = new Promise<void>((resolve) => {
    const take = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      stream.off('data', take);
      resolve();
    };
    stream.on('data', take);
  });
  for (let sent = 0; sent < much; sent += piece.length) if (!stream.write(piece)) await once(stream, 'drain');
  await back;
  return much / 1e3 / (performance.now() - startedAt);
}
