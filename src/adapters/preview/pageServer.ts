/** Serves the built preview page and the models to be shown, on loopback, under an address that cannot be guessed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { ForgeError } from '../../core/errors.ts';
import { previewHtml, previewPolicy } from '../../core/preview/html.ts';

/** Of what the page is made of; what else lies in its folder is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

interface Answer {
  readonly mime: string;
  readonly body: Uint8Array | string;
}

export class PageServer {
  readonly #server: Server;
  readonly #answers: Map<string, Answer>;
  readonly #base: string;
  #models = 0;

  private constructor(server: Server, answers: Map<string, Answer>, base: string) {
    this.#server = server;
    this.#answers = answers;
    this.#base = base;
  }

  /** `pageFolder` holds the page as built. Rejects with `preview-not-built`. */
  static async start(pageFolder: string): Promise<PageServer> {
    const secret = randomBytes(16).toString('hex');
    const answers = await readPage(pageFolder, secret);
    const server = createServer((request, response) => serve(request, response, answers));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The page server has no port.');
    return new PageServer(server, answers, `http://127.0.0.1:${address.port}/${secret}`);
  }

  get pageUrl(): string {
    return `${this.#base}/`;
  }

  /** The address of a model, until {@link withdraw}. */
  offer(model: Uint8Array): string {
    const url = `${this.#base}/model-${++this.#models}.vrm`;
    this.#answers.set(new URL(url).pathname, { mime: 'model/gltf-binary', body: model });
    return url;
  }

  withdraw(url: string): void {
    this.#answers.delete(new URL(url).pathname);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function readPage(folder: string, secret: string): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  try {
    const template = await readFile(join(folder, 'preview.html'), 'utf8');
    const html = previewHtml(template, { cspSource: `'self'`, urlOf: (file) => file });
    answers.set(`/${secret}/`, { mime: 'text/html; charset=utf-8', body: html });
    for (const name of await readdir(folder, { recursive: true })) {
      const mime = TYPES[extname(name)];
      if (mime === undefined) continue;
      answers.set(`/${secret}/${name.replaceAll('\\', '/')}`, {
        mime,
        body: await readFile(join(folder, name)),
      });
    }
  } catch (cause) {
    throw new ForgeError('preview-not-built', `The preview page is not in ${folder}.`, 'Run npm run build.', {
      cause,
    });
  }
  return answers;
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answers: ReadonlyMap<string, Answer>,
): void {
  // A page elsewhere that resolves its own name to 127.0.0.1 comes with that name.
  const fromHere = /^127\.0\.0\.1:\d+$/.test(request.headers.host ?? '');
  const answer = fromHere && request.method === 'GET' ? answers.get(request.url ?? '') : undefined;
  if (answer === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': answer.mime,
    'content-length': Buffer.byteLength(answer.body),
    'content-security-policy': `${previewPolicy(`'self'`)}; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(answer.body);
}
