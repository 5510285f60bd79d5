import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { ForgeError } from '../core/errors.ts';
import { metricsType } from '../core/prometheus.ts';
import { requireScope } from '../core/relay/keys.ts';
import type { ApiKey } from '../core/relay/records.ts';
import type { Door } from './door.ts';
import type { Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { defect, headersOf, noSuchPath, problemOf } from './problems.ts';
import type { ApiParts, Route } from './route.ts';
import { routes } from './routes.ts';

const mostBody = 1 << 20;

export interface ApiOptions extends ApiParts {
  readonly door: Door;
  readonly metrics: Metrics;
  readonly ready: () => boolean;
  readonly log: (line: string) => void;
}

interface Match {
  readonly route: Route;
  readonly path: readonly string[];
}

const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '[.]').replace(/\{\w+\}/g, '([A-Za-z0-9._-]{1,64})')}$`),
}));

/** The HTTP API: JSON in, JSON or a problem out. */
export class Api {
  readonly #options: ApiOptions;
  readonly #document: string;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#document = JSON.stringify(openApi(options.version));
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, log } = this.#options;
    try {
      await this.#answer(request, response);
    } catch (thrown) {
      const problem = problemOf(thrown);
      const hidden = defect(thrown);
      if (hidden !== null) log(hidden);
      metrics.add('refused_total');
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(problem.status, { ...headersOf(problem), connection: 'close' })
          .end(JSON.stringify(problem));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { door, metrics, registry, ready } = this.#options;
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (path === '/healthz') {
      write(response, 200, 'text/plain', 'ok\n');
      return;
    }
    if (path === '/readyz') {
      write(response, ready() ? 200 : 503, 'text/plain', ready() ? 'ready\n' : 'not ready\n');
      return;
    }
    door.checkOrigin(request);
    if (path === '/metrics') {
      write(response, 200, metricsType, metrics.render());
      return;
    }
    if (path === '/v1/openapi.json') {
      write(response, 200, 'application/json', this.#document);
      return;
    }
    // Who has no key learns nothing about what there is.
    const key = await door.admit(request);
    const { route, path: parts } = await this.#find(request.method ?? '', path, key);
    await this.#requireScope(key, route);
    const body = route.body === null ? undefined : await readJson(request);
    const asked = {
      key,
      actor: await registry.actor(key),
      path: parts,
      body,
      query: new URLSearchParams(query),
      request,
    };
    const answer = await runRoute(route, asked, this.#options);
    if (route.status === 204) response.writeHead(204, { 'cache-control': 'no-store' }).end();
    else write(response, route.status, 'application/json', JSON.stringify(answer));
  }

  /** Who has a key and looks for what is not there is in the audit, as at the WebSockets. */
  async #find(method: string, path: string, key: ApiKey): Promise<Match> {
    try {
      return find(method, path);
    } catch (thrown) {
      const { registry } = this.#options;
      const { who } = await registry.actor(key);
      await registry.note(who, 'relay', 'request', { method, path }, 'no-such-path');
      throw thrown;
    }
  }

  async #requireScope(key: ApiKey, { scopes, operation }: Route): Promise<void> {
    const { registry } = this.#options;
    try {
      requireScope(key, ...scopes);
    } catch (thrown) {
      const { who } = await registry.actor(key);
      await registry.note(who, 'relay', operation, {}, 'scope-missing');
      throw thrown;
    }
  }
}

async function runRoute(route: Route, asked: Parameters<Route['run']>[0], parts: ApiParts): Promise<unknown> {
  try {
    return await route.run(asked, parts);
  } catch (thrown) {
    throw thrown instanceof z.ZodError ? badRequest(z.prettifyError(thrown)) : thrown;
  }
}

function find(method: string, path: string): Match {
  for (const { route, pattern } of patterns) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) return { route, path: match.slice(1) };
  }
  throw noSuchPath();
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw badRequest('The content type is not application/json.');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > mostBody)
      throw new ForgeError('too-large', `A request has at most ${mostBody} bytes.`, 'Send less at once.');
    pieces.push(piece);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)));
  } catch {
    throw badRequest('The body is not JSON.');
  }
}

function badRequest(message: string): ForgeError {
  return new ForgeError('bad-request', message, 'GET /v1/openapi.json tells what is taken.');
}

function write(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
