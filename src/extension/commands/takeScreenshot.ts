import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import type { ReceivedBlob } from '../../core/ports.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

const picture = z.object({
  image: z.custom<ReceivedBlob>(
    (value) => z.object({ bytes: z.instanceof(Uint8Array) }).safeParse(value).success,
  ),
});

/** A picture of what Blender's viewport shows, opened as a file. Returns its path. */
export const run: Command = async ({ blender, storageFolder }) => {
  const answer = await withProgress(vscode.l10n.t('Taking a screenshot of Blender'), (work) =>
    blender.call(
      'get_screenshot',
      { view: 'viewport', max_size: 1024, shading: 'material' },
      { ...work, deadlineMs: 120_000, retry: true },
    ),
  );
  const { image } = picture.parse(answer);
  const folder = join(storageFolder, 'screenshots');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.png`);
  await writeFile(file, image.bytes);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  return file;
};
