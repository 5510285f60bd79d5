import { ForgeError } from '../../core/errors.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import type { Connection, OpenOptions, Transport } from './transport.ts';

/** The WebSocket ones are loaded when they are first used. */
const transports: readonly Transport[] = [
  tcp,
  tls,
  { scheme: 'wss:', open: async (url, options) => (await import('./wss.ts')).wss.open(url, options) },
  { scheme: 'ws:', open: async (url, options) => (await import('./wss.ts')).ws.open(url, options) },
];

/** Opens a connection by the scheme of the URL. Rejects with `bad-endpoint` for a scheme that no transport has. */
export async function openConnection(url: URL, options: OpenOptions): Promise<Connection> {
  const transport = transports.find(({ scheme }) => scheme === url.protocol);
  if (transport === undefined) {
    throw new ForgeError(
      'bad-endpoint',
      `No transport for ${url.protocol}//.`,
      `Use one of ${transports.map(({ scheme }) => `${scheme}//`).join(', ')}.`,
    );
  }
  return transport.open(url, options);
}
