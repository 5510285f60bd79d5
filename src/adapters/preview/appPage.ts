import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../../core/errors.ts';
import { previewInOnePiece } from '../../core/preview/html.ts';

/** The preview page for a chat, in one piece. Rejects with `preview-not-built`. */
export async function readAppPage(pageFolder: string): Promise<string> {
  const read = (name: string): Promise<string> => readFile(join(pageFolder, name), 'utf8');
  try {
    const [template, style, script] = await Promise.all([
      read('preview.html'),
      read('preview.css'),
      read('viewer.js'),
    ]);
    return previewInOnePiece(template, { style, script });
  } catch (cause) {
    throw new ForgeError('preview-not-built', `The viewer is not in ${pageFolder}.`, 'Run npm run build.', {
      cause,
    });
  }
}
