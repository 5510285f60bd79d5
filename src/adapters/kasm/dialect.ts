import type { KasmCall } from '../../core/kasm/errors.ts';

export interface KasmKey {
  readonly key: string;
  readonly secret: string;
}

/** How a call becomes a request. Names of endpoints and places of secrets are known here and nowhere else. */
export interface KasmDialect {
  request(
    call: KasmCall,
    members: Readonly<Record<string, unknown>>,
    key: KasmKey,
  ): { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

/** The Developer API up to 1.19: every call is a POST, with the key in its body. */
export const developerApi: KasmDialect = {
  request: (call, members, { key, secret }) => ({
    path: `/api/public/${call}`,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ...members, api_key: key, api_key_secret: secret }),
  }),
};
