import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { ApiKey, Scope } from '../core/relay/records.ts';
import type { Actor, Registry } from '../core/relay/registry.ts';
import type { Replicas } from '../core/relay/replicas.ts';
import type { Sessions } from './sessions.ts';
import type { Switchboard } from './switchboard.ts';

/** What the HTTP API works with. */
export interface ApiParts {
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly switchboard: Switchboard;
  readonly replicas: Replicas;
  readonly version: string;
}

/** One request, read. */
export interface Asked {
  readonly key: ApiKey;
  readonly actor: Actor;
  /** The variable parts of the path, in order. */
  readonly path: readonly string[];
  readonly body: unknown;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{…}` stands for one part. */
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly scopes: readonly Scope[];
  readonly body: z.ZodType | null;
  readonly status: 200 | 201 | 204;
  readonly answer: z.ZodType | null;
  run(asked: Asked, parts: ApiParts): unknown;
}

/** The shape of `body` is checked before `run` is called; this tells the type so. */
export function route<B extends z.ZodType>(
  it: Omit<Route, 'body' | 'run'> & {
    readonly body: B;
    run(asked: Asked & { readonly body: z.infer<B> }, parts: ApiParts): unknown;
  },
): Route {
  return { ...it, run: (asked, parts) => it.run({ ...asked, body: it.body.parse(asked.body) }, parts) };
}
