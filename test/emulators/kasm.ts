import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An emulator of Kasm Workspaces' Developer API, written against its documentation and against what its users report; Kasm itself
 * does not run here. It is no proof that Kasm behaves so.
 *
 * - https://docs.kasm.com/docs/latest/developers/developer-api (endpoints, bodies, permissions of a key)
 * - https://github.com/kasmtech/workspaces-issues/issues/569 (pages of HTML), 733 and 909 (sessions that do not go), 767
 *
 * It starts no Blender: `onLaunch` is told the environment that a session gets, and may.
 */
export interface KasmEmulatorOptions {
  readonly users?: readonly { readonly user_id: string; readonly username: string }[];
  readonly images?: readonly EmulatedImage[];
  /** Of the key; without, all that there are. */
  readonly permissions?: readonly Permission[];
  /** What a session says of itself, one word a look, until it runs. */
  readonly states?: readonly string[];
  /** Brings up what a session is made of; the ports go into its `port_map`, and it is closed when the session ends. */
  readonly onLaunch?: (environment: Readonly<Record<string, string>>) => Promise<EmulatedPlace>;
}

export interface EmulatedImage {
  readonly image_id: string;
  readonly name: string;
  readonly friendly_name: string;
  readonly enabled: boolean;
}

export interface EmulatedPlace {
  /** Of a proxy that stands for Kasm's, on loopback. */
  readonly port: number;
  close?(): Promise<void>;
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

type Answer = readonly [status: number, body: unknown];
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
  permissions: ReadonlySet<Permission>;

  private constructor(options: KasmEmulatorOptions) {
    this.#options = options;
    this.users.push(...(options.users ?? []));
    this.images.push(...(options.images ?? []));
    this.permissions = new Set(options.permissions ?? Object.values(needed).flat());
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async listen(options: KasmEmulatorOptions = {}): Promise<KasmEmulator> {
    const emulator = new KasmEmulator(options);
    await new Promise<void>((resolve) => emulator.#server.listen(0, '127.0.0.1', resolve));
    return emulator;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often each call came. */
  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  async close(): Promise<void> {
    for (const { place } of this.sessions.values()) await place?.close?.();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const name = /^\/api\/public\/(\w+)$/.exec(request.url ?? '')?.[1] ?? '';
    const { api_key, api_key_secret, ...body } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    this.calls.push({ name, body });
    if (this.faults.has('redirect')) {
      response.writeHead(307, { Location: 'https://elsewhere.invalid/' }).end();
      return;
    }
    if (this.faults.has('html') || this.faults.delete('html-once')) {
      page(response, 500);
      return;
    }
    if (name === 'request_kasm' && this.faults.has('dropped-launch')) {
      request.socket.destroy();
      return;
    }
    const isKey = api_key === this.key.key && api_key_secret === this.key.secret;
    const [status, answer] = isKey ? await this.#answer(name, body) : unauthorized;
    if (name === 'request_kasm' && this.faults.has('lost-launch')) {
      request.socket.destroy();
      return;
    }
    if (status === 404) {
      page(response, 404);
      return;
    }
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  async #answer(name: string, body: Body): Promise<Answer> {
    const wanted = needed[name];
    if (wanted === undefined) return [404, null];
    if (wanted.some((one) => !this.permissions.has(one))) return unauthorized;
    if (this.faults.has('server-error')) return [500, { error_message: 'Internal Server Error' }];
    switch (name) {
      case 'get_users':
        return [200, { users: this.users }];
      case 'get_images':
        return [200, { images: this.images }];
      case 'get_kasms':
        return [200, { kasms: [...this.sessions.values()].map((session) => this.#listed(session)) }];
      case 'request_kasm':
        return this.#launch(body);
      default:
        return this.#ofSession(name, body);
    }
  }

  async #launch(body: Body): Promise<Answer> {
    if (this.faults.has('no-resources'))
      return [
        200,
        { error_message: 'No resources are available to create the requested Kasm. Please try again later' },
      ];
    if (!this.images.some((one) => one.image_id === body['image_id']))
      return [200, { error_message: 'No Default Image Found' }];
    const owner = this.users.find((one) => one.user_id === body['user_id']);
    if (owner === undefined) return [200, { error_message: 'User not found' }];
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
    const { kasm_id, user_id, session_token } = session;
    const { username } = owner;
    const kasm_url = pageOf(session);
    return [200, { kasm_id, status: 'starting', user_id, username, session_token, share_id: null, kasm_url }];
  }

  async #ofSession(name: string, body: Body): Promise<Answer> {
    const session = this.sessions.get(bare(String(body['kasm_id'])));
    if (session === undefined) return [200, { error_message: 'Kasm not found' }];
    switch (name) {
      case 'get_kasm_status':
        return this.#status(session);
      case 'keepalive':
        return [200, { usage_reached: this.faults.has('usage-reached') }];
      case 'pause_kasm':
        session.operational_status = 'paused';
        return [200, undefined];
      case 'resume_kasm':
        Object.assign(session, { operational_status: 'starting', ahead: ['running'] });
        return [200, undefined];
      default:
        return this.#destroy(session);
    }
  }

  #status(session: EmulatedSession): Answer {
    if (this.faults.has('unauthorized-session'))
      return [200, { error_message: 'Unauthorized Session Access' }];
    if (!this.faults.has('slow'))
      session.operational_status = session.ahead.shift() ?? session.operational_status;
    const { kasm_id, operational_status, place } = session;
    const address = this.#server.address() as AddressInfo;
    const port = place?.port ?? address.port;
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
    return [200, { current_time: new Date().toISOString(), kasm_url: pageOf(session), kasm }];
  }

  async #destroy(session: EmulatedSession): Promise<Answer> {
    if (this.faults.has('not-deletable'))
      return [200, { error_message: 'Session is not in a valid state to be deleted' }];
    session.operational_status = 'deleting';
    if (this.faults.has('destroy-stuck')) return [200, undefined];
    await session.place?.close?.();
    this.sessions.delete(bare(session.kasm_id));
    return [200, undefined];
  }

  #listed({ kasm_id, user_id, image_id, operational_status }: EmulatedSession): Record<string, unknown> {
    return { kasm_id: bare(kasm_id), user_id, image_id, operational_status };
  }
}

const unauthorized: Answer = [403, { error_message: 'Unauthorized' }];

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
