import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { findChromium } from '../../src/adapters/preview/chromium.ts';
import { reasonOf } from '../../src/core/errors.ts';

const SOURCES = join(import.meta.dirname, '../../media/preview');

/** Builds the page from its sources into a folder of its own, so that a test never runs on an old build. */
export async function buildPreviewPage(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-page-'));
  await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile: join(folder, 'preview.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
  });
  for (const file of ['preview.html', 'preview.css']) await copyFile(join(SOURCES, file), join(folder, file));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Why tests in a browser cannot run here; `null` where they can. */
export function chromiumMissing(): string | null {
  try {
    findChromium(undefined, process.env);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
