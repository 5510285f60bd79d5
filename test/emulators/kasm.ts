import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Call, type Face, faces, type Outcome } from './kasmFaces.ts';
import { passOn } from './kasmProxy.ts';

/**
 * An emulator of Kasm Workspaces' Developer API and of the proxy in front of its sessions, written against its documentation and
 * against what its users report; Kasm itself does not run here. It is no proof that Kasm behaves so.
 *
 * - https://docs.kasm.com/docs/latest/developers/developer-api (endpoints, bodies, permissions of a key), and for `rest`
 *   https://docs.kasm.com/docs/develop/reference/developer-api/
 * - https://github.com/kasmtech/workspaces-issues/issues/569 (pages of HTML), 733 and 909 (sessions that do not go), 767
 *
 * It starts no Blender: `onLaunch` is told the environment that a session gets, and may (kasmSession.ts).
 */
export interface KasmEmulatorOptions {
  /** Which revision of the API is there; the other one is not. */
  readonly api?: keyof typeof faces;
  /** In PEM; without it, plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly users?: readonly { readonly user_id: string; readonly username: string }[];
  readonly images?: readonly EmulatedImage[];
  /** Of the key; without, all that there are. */
  readonly permissions?: readonly Permission[];
  /** What a session says of itself, one word a look, until it runs. */
  readonly states?: readonly string[];
  /** Brings up what a session is made of. */
  readonly onLaunch?: (
    environment: Readonly<Record<string, string>>,
  ) => Promise<EmulatedPlace> | EmulatedPlace;
}

export interface EmulatedImage {
  readonly image_id: string;
  readonly name: string;
  readonly friendly_name: string;
  readonly enabled: boolean;
}

/** What runs in a session. */
export interface EmulatedPlace {
  /** The web port of the session, with TLS, on loopback; null: it is not up yet. */
  readonly port: number | null;
  /** It ended by itself: then Kasm has no such session any more. */
  readonly ended?: Promise<unknown>;
  pause?(): void;
  resume?(): void;
  close(): Promise<void>;
}

export type Permission = 'User' | 'Users Auth Session' | 'Sessions View' | 'Images View' | 'Users View';

/** What goes wrong from now on; each is taken away by `faults.delete`. */
export type Fault =
  | 'no-resources'
  /** Every answer is a page of HTML. */
  | 'html'
  /** The next answer only. */
  | 'html-once'
  /** Launches are carried out, their answers cut off. */
  | 'lost-launch'
  /** Launches neither answer nor happen. */
  | 'dropped-launch'
  /** Deleting goes on for ever. */
  | 'destroy-stuck'
  | 'not-deletable'
  /** A session stays in its first state. */
  | 'slow'
  | 'server-error'
  | 'unauthorized-session'
  | 'usage-reached'
  | 'redirect';

export interface EmulatedSession {
  readonly kasm_id: string;
  readonly user_id: string;
  readonly image_id: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly session_token: string;
  operational_status: string;
  ahead: string[];
  place: EmulatedPlace | null;
}

export interface LoggedCall {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;

const user = ['User', 'Users Auth Session'] as const;
const needed: Readonly<Record<string, readonly Permission[]>> = {
  request_kasm: user,
  get_kasm_status: user,
  destroy_kasm: user,
  keepalive: user,
  pause_kasm: user,
  resume_kasm: user,
  get_kasms: ['Sessions View'],
  get_images: ['Images View'],
  get_users: ['Users View'],
};

export class KasmEmulator {
  readonly key = { key: 'emulated-api-key', secret: 'emulated-api-key-secret' };
  readonly users = [{ user_id: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', username: 'ada@example.com' }];
  readonly images = [
    {
      image_id: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
      name: 'registry.example.com/avatar-forge:1',
      friendly_name: 'Avatar Forge',
      enabled: true,
    },
  ];
  readonly faults = new Set<Fault>();
  readonly calls: LoggedCall[] = [];
  readonly sessions = new Map<string, EmulatedSession>();
  readonly #options: KasmEmulatorOptions;
  readonly #server: Server;
  readonly #face: Face;
  permissions: ReadonlySet<Permission>;

  private constructor(options: KasmEmulatorOptions) {
    this.#options = options;
    this.users.push(...(options.users ?? []));
    this.images.push(...(options.images ?? []));
    this.permissions = new Set(options.permissions ?? Object.values(needed).flat());
    this.#face = faces[options.api ?? 'public'];
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response).catch(() => response.destroy());
    this.#server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
    this.#server.on('upgrade', (request, socket, head) => passOn(request, socket, head, this.#proxied()));
  }

  static async listen(options: KasmEmulatorOptions = {}): Promise<KasmEmulator> {
    const emulator = new KasmEmulator(options);
    await new Promise<void>((resolve) => emulator.#server.listen(0, '127.0.0.1', resolve));
    return emulator;
  }

  get url(): string {
    const scheme = this.#options.tls === undefined ? 'http' : 'https';
    return `${scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often each call came. */
  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  async close(): Promise<void> {
    for (const { place } of this.sessions.values()) await place?.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.faults.has('redirect')) {
      response.writeHead(307, { Location: 'https://elsewhere.invalid/' }).end();
      return;
    }
    const call = this.#face.read(request, Buffer.concat(chunks).toString());
    if (call === null) {
      page(response, 404);
      return;
    }
    const { name, body } = call;
    this.calls.push({ name, body });
    if (this.faults.has('html') || this.faults.delete('html-once')) {
      page(response, 500);
      return;
    }
    if (name === 'request_kasm' && this.faults.has('dropped-launch')) {
      request.socket.destroy();
      return;
    }
    const outcome = await this.#answer(call);
    if (name === 'request_kasm' && this.faults.has('lost-launch')) {
      request.socket.destroy();
      return;
    }
    const [status, answer] = this.#face.write(name, outcome);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  async #answer({ name, body, key, secret }: Call): Promise<Outcome> {
    const wanted = needed[name];
    const isKey = key === this.key.key && secret === this.key.secret;
    if (wanted === undefined || !isKey || wanted.some((one) => !this.permissions.has(one)))
      return unauthorized;
    if (this.faults.has('server-error')) return { refused: 'Internal Server Error', status: 500 };
    switch (name) {
      case 'get_users':
        return { users: this.users };
      case 'get_images':
        return { images: this.images };
      case 'get_kasms':
        return { kasms: [...this.sessions.values()].map((session) => this.#listed(session)) };
      case 'request_kasm':
        return this.#launch(body);
      default:
        return this.#ofSession(name, body);
    }
  }

  async #launch(body: Body): Promise<Outcome> {
    if (this.faults.has('no-resources'))
      return {
        refused: 'No resources are available to create the requested Kasm. Please try again later',
        type: 'no-resources',
        status: 409,
      };
    if (!this.images.some((one) => one.image_id === body['image_id']))
      return { refused: 'No Default Image Found', status: 400 };
    const owner = this.users.find((one) => one.user_id === body['user_id']);
    if (owner === undefined) return { refused: 'User not found', status: 404 };
    const [first = '', ...ahead]: readonly string[] = [...(this.#options.states ?? ['starting']), 'running'];
    const session: EmulatedSession = {
      kasm_id: randomUUID(), // with dashes here, without in the list, as Kasm mixes them
      user_id: owner.user_id,
      image_id: String(body['image_id']),
      environment: (body['environment'] ?? {}) as Record<string, string>,
      session_token: randomUUID(),
      operational_status: first,
      ahead,
      place: null,
    };
    this.sessions.set(bare(session.kasm_id), session);
    session.place = (await this.#options.onLaunch?.(session.environment)) ?? null;
    void session.place?.ended?.then(() => this.sessions.delete(bare(session.kasm_id)));
    const { kasm_id, user_id, session_token } = session;
    const { username } = owner;
    const kasm_url = pageOf(session);
    return { kasm_id, status: 'starting', user_id, username, session_token, share_id: null, kasm_url };
  }

  async #ofSession(name: string, body: Body): Promise<Outcome> {
    const session = this.sessions.get(bare(String(body['kasm_id'])));
    if (session === undefined) return { refused: 'Kasm not found', status: 404 };
    switch (name) {
      case 'get_kasm_status':
        return this.#status(session);
      case 'keepalive':
        return { usage_reached: this.faults.has('usage-reached') };
      case 'pause_kasm':
        session.place?.pause?.();
        session.operational_status = 'paused';
        return {};
      case 'resume_kasm':
        session.place?.resume?.();
        Object.assign(session, { operational_status: 'starting', ahead: ['running'] });
        return {};
      default:
        return this.#destroy(session);
    }
  }

  #status(session: EmulatedSession): Outcome {
    if (this.faults.has('unauthorized-session'))
      return { refused: 'Unauthorized Session Access', status: 403 };
    const isUp = session.place?.port !== null;
    if (!this.faults.has('slow') && isUp)
      session.operational_status = session.ahead.shift() ?? session.operational_status;
    const { kasm_id, operational_status } = session;
    const { port } = this.#server.address() as AddressInfo;
    const kasm = {
      ...this.#listed(session),
      kasm_id,
      container_ip: '127.0.0.1',
      hostname: '127.0.0.1',
      port: 443,
      port_map:
        operational_status === 'running'
          ? { vnc: { port, path: `desktop/${kasm_id}/vnc` }, audio: { port } }
          : {},
      expiration_date: '2030-01-01 00:00:00.000000',
    };
    return { current_time: new Date().toISOString(), kasm_url: pageOf(session), kasm };
  }

  async #destroy(session: EmulatedSession): Promise<Outcome> {
    if (this.faults.has('not-deletable'))
      return { refused: 'Session is not in a valid state to be deleted', status: 409 };
    session.operational_status = 'deleting';
    if (this.faults.has('destroy-stuck')) return {};
    await session.place?.close();
    this.sessions.delete(bare(session.kasm_id));
    return {};
  }

  #proxied(): Parameters<typeof passOn>[3] {
    return {
      users: this.users,
      find: (id) => this.sessions.get(bare(id)),
    };
  }

  #listed({ kasm_id, user_id, image_id, operational_status }: EmulatedSession): Record<string, unknown> {
    return { kasm_id: bare(kasm_id), user_id, image_id, operational_status };
  }
}

const unauthorized: Outcome = { refused: 'Unauthorized', status: 403 };

function pageOf({ kasm_id, user_id, session_token }: EmulatedSession): string {
  return `/#/connect/kasm/${bare(kasm_id)}/${user_id}/${session_token}`;
}

function bare(id: string): string {
  return id.replaceAll('-', '');
}

function page(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/html' });
  response.end(`<!DOCTYPE html><html><body><h1>${status}</h1></body></html>`);
}
