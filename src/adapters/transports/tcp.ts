import { withinDeadline } from './attempt.ts';
import { connectTcp, placeOf } from './place.ts';
import { SocketConnection } from './socketConnection.ts';
import type { Transport } from './transport.ts';

/** `tcp://host:port`, for loopback and networks that are trusted otherwise: nothing is encrypted. */
export const tcp: Transport = {
  scheme: 'tcp:',
  open: (url, options) =>
    withinDeadline(
      url.host,
      options,
      async (until) => new SocketConnection(await connectTcp(placeOf(url), until)),
    ),
};
