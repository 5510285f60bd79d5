import { type KasmCall, permissions } from '../../core/kasm/errors.ts';
import { keptAlive } from './answers.ts';
import type { KasmDialect, KasmRequest } from './dialect.ts';
import { images, launched, problem, sessions, status, users } from './restAnswers.ts';

type Members = Readonly<Record<string, unknown>>;
type Route = readonly [KasmRequest['method'], path: string, body?: Members];

const session = ({ kasm_id }: Members, tail = ''): string =>
  `/api/session/sessions/${encodeURIComponent(String(kasm_id))}${tail}`;

const routes: Readonly<Record<KasmCall, (members: Members) => Route>> = {
  request_kasm: (members) => ['POST', '/api/session/sessions', members],
  get_kasm_status: (members) => ['GET', session(members, '/status')],
  get_kasms: () => ['GET', '/api/admin/session/sessions'],
  keepalive: (members) => ['POST', session(members, '/keepalives'), {}],
  pause_kasm: (members) => ['POST', session(members, '/lifecycle-commands'), { command: 'pause' }],
  resume_kasm: (members) => ['POST', session(members, '/lifecycle-commands'), { command: 'resume' }],
  destroy_kasm: (members) => ['DELETE', session(members)],
  get_images: () => ['GET', '/api/admin/catalog/images'],
  get_users: () => ['GET', '/api/admin/identity/users'],
};

/**
 * The revision that is announced for after 1.19: HTTP Basic, a path for each thing, problems by RFC 9457.
 * https://docs.kasm.com/docs/develop/reference/developer-api/
 */
export const restApi: KasmDialect = {
  name: 'the API after 1.19',
  request: (call, members, { key, secret }) => {
    const [method, path, body] = routes[call](members);
    return {
      method,
      path,
      headers: {
        Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    };
  },
  answers: { images, users, sessions, launched, status, keptAlive },
  refusal: (status, json) => (status < 400 ? null : (problem.safeParse(json).data ?? null)),
  permission: (call) => (call === 'get_kasm_status' ? permissions.get_kasms : permissions[call]),
};
