import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** What the proxy knows: who there is, and which sessions. */
export interface Proxied {
  readonly users: readonly { readonly user_id: string; readonly username: string }[];
  readonly find: (id: string) => ProxiedSession | undefined;
}

interface ProxiedSession {
  readonly user_id: string;
  readonly session_token: string;
  readonly operational_status: string;
  readonly place: { readonly port: number | null } | null;
}

/**
 * What Kasm's nginx does with a WebSocket to `/desktop/<id>/vnc/…`: it lets in who has the cookies of the session, puts an
 * Authorization and a Cookie of its own in place of those that came, and speaks TLS to the session without judging its certificate.
 */
export function passOn(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { users, find }: Proxied,
): void {
  socket.on('error', () => socket.destroy());
  const [, id = '', rest = ''] = /^\/desktop\/([^/]+)\/vnc\/(.*)$/.exec(request.url ?? '') ?? [];
  const session = find(id);
  const owner = users.find((one) => one.user_id === session?.user_id);
  const refused = refusalOf(session, owner?.username, cookiesOf(request.headers.cookie ?? ''));
  const port = session?.place?.port ?? null;
  if (refused !== null || port === null) {
    refuse(socket, refused ?? '502 Bad Gateway');
    return;
  }
  const inner = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    const headers = { ...request.headers, authorization: 'Basic a2FzbV91c2VyOnZuYw==', cookie: '' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    inner.write(`GET /${rest} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    inner.write(head);
    inner.pipe(socket).pipe(inner);
  });
  inner.once('error', () => refuse(socket, '502 Bad Gateway'));
  inner.once('close', () => socket.destroy());
  socket.once('close', () => inner.destroy());
}

function refusalOf(
  session: ProxiedSession | undefined,
  username: string | undefined,
  cookies: ReadonlyMap<string, string>,
): string | null {
  if (session === undefined) return '404 Not Found';
  const isIn = cookies.get('username') === username && cookies.get('session_token') === session.session_token;
  if (!isIn) return '401 Unauthorized';
  return session.operational_status === 'running' ? null : '502 Bad Gateway';
}

function cookiesOf(header: string): ReadonlyMap<string, string> {
  return new Map(
    header.split('; ').map((one) => {
      const at = one.indexOf('=');
      return [one.slice(0, at), decodeURIComponent(one.slice(at + 1))];
    }),
  );
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
