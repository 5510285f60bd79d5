import { open } from 'node:fs/promises';
import type { ModelFile } from '../../core/vrm/modelFile.ts';

/** Gives a model on this disk to `use`, and closes it after. Rejects as the file system and `use` do. */
export async function withModelFile<T>(path: string, use: (file: ModelFile) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return await use({
      size,
      read: async (into, at) => {
        for (let done = 0; done < into.length;) {
          const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
          if (bytesRead === 0) throw new Error(`${path} ended after ${at + done} of ${size} bytes`);
          done += bytesRead;
        }
      },
    });
  } finally {
    await handle.close();
  }
}
