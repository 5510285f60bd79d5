import type { IncomingMessage } from 'node:http';

type Members = Readonly<Record<string, unknown>>;

/** A call by the name that it has up to 1.19. */
export interface Call {
  readonly name: string;
  readonly body: Members;
  readonly key: unknown;
  readonly secret: unknown;
}

/** The answer's members, or why there is none; `type` is the problem's where the revision has types. */
export type Outcome =
  | { readonly refused: string; readonly status: number; readonly type?: string }
  | (Members & { readonly refused?: never });

/** One revision of the Developer API: how a call comes in, and how its answer goes out. */
export interface Face {
  /** Null: there is no such endpoint. */
  read(request: IncomingMessage, body: string): Call | null;
  write(name: string, outcome: Outcome): readonly [status: number, body: unknown];
}

const names = [
  'request_kasm',
  'get_kasm_status',
  'get_kasms',
  'keepalive',
  'pause_kasm',
  'resume_kasm',
  'destroy_kasm',
  'get_images',
  'get_users',
];

/** Up to 1.19: POST /api/public/NAME, the key in the body, refusals with HTTP 200 but for those of permission. */
const publicFace: Face = {
  read: ({ method, url = '' }, text) => {
    const name = /^\/api\/public\/(\w+)$/.exec(url)?.[1] ?? '';
    if (method !== 'POST' || !names.includes(name)) return null;
    const { api_key, api_key_secret, ...body } = JSON.parse(text) as Members;
    return { name, body, key: api_key, secret: api_key_secret };
  },
  write: (name, outcome) => {
    if (outcome.refused !== undefined) {
      const isOwn = outcome.status === 500 || outcome.refused === 'Unauthorized';
      return [isOwn ? outcome.status : 200, { error_message: outcome.refused }];
    }
    return [200, name === 'destroy_kasm' || /^(pause|resume)_/.test(name) ? undefined : outcome];
  },
};

const session = '/api/session/sessions';
const routes: readonly (readonly [method: string, path: RegExp, name: string])[] = [
  ['POST', new RegExp(`^${session}$`), 'request_kasm'],
  ['GET', new RegExp(`^${session}/([^/]+)/status$`), 'get_kasm_status'],
  ['POST', new RegExp(`^${session}/([^/]+)/keepalives$`), 'keepalive'],
  ['POST', new RegExp(`^${session}/([^/]+)/lifecycle-commands$`), 'lifecycle'],
  ['DELETE', new RegExp(`^${session}/([^/]+)$`), 'destroy_kasm'],
  ['GET', /^\/api\/admin\/session\/sessions$/, 'get_kasms'],
  ['GET', /^\/api\/admin\/catalog\/images$/, 'get_images'],
  ['GET', /^\/api\/admin\/identity\/users$/, 'get_users'],
];

/** Announced for after 1.19: a path for each thing, HTTP Basic, problems by RFC 9457. Its bodies are not published: see docs/kasm.md. */
const restFace: Face = {
  read: ({ method, url = '', headers }, text) => {
    for (const [verb, path, name] of routes) {
      const found = path.exec(url);
      if (found === null || verb !== method) continue;
      const [key, secret] = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64')
        .toString()
        .split(':');
      const body = text === '' ? {} : (JSON.parse(text) as Members);
      const kasm_id = found[1] === undefined ? undefined : decodeURIComponent(found[1]);
      const call = name === 'lifecycle' ? `${String(body['command'])}_kasm` : name;
      return { name: call, body: { ...body, kasm_id }, key, secret };
    }
    return null;
  },
  write: (name, outcome) => {
    if (outcome.refused !== undefined) {
      const { refused: detail, status, type } = outcome;
      return [
        status,
        { type: type === undefined ? 'about:blank' : `urn:kasm/${type}`, title: detail, detail, status },
      ];
    }
    switch (name) {
      case 'get_kasms':
        return [200, pageOf((outcome['kasms'] as Members[]).map(renamed))];
      case 'get_images':
        return [200, pageOf(outcome['images'] as Members[])];
      case 'get_users':
        return [200, pageOf(outcome['users'] as Members[])];
      case 'get_kasm_status':
        return [200, renamed({ ...(outcome['kasm'] as Members), kasm_url: outcome['kasm_url'] })];
      case 'keepalive':
        return [200, outcome];
      default:
        return [202, renamed(outcome)];
    }
  },
};

function renamed({ kasm_id, kasm_url, ...rest }: Members): Members {
  return { session_id: kasm_id, connect_url: kasm_url, ...rest };
}

function pageOf(items: readonly Members[]): Members {
  return { total: items.length, items };
}

export const faces = { public: publicFace, rest: restFace } as const;
