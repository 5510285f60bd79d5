import { permissions } from '../../core/kasm/errors.ts';
import { images, keptAlive, launched, listed, refusal, status, users } from './answers.ts';
import type { KasmDialect } from './dialect.ts';

/** The Developer API up to 1.19: every call is a POST, with the key in its body. */
export const publicApi: KasmDialect = {
  name: 'the API up to 1.19',
  request: (call, members, { key, secret }) => ({
    method: 'POST',
    path: `/api/public/${call}`,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ...members, api_key: key, api_key_secret: secret }),
  }),
  answers: { images, users, sessions: listed, launched, status, keptAlive },
  refusal: (_, json) => refusal.safeParse(json).data?.error_message ?? null,
  permission: (call) => permissions[call],
};
