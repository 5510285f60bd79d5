import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  answers,
  choose,
  kindOf,
  type PolyHavenAbout,
  type PolyHavenKind,
  type Resolution,
  resolutionsIn,
  search,
  type WantedFile,
} from '../../core/assets/polyHaven.ts';
import { corrupt } from '../../core/assets/selfContained.ts';
import { ForgeError } from '../../core/errors.ts';
import type { Progress } from '../../core/ports.ts';
import { tooLarge, type WebService } from './webService.ts';

export interface Doing {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface FetchedFile extends WantedFile {
  readonly bytes: Uint8Array;
}

/** Of one import, in bytes: the largest HDRIs of 8k have 120 MB. */
const mostBytes = 256 << 20;
const mostThumbnail = 2 << 20;

/** Poly Haven, asked by this machine. Errors: `asset-not-found`, and those of {@link WebService} and core/assets. */
export class PolyHavenClient {
  readonly #web: WebService;
  readonly #api: URL;
  /** The list of a kind changes by a few assets a day. */
  readonly #lists = new Map<string, Promise<Record<string, PolyHavenAbout>>>();

  /** @param api `https://api.polyhaven.com`; files come from Poly Haven's hosts, or from where the API is. */
  constructor(web: WebService, api: URL) {
    this.#web = web;
    this.#api = api;
  }

  async search(
    query: string,
    kind: PolyHavenKind | undefined,
    { signal }: Doing,
  ): Promise<[string, PolyHavenAbout][]> {
    const type = kind === undefined ? 'all' : `${kind}s`;
    let list = this.#lists.get(type);
    if (list === undefined) {
      list = this.#web.json(this.#at('assets', `type=${type}`), answers.assets, { signal });
      list.catch(() => this.#lists.delete(type));
      this.#lists.set(type, list);
    }
    return search(await list, query);
  }

  async info(id: string, { signal }: Doing): Promise<PolyHavenAbout> {
    return this.#of(id, 'info', answers.info, signal);
  }

  async resolutions(id: string, { signal }: Doing): Promise<string[]> {
    return resolutionsIn(await this.#of(id, 'files', answers.files, signal));
  }

  /** The thumbnail, a small picture. */
  async thumbnail({ thumbnail_url }: PolyHavenAbout, { signal }: Doing): Promise<Uint8Array> {
    return this.#web.bytes(this.#trusted(thumbnail_url), { most: mostThumbnail, signal });
  }

  /** All files of an asset, each as long as promised and with its MD5. */
  async files(
    id: string,
    about: PolyHavenAbout,
    resolution: Resolution,
    { signal, onProgress }: Doing,
  ): Promise<FetchedFile[]> {
    const wanted = choose(id, kindOf(about), await this.#of(id, 'files', answers.files, signal), resolution);
    const total = wanted.reduce((sum, { size }) => sum + size, 0);
    if (total > mostBytes) throw tooLarge(id, mostBytes);
    const fetched: FetchedFile[] = [];
    let before = 0;
    for (const one of wanted) {
      const url = this.#trusted(one.url);
      const onBytes = (received: number): void =>
        onProgress?.({
          fraction: (0.7 * (before + received)) / Math.max(1, total),
          message: `Fetching ${id}: ${one.role}`,
        });
      const bytes = await this.#web.bytes(url, {
        most: one.size,
        tooMuch: () =>
          corrupt(`${one.role} is longer than the ${one.size} bytes that Poly Haven says it has`),
        signal,
        onBytes,
      });
      before += bytes.length;
      fetched.push({ ...one, bytes });
    }
    return fetched;
  }

  async #of<T>(id: string, what: string, schema: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T> {
    const url = this.#at(`${what}/${encodeURIComponent(id)}`);
    const answered = await this.#web.ask(url, { signal });
    if (answered.status === 404 || answered.status === 400) {
      throw new ForgeError(
        'asset-not-found',
        `Poly Haven has no asset ${id}.`,
        'Search for it: results have the ids.',
      );
    }
    if (answered.status !== 200) throw this.#web.refusal(url, answered);
    return this.#web.parsed(url, answered, schema);
  }

  #at(path: string, query = ''): URL {
    const url = new URL(this.#api);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    url.search = query;
    return url;
  }

  /** What an answer names is fetched from Poly Haven alone. */
  #trusted(text: string): URL {
    const url = new URL(text);
    if (url.origin === this.#api.origin) return url;
    if (url.protocol === 'https:' && /(^|\.)polyhaven\.(com|org)$/.test(url.hostname) && url.port === '')
      return url;
    throw new ForgeError(
      'bad-answer',
      `Poly Haven’s answer names a file at ${url.host}, which is none of its hosts.`,
      'Choose another asset; if all are so, update Avatar Forge.',
    );
  }
}

/** Error: `asset-corrupt`. */
export function checkBytes({ role, size, md5, bytes }: FetchedFile): void {
  if (bytes.length !== size) throw corrupt(`Of ${role}, ${bytes.length} of ${size} bytes arrived`);
  const digest = createHash('md5').update(bytes).digest('hex');
  if (digest !== md5.toLowerCase())
    throw corrupt(`${role} arrived with another MD5 than Poly Haven says it has`);
}
