import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boxModel } from '../support/assets/models.ts';
import { hdr, jpeg, png } from '../support/assets/pictures.ts';

/**
 * An emulator of Poly Haven's public API and of the host its files are on, written against its documentation; the service itself is
 * not called by tests. It is no proof that Poly Haven behaves so.
 *
 * - https://api.polyhaven.com/api-docs/swagger.json (endpoints, shapes, 400 and 404)
 * - https://github.com/Poly-Haven/Public-API/blob/master/ToS.md §2.4 (a user-agent of one's own)
 *
 * Its assets are ours and tiny: an HDRI, a texture with maps apart, one with packed maps only, a model with files beside it.
 */
export interface PolyHavenEmulator {
  readonly url: URL;
  /** What goes wrong from now on. */
  readonly faults: Set<PolyHavenFault>;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  close(): void;
}

export type PolyHavenFault =
  /** Every answer is a page of HTML, with HTTP 200. */
  | 'html'
  /** Files have one byte that is another. */
  | 'corrupt'
  /** Files end early, the connection in order. */
  | 'short'
  /** Files end early, the connection with them. */
  | 'broken'
  /** Files go on and on. */
  | 'endless'
  /** Files begin and then nothing comes. */
  | 'stalled'
  /** Lists promise 1 GB for each file. */
  | 'huge'
  /** In the place of each file there is a .blend, or an archive, of its length. */
  | 'blend'
  | 'archive'
  /** The API points to files at another host. */
  | 'elsewhere'
  | 'rate-limited'
  | 'server-error'
  | 'redirect';

export async function polyHavenEmulator(): Promise<PolyHavenEmulator> {
  const faults = new Set<PolyHavenFault>();
  const asked: string[] = [];
  const stored = new Map<string, Buffer>();
  let base = '';
  const file = (path: string, bytes: Buffer) => {
    stored.set(`/file/${path}`, bytes);
    return () => ({
      url: `${faults.has('elsewhere') ? 'https://files.example.com' : base}/file/${path}`,
      md5: createHash('md5').update(bytes).digest('hex'),
      size: faults.has('huge') ? 1e9 : bytes.length,
    });
  };
  const assets = ourAssets(file);
  stored.set('/thumbs/a.png', png(90, 90, 90, 16));

  const replyTo = (request: IncomingMessage): Reply => {
    const { pathname, searchParams } = new URL(request.url ?? '/', base);
    asked.push(pathname);
    if (faults.has('html')) return text(200, '<!doctype html><title>Log in</title>');
    if (faults.has('redirect')) return text(302, '', { location: 'https://example.com' });
    if (!/^[\w-]+\/[\d.]/.test(request.headers['user-agent'] ?? '')) return text(403, 'No user agent');
    const bytes = stored.get(pathname);
    if (bytes !== undefined) return sending(bytes, faults);
    if (faults.has('rate-limited')) return text(429, 'Too many requests', { 'retry-after': '7' });
    if (faults.has('server-error')) return text(500, 'Internal Server Error');
    const [, what, id = ''] = pathname.split('/');
    if (what === 'types') return json(['hdris', 'textures', 'models']);
    if (what === 'assets') {
      const wanted = typeNumbers[searchParams.get('type') ?? 'all'];
      if (wanted === undefined) return text(400, 'Unsupported asset type');
      const found = Object.entries(assets).filter(([, { info }]) => wanted === null || info.type === wanted);
      return json({
        ...Object.fromEntries(found.map(([key, { info }]) => [key, about(info, base)])),
        half_done: { name: 'Half done', type: 1, tags: ['red'] }, // as no asset should be
      });
    }
    const asset = assets[id];
    if (asset === undefined) return text(404, `No asset with id ${id}`);
    if (what === 'info') return json(about(asset.info, base));
    return what === 'files' ? json(asset.files()) : text(404, 'Cannot GET');
  };
  const server = createServer((request, answer) => {
    replyTo(request)(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: new URL(base),
    faults,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Info {
  readonly name: string;
  readonly type: 0 | 1 | 2;
  readonly tags: readonly string[];
  readonly downloads: number;
  readonly dimensions?: readonly number[];
}

interface Emulated {
  readonly info: Info;
  readonly files: () => unknown;
}

type Filed = (path: string, bytes: Buffer) => () => { url: string; md5: string; size: number };

function ourAssets(file: Filed): Record<string, Emulated> {
  const sky = { hdr: file('hdri/dusk.hdr', hdr()) };
  const largerSky = { hdr: file('hdri/dusk_2k.hdr', hdr(32, 16)) };
  const map = (name: string, bytes: Buffer, format: 'jpg' | 'png') => {
    const filed = file(`textures/${name}.${format}`, bytes);
    return () => ({ '1k': { [format]: filed() } });
  };
  const maps = {
    Diffuse: map('bricks_diff', jpeg, 'jpg'),
    nor_gl: map('bricks_nor_gl', png(128, 128, 255), 'png'),
    nor_dx: map('bricks_nor_dx', png(128, 127, 255), 'png'),
    Rough: map('bricks_rough', jpeg, 'jpg'),
    Metal: map('bricks_metal', jpeg, 'jpg'),
    AO: map('bricks_ao', jpeg, 'jpg'),
    Displacement: map('bricks_disp', png(99, 99, 99), 'png'),
    arm: map('bricks_arm', jpeg, 'jpg'),
  };
  const packed = { Diffuse: map('felt_diff', jpeg, 'jpg'), arm: map('felt_arm', png(255, 128, 0), 'png') };
  const lamp = boxModel('lamp');
  const main = file('models/lamp_1k.gltf', lamp.gltf);
  const beside = Object.entries(lamp.files).map(
    ([path, bytes]) => [path, file(`models/${path}`, bytes)] as const,
  );
  const all = (of: Record<string, () => unknown>) =>
    Object.fromEntries(Object.entries(of).map(([key, give]) => [key, give()]));
  return {
    dusk: {
      info: { name: 'Dusk', type: 0, tags: ['sky', 'evening'], downloads: 5 },
      files: () => ({
        hdri: { '1k': { hdr: sky.hdr() }, '2k': { hdr: largerSky.hdr() } },
        tonemapped: sky.hdr(),
      }),
    },
    old_bricks: {
      info: { name: 'Old Bricks', type: 1, tags: ['wall', 'red'], downloads: 9, dimensions: [2000, 1500] },
      files: () => ({ ...all(maps), blend: { '1k': { blend: { ...sky.hdr(), include: {} } } } }),
    },
    red_felt: {
      info: { name: 'Felt', type: 1, tags: ['red', 'cloth'], downloads: 50, dimensions: [500, 500] },
      files: () => all(packed),
    },
    lamp: {
      info: { name: 'Brass Lamp', type: 2, tags: ['light', 'red'], downloads: 1 },
      files: () => ({
        gltf: {
          '1k': {
            gltf: { ...main(), include: Object.fromEntries(beside.map(([path, give]) => [path, give()])) },
          },
        },
        blend: { '1k': { blend: sky.hdr() } },
      }),
    },
  };
}

function about({ downloads, ...info }: Info, base: string) {
  return {
    ...info,
    download_count: downloads,
    categories: info.tags.slice(0, 1),
    authors: { 'Somebody Else': 'All' },
    max_resolution: [2048, 1024],
    thumbnail_url: `${base}/thumbs/a.png?width=256&height=256&format=webp`,
  };
}

function sending(bytes: Buffer, faults: ReadonlySet<PolyHavenFault>): Reply {
  return (answer) => {
    const whole = { 'content-length': bytes.length };
    if (faults.has('corrupt')) {
      const other = Buffer.from(bytes);
      other[other.length - 3] = (other.at(-3) ?? 0) ^ 1;
      answer.end(other);
    } else if (faults.has('blend') || faults.has('archive')) {
      const start = Buffer.from(faults.has('blend') ? 'BLENDER-v300' : 'PK\u0003\u0004');
      answer.writeHead(200, whole).end(Buffer.concat([start, bytes.subarray(start.length)]));
    } else if (faults.has('short')) {
      answer.end(bytes.subarray(0, bytes.length - 5));
    } else if (faults.has('broken')) {
      answer.writeHead(200, whole).write(bytes.subarray(0, 20), () => answer.destroy());
    } else if (faults.has('stalled')) {
      answer.writeHead(200, whole).write(bytes.subarray(0, 20));
    } else if (faults.has('endless')) {
      const piece = Buffer.alloc(4 << 20, 1);
      const more = (): void => {
        if (!answer.destroyed) answer.write(piece, more);
      };
      more();
    } else {
      answer.writeHead(200, whole).end(bytes);
    }
  };
}

type Reply = (answer: ServerResponse) => void;

const typeNumbers: Readonly<Record<string, number | null>> = { all: null, hdris: 0, textures: 1, models: 2 };

function json(value: unknown): Reply {
  return (answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

function text(status: number, words: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return (answer) => {
    answer.writeHead(status, { 'content-type': 'text/html', ...headers }).end(words);
  };
}
