import { randomBytes } from 'node:crypto';
import { ForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Deadlines } from '../../core/wire/deadlines.ts';
import { Handshake, type HandshakeStep } from '../../core/wire/handshake.ts';
import { openConnection } from '../transports/index.ts';
import type { Connection } from '../transports/transport.ts';
import type { Asked } from './asked.ts';
import { ForgeLink } from './forgeLink.ts';
import type { CommandLibrary } from './library.ts';
import type { Link } from './link.ts';
import { StockLink } from './stockLink.ts';

export interface DialOptions {
  readonly client: string;
  readonly asked: Asked;
  readonly library: CommandLibrary;
  readonly deadlines: Deadlines;
  /** Gives up. */
  readonly signal: AbortSignal;
  readonly onGone: () => void;
  /** Where the proxy of a tunnel is looked up. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Connects, finds out which dialect is spoken (docs/protocol.md §2), proves the token, and returns the link for it. */
export async function dial(endpoint: BlenderEndpoint, options: DialOptions): Promise<Link> {
  const { session } = options.asked;
  const first = await shakeHands(endpoint, true, { ...options, session });
  const { connection, step } =
    first.step.is === 'reopen' ? await shakeHands(endpoint, false, { ...options, session }) : first;
  switch (step.is) {
    case 'forge':
      return new ForgeLink({ ...options, connection, hello: step.hello, decoder: step.decoder });
    case 'stock':
      return StockLink.open({ ...options, connection });
    case 'failed':
      throw step.error;
    case 'reopen':
      throw new Error('reopen after a handshake without a probe');
  }
}

type LastStep = Exclude<HandshakeStep, { is: 'pending' }>;

/** Connects and says hello; what failed or is to be opened anew is closed again, the rest is the caller's to close. */
export async function shakeHands(
  endpoint: BlenderEndpoint,
  probe: boolean,
  {
    client,
    session,
    deadlines,
    signal,
    env,
  }: Pick<DialOptions, 'client' | 'deadlines' | 'signal' | 'env'> & { readonly session?: string },
): Promise<{ readonly connection: Connection; readonly step: LastStep }> {
  const connection = await openConnection(urlOf(endpoint), {
    timeoutMs: deadlines.connectMs,
    signal,
    trust: endpoint.tunnel ?? {},
    env,
  });
  const nonce = randomBytes(16).toString('hex');
  const handshake = new Handshake({ nonce, client, session, token: endpoint.token, probe, deadlines });
  const hangUp = (): void => connection.close();
  signal.addEventListener('abort', hangUp, { once: true });
  const step = await new Promise<LastStep>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const take = (next: HandshakeStep): void => {
      if (next.is !== 'pending') {
        clearTimeout(timer);
        connection.listen(null);
        resolve(next);
        return;
      }
      if (next.send !== null) connection.send(next.send);
      if (next.waitMs === null) return;
      clearTimeout(timer);
      timer = setTimeout(() => take(handshake.timeout()), next.waitMs);
    };
    connection.listen({
      data: (chunk) => take(handshake.receive(chunk)),
      closed: () => take(handshake.closed()),
    });
    take(handshake.start());
  });
  signal.removeEventListener('abort', hangUp);
  if (step.is === 'failed' || step.is === 'reopen') connection.close();
  return { connection, step };
}

function urlOf({ host, port, tunnel }: BlenderEndpoint): URL {
  const url = URL.parse(tunnel?.url ?? `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (url === null) {
    throw new ForgeError('bad-endpoint', `${host}:${port} is not an address.`, 'Correct the host and port.');
  }
  return url;
}
