import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { copyPreviewFiles, previewBundles } from '../../scripts/previewBundle.ts';
import { findChromium } from '../../src/adapters/preview/chromium.ts';
import { reasonOf } from '../../src/core/errors.ts';

/** Builds the page from its sources into a folder of its own, so that a test never runs on an old build. */
export async function buildPreviewPage(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-page-'));
  for (const bundle of previewBundles(folder)) await build(bundle);
  await stop(); // its process would be there for tests that look for what they left running
  copyPreviewFiles(folder);
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
