import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An emulator of Hyper3D Rodin's API, of its own site and as fal.ai's queue has it, written against their documentation and against
 * what users report of their refusals; neither service is called by tests. It is no proof that they behave so. Its models are ours.
 *
 * - https://developer.hyper3d.ai/api-specification (rodin, status, download; refusals with HTTP 201, `"error": "OK"` with what is
 *   well; before a task is done the list of its files is not whole)
 * - https://fal.ai/models/fal-ai/hyper3d/rodin/api (input, output), https://fal.ai/docs/inference-api/queue (states, cancel; the
 *   addresses of a request are of owner, app and its id)
 * - https://github.com/fal-ai/fal/issues/1147 (403 for an exhausted balance)
 */
export interface Hyper3dEmulator {
  readonly url: URL;
  readonly faults: Set<Hyper3dFault>;
  /** The generations that were asked for, by either way. */
  readonly requests: EmulatedRequest[];
  /** `METHOD path authorization`, in order. */
  readonly asked: string[];
  /** What is made from now on. */
  model: Uint8Array;
  /** What a generation says of itself, one word a look, before it is done. */
  ahead: readonly string[];
  close(): void;
}

export interface EmulatedRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly images: readonly { readonly name: string; readonly mime: string; readonly bytes: Uint8Array }[];
  state: 'running' | 'cancelled';
  ahead: string[];
}

export type Hyper3dFault =
  | 'wrong-key'
  | 'no-funds'
  | 'rate-limited'
  /** With the caller's key in its words, as no service should. */
  | 'refused'
  /** It is taken, and fails. */
  | 'fails'
  /** It is never done. */
  | 'stuck'
  /** Two looks in a row are answered by 503. */
  | 'hiccup'
  /** The list of files has no GLB. */
  | 'no-glb'
  /** In the place of the model there is a page of HTML. */
  | 'html-model'
  /** Instead of the model its host answers 503. */
  | 'no-file'
  /** The queue's addresses are at another host. */
  | 'elsewhere';

/** @param key that it lets in */
export async function hyper3dEmulator(key: string): Promise<Hyper3dEmulator> {
  const requests = new Map<string, EmulatedRequest>();
  let hiccups = 0;
  const emulator = {
    url: new URL('http://127.0.0.1'),
    faults: new Set<Hyper3dFault>(),
    requests: [] as EmulatedRequest[],
    asked: [] as string[],
    model: new Uint8Array(),
    ahead: [] as readonly string[],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const { faults, asked } = emulator;
  const begin = (fields: EmulatedRequest['fields'], images: EmulatedRequest['images']): string => {
    const id = randomUUID();
    const request: EmulatedRequest = { fields, images, state: 'running', ahead: [...emulator.ahead] };
    requests.set(id, request);
    emulator.requests.push(request);
    return id;
  };
  /** The next word of a generation's; null: it is done. */
  const look = (id: string, first: string): string | null => {
    if (faults.has('stuck')) return first;
    return requests.get(id)?.ahead.shift() ?? null;
  };
  const hiccup = (): boolean => faults.has('hiccup') && (hiccups += 1) <= 2;

  const site = async (path: string, request: IncomingMessage): Promise<Reply> => {
    const refused = (error: string, message: string, status = 201): Reply => json({ error, message }, status);
    if (faults.has('wrong-key') || request.headers.authorization !== `Bearer ${key}`)
      return json({ message: 'Unauthorized', statusCode: 401 }, 401);
    if (faults.has('rate-limited'))
      return json({ message: 'Too Many Requests' }, 429, { 'retry-after': '9' });
    if (path === '/api/v2/rodin') {
      const { fields, images } = await formOf(request);
      if (faults.has('no-funds'))
        return refused('API_INSUFFICIENT_FUNDS', 'The fund in your wallet is insufficient.');
      if (faults.has('refused')) return refused('INVALID_REQUEST', `The prompt was flagged. (${key})`, 400);
      const uuid = begin(fields, images);
      return json(
        { error: null, uuid, jobs: { uuids: [randomUUID()], subscription_key: `key-${uuid}` } },
        201,
      );
    }
    const members = JSON.parse((await bodyOf(request)).toString()) as Record<string, string>;
    if (path === '/api/v2/status') {
      if (hiccup()) return json({ message: 'Service Unavailable' }, 503);
      if (faults.has('fails'))
        return json({
          jobs: [
            { uuid: 'a', status: 'Done' },
            { uuid: 'b', status: 'Failed' },
          ],
        });
      const word = look((members['subscription_key'] ?? '').slice(4), 'Generating');
      return json({
        error: 'OK',
        jobs: [
          { uuid: 'a', status: word === 'Waiting' ? word : 'Done' },
          { uuid: 'b', status: word ?? 'Done' },
        ],
      });
    }
    if (path !== '/api/v2/download' || !requests.has(members['task_uuid'] ?? ''))
      return json({ error: 'NO_SUCH_TASK', message: 'There is no such task.' }, 404);
    const files = [{ name: 'preview.webp', url: `${emulator.url.href}files/preview.webp` }];
    const glb = { name: 'base_basic_pbr.glb', url: `${emulator.url.href}files/model.glb?signature=s` };
    const isWhole = !faults.has('no-glb') && look(members['task_uuid'] ?? '', 'Generating') === null;
    return json({ error: 'OK', list: isWhole ? [...files, glb] : files }, 201);
  };

  const queue = async (path: string, request: IncomingMessage): Promise<Reply> => {
    if (faults.has('wrong-key') || request.headers.authorization !== `Key ${key}`)
      return json({ detail: 'Authentication is required to access this application' }, 401);
    if (faults.has('no-funds')) return json({ detail: 'User is locked. Reason: Exhausted balance.' }, 403);
    if (faults.has('rate-limited')) return json({ detail: 'Too many requests' }, 429, { 'retry-after': '9' });
    if (path === '/fal-ai/hyper3d/rodin' && request.method === 'POST') {
      if (faults.has('refused')) {
        const flagged = {
          loc: ['body', 'prompt'],
          msg: `The prompt was flagged. (${key})`,
          type: 'content_policy_violation',
        };
        return json({ detail: [flagged] }, 422);
      }
      const { input_image_urls = [], ...fields } = JSON.parse((await bodyOf(request)).toString()) as Record<
        string,
        string
      > & {
        input_image_urls?: string[];
      };
      const id = begin(fields, input_image_urls.map(fromDataUri));
      const base = `${faults.has('elsewhere') ? 'https://queue.example.com/' : emulator.url.href}fal-ai/hyper3d/requests/${id}`;
      const urls = { status_url: `${base}/status`, response_url: base, cancel_url: `${base}/cancel` };
      return json({ request_id: id, status: 'IN_QUEUE', queue_position: 0, ...urls });
    }
    const [, id = '', what = ''] = /^\/fal-ai\/hyper3d\/requests\/([\w-]+)\/?(\w*)$/.exec(path) ?? [];
    const known = requests.get(id);
    if (known === undefined) return json({ detail: 'Request not found' }, 404);
    if (what === 'cancel') {
      known.state = 'cancelled';
      return json({ status: 'CANCELLATION_REQUESTED' }, 202);
    }
    if (what === 'status') {
      if (hiccup()) return json({ detail: 'Service Unavailable' }, 503);
      if (faults.has('fails'))
        return json({ status: 'COMPLETED', error: 'Runner failed', error_type: 'internal_error' });
      const word = look(id, 'IN_PROGRESS');
      return json(
        { status: word ?? 'COMPLETED', ...(word === 'IN_QUEUE' ? { queue_position: 3 } : {}) },
        word === null ? 200 : 202,
      );
    }
    return json({
      model_mesh: { url: `${emulator.url.href}files/model.glb`, file_size: emulator.model.length },
      seed: 1,
      textures: [],
    });
  };

  const replyTo = async (request: IncomingMessage): Promise<Reply> => {
    const { pathname } = new URL(request.url ?? '/', emulator.url);
    asked.push(`${request.method ?? ''} ${pathname} ${request.headers.authorization ?? '-'}`);
    if (pathname === '/files/model.glb') {
      if (faults.has('no-file')) return json({ message: 'Service Unavailable' }, 503);
      return faults.has('html-model')
        ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>expired</html>' }
        : { status: 200, headers: { 'content-type': 'model/gltf-binary' }, body: emulator.model };
    }
    return pathname.startsWith('/api/v2/') ? site(pathname, request) : queue(pathname, request);
  };
  const server = createServer((request, answer: ServerResponse) => {
    void replyTo(request).then(({ status, headers, body }) => answer.writeHead(status, headers).end(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  emulator.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return emulator;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** multipart/form-data, as far as fields and files go. */
async function formOf(request: IncomingMessage): Promise<Pick<EmulatedRequest, 'fields' | 'images'>> {
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const fields: Record<string, string> = {};
  const images = [];
  // One character a byte, so that pictures come through.
  for (const part of (await bodyOf(request)).toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const bytes = Buffer.from(rest.join('\r\n\r\n').slice(0, -2), 'latin1');
    const named = (what: string): string | undefined => new RegExp(`[ ;]${what}="([^"]*)"`).exec(head)?.[1];
    const [name = '', file] = [named('name'), named('filename')];
    if (file === undefined) fields[name] = bytes.toString();
    else if (name === 'images')
      images.push({ name: file, mime: /content-type: *(\S+)/i.exec(head)?.[1] ?? '', bytes });
  }
  return { fields, images };
}

function fromDataUri(uri: string, index: number) {
  const [, mime = '', base64 = ''] = /^data:([\w/]+);base64,(.*)$/.exec(uri) ?? [];
  return { name: String(index), mime, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
}
