import type { ModelSource } from '../../../../src/protocol/preview.ts';
import { PageFault } from '../../fault.ts';

/** The bytes of a source; `onProgress` hears the share that is there, where the size is known. */
export async function bytesOf(
  source: ModelSource,
  onProgress?: (share: number) => void,
): Promise<ArrayBuffer> {
  if ('bytes' in source) return source.bytes;
  const response = await fetch(source.url).catch(() => null);
  if (response?.ok !== true || response.body === null) {
    throw new PageFault('model-unreadable', 'The model could not be fetched.', 'Open the file again.');
  }
  const total = Number(response.headers.get('content-length') ?? 0);
  if (total === 0 || onProgress === undefined) return response.arrayBuffer();
  const whole = new Uint8Array(total);
  let at = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return whole.buffer;
    if (at + value.length > total) {
      throw new PageFault('model-unreadable', 'The model grew while it was read.', 'Open the file again.');
    }
    whole.set(value, at);
    at += value.length;
    onProgress(at / total);
  }
}
