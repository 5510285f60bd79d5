import { randomBytes } from 'node:crypto';
import { connectBlender } from '../src/adapters/blender/connect.ts';
import { openConnection } from '../src/adapters/transports/index.ts';
import type { Connection } from '../src/adapters/transports/transport.ts';
import type { BlenderEndpoint } from '../src/core/ports.ts';
import { BadPath } from '../test/emulators/badPath.ts';
import { FarHost, linkRate, startFarAgent } from '../test/network/support/farHost.ts';
import { countingBlender } from '../test/support/countingBlender.ts';
import { type Bench, percentile, timeRow, timesOf } from './bench.ts';

const roundTripMs = 40;
const picture = 400_000;
const file = 30_000_000;

export const network: Bench = {
  name: 'network',
  about: `the add-on's own server without Blender behind ${linkRate / 1e6} Mbit/s and ${roundTripMs} ms (emulator: test/emulators/badPath.ts): ours through agent and TLS; needs root`,
  async *run() {
    const obstacle = FarHost.obstacle();
    if (obstacle !== null) throw new Error(obstacle);
    const far = new FarHost();
    const there = await countingBlender(far.within);
    const agent = await startFarAgent(far, there.port);
    const path = await BadPath.open({
      target: { host: far.address, port: agent.port },
      delayMs: roundTripMs / 2,
    });
    const endpoint = agent.endpointAt(path.port);
    const blender = connectBlender(endpoint, { client: 'bench/0', library: '/nowhere' });
    const stock = await StockWay.open(endpoint);
    try {
      let n = 0;
      const call = await timesOf(40, () => blender.call('count', { key: `call-${(n += 1)}` }), 3);
      const theirs = await timesOf(40, () => stock.call('count', { key: `stock-${(n += 1)}` }), 3);
      const aim = `≤ ${roundTripMs + 5} ms`;
      yield timeRow('tool call, p50 (stock: 2 commands)', percentile(call, 50), percentile(theirs, 50), aim);
      const pictures = await timesOf(10, () =>
        blender.call('picture', { key: `picture-${(n += 1)}`, size: picture }),
      );
      yield timeRow(
        'screenshot of 400 kB, p50 (the link)',
        percentile(pictures, 50),
        onTheLink(picture),
        '≥ 0.9',
      );
      const bytes = randomBytes(file);
      const written = await timesOf(1, () => blender.writeFile('uploads', 'big.bin', bytes), 0);
      yield timeRow('file of 30 MB, there (the link)', percentile(written, 50), onTheLink(file), '≥ 0.9');
      const read = await timesOf(1, () => blender.readFile('uploads', 'big.bin'), 0);
      yield timeRow('file of 30 MB, back (the link)', percentile(read, 50), onTheLink(file), '≥ 0.9');
    } finally {
      stock.close();
      await blender.close();
      await path.close();
      await agent.close();
      await there.close();
      far.close();
    }
  },
};

/** What the link alone would take: one round trip and every bit at its rate, without any header. */
function onTheLink(bytes: number): number {
  return roundTripMs + (bytes * 8 * 1000) / linkRate;
}

/** As a stock client does it: one connection, and before each command one that asks for a status. */
class StockWay {
  readonly #connection: Connection;

  static async open({ tunnel }: BlenderEndpoint): Promise<StockWay> {
    if (tunnel === undefined) throw new Error('there is no way to it');
    return new StockWay(await openConnection(new URL(tunnel.url), { timeoutMs: 5_000, trust: tunnel }));
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  async call(type: string, params: object): Promise<unknown> {
    await this.#command('get_polyhaven_status', {});
    return this.#command(type, params);
  }

  close(): void {
    this.#connection.close();
  }

  #command(type: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let text = '';
      this.#connection.listen({
        data: (chunk) => {
          text += Buffer.from(chunk).toString('utf8');
          if (text.endsWith('}')) resolve(JSON.parse(text));
        },
        closed: () => reject(new Error('it was closed')),
      });
      this.#connection.send(Buffer.from(JSON.stringify({ type, params })));
    });
  }
}
