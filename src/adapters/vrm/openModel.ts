import { readFile } from 'node:fs/promises';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import { prefixBytesForJson } from '../../core/vrm/glb.ts';

/** A model, or as much of a remote one as a check of its structure needs. */
export interface OpenedModel {
  readonly bytes: Uint8Array;
  /** Of the whole file; more than `bytes` holds where only its beginning was asked for. */
  readonly totalBytes: number;
}

/** The JSON of most models fits into this many bytes. */
const firstBytes = 65_536;
const timeoutMs = 30_000;

/**
 * Opens a file, or an http(s) URL: of that only the beginning, up to the end of the JSON, where the server gives parts and not
 * `whole`. Error: `model-unreadable`.
 */
export async function openModel(place: string, whole = false): Promise<OpenedModel> {
  try {
    if (!/^https?:\/\//i.test(place)) {
      const bytes = await readFile(place);
      return { bytes, totalBytes: bytes.length };
    }
    if (whole) return await fetchPart(place, null);
    const first = await fetchPart(place, firstBytes);
    const wanted = Math.min(prefixBytesForJson(first.bytes), first.totalBytes);
    return wanted <= first.bytes.length ? first : await fetchPart(place, wanted);
  } catch (thrown) {
    throw toForgeError(
      thrown,
      'model-unreadable',
      `${place} cannot be read`,
      'Check the path or the address, and that you may read it.',
    );
  }
}

/** The first `count` bytes, or all with null; a server without ranges sends all in any case. */
async function fetchPart(url: string, count: number | null): Promise<OpenedModel> {
  const response = await fetch(url, {
    headers: count === null ? {} : { Range: `bytes=0-${count - 1}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) {
    throw new ForgeError(
      'model-unreadable',
      `${url} was answered with ${response.status} ${response.statusText}.`,
      'Check the address, and that you may read it.',
    );
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
  return { bytes, totalBytes: response.status === 206 && total > 0 ? total : bytes.length };
}
