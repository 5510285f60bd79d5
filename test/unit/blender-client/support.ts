import { connectBlender, type ConnectOptions } from '../../../src/adapters/blender/connect.ts';
import type { BlenderPort } from '../../../src/core/ports.ts';
import { ForgePeer, type ForgePeerClient, type ForgePeerOptions } from '../../emulators/forgePeer.ts';
import type { Request } from '../../../src/protocol/wire.ts';

/** Deadlines at which a test need not wait. */
export const quick = {
  connectMs: 500,
  helloMs: 100,
  probeMs: 200,
  graceMs: 100,
  runMs: 5_000,
  idleMs: 60_000,
};

const toClose: (() => Promise<unknown>)[] = [];

/** To be called after each test: ends what the helpers here began. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0)) await close();
}

export function closeAfterwards<T extends { close(): Promise<unknown> }>(opened: T): T {
  toClose.unshift(() => opened.close());
  return opened;
}

export function client(
  port: number,
  options: Partial<ConnectOptions> & { token?: string } = {},
): BlenderPort {
  const { token, ...more } = options;
  const endpoint = { host: '127.0.0.1', port, ...(token === undefined ? {} : { token }) };
  return closeAfterwards(
    connectBlender(endpoint, { client: 'test/0', library: '/nowhere', deadlines: quick, ...more }),
  );
}

export type Answers = Readonly<Record<string, (request: Request, client: ForgePeerClient) => void>>;

/** A protocol 2 peer that answers by method, and a client for it. */
export async function forge(
  answers: Answers = {},
  peerOptions: Omit<ForgePeerOptions, 'onRequest'> = {},
  options: Partial<ConnectOptions> & { token?: string } = {},
): Promise<{ peer: ForgePeer; port: number; blender: BlenderPort }> {
  const peer = closeAfterwards(
    new ForgePeer({ ...peerOptions, onRequest: (request, to) => answers[request.method]?.(request, to) }),
  );
  const port = await peer.listen();
  return { peer, port, blender: client(port, options) };
}
