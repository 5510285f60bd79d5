import { ForgeError } from '../../core/errors.ts';
import { withinDeadline } from './attempt.ts';
import { placeOf } from './place.ts';
import { reach } from './reach.ts';
import { secure } from './secure.ts';
import { SocketConnection } from './socketConnection.ts';
import type { Connection, OpenOptions, Transport } from './transport.ts';

/** `tls://host:port`: the wire inside TLS, as stunnel and the like offer it. */
export const tls: Transport = { scheme: 'tls:', open };

async function open(url: URL, options: OpenOptions): Promise<Connection> {
  if (url.port === '') {
    throw new ForgeError('bad-endpoint', `tls://${url.hostname} has no port.`, 'Write tls://host:port.');
  }
  const place = placeOf(url);
  return withinDeadline(url.host, options, async (until) => {
    const socket = await reach(place, options.env ?? process.env, until);
    return new SocketConnection(await secure(socket, place.host, options.trust ?? {}, until));
  });
}
