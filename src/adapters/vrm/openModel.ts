import { ForgeError, toForgeError } from '../../core/errors.ts';
import { prefixBytesForJson } from '../../core/vrm/glb.ts';
import { type ModelReading, readForCheck } from '../../core/vrm/readForCheck.ts';
import { withModelFile } from './withModelFile.ts';

/** As much of a model on the web as was fetched. */
export interface FetchedModel {
  readonly bytes: Uint8Array;
  /** Of the whole file; more than `bytes` holds where only its beginning was asked for. */
  readonly totalBytes: number;
}

/** The JSON of most models fits into this many bytes. */
const firstBytes = 65_536;
const timeoutMs = 30_000;

/** Of a file what a check looks at. Error: `model-unreadable`. */
export function openModel(path: string): Promise<ModelReading> {
  return told(path, () => withModelFile(path, readForCheck));
}

/**
 * Of an http(s) URL the beginning, up to the end of the JSON, where the server gives parts and not `whole`. Error:
 * `model-unreadable`.
 */
export function fetchModel(url: string, whole = false): Promise<FetchedModel> {
  return told(url, async () => {
    if (whole) return fetchPart(url, null);
    const first = await fetchPart(url, firstBytes);
    const wanted = Math.min(prefixBytesForJson(first.bytes), first.totalBytes);
    return wanted <= first.bytes.length ? first : fetchPart(url, wanted);
  });
}

async function told<T>(place: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
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
async function fetchPart(url: string, count: number | null): Promise<FetchedModel> {
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
