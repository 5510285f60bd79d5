import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { gzipSync } from 'fflate';
import { chromium, type Browser } from 'playwright-core';
import { copyPreviewFiles, previewBundles } from '../scripts/previewBundle.ts';
import { chromiumArguments, chromiumEnvironment, findChromium } from '../src/adapters/preview/chromium.ts';
import { PageServer } from '../src/adapters/preview/pageServer.ts';
import type { PreviewFault } from '../src/protocol/preview.ts';
import { bigVrm } from '../test/support/vrm/bigVrm.ts';
import { type Bench, percentile, timeRow } from './bench.ts';

const rounds = 15;
const mostKb = 250;

export const preview: Bench = {
  name: 'preview',
  about: `from a blank tab to the pixels of the first frame, beside a page that only loads and draws; Chromium by software, median of ${rounds}`,
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'avatar-forge-bench-'));
    const [ours, plain] = [join(folder, 'ours'), join(folder, 'plain')];
    const browser = await chromium.launch({
      executablePath: findChromium(undefined, process.env),
      args: [...chromiumArguments()],
      env: chromiumEnvironment(process.env),
    });
    try {
      await buildPages(ours, plain);
      const model = bigVrm(9e6, 1024);
      const times: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
      for (let round = 0; round <= rounds; round += 1) {
        for (const [name, page] of [
          ['ours', ours],
          ['plain', plain],
        ] as const) {
          const ms = await firstFrameMs(browser, page, model);
          if (round > 0) times[name].push(ms); // the first fills the caches
        }
      }
      yield timeRow('first frame, 9 MB', median(times.ours), median(times.plain), '≤ 1.1 × the plain page');
      const kb = Math.round(gzipSync(loadedAtOnce(join(ours, 'preview.js'))).length / 1000);
      yield {
        bench: 'bundle without decoders',
        ours: kb,
        reference: mostKb,
        unit: 'kB zipped',
        ratio: Number((mostKb / kb).toPrecision(4)),
        aim: `≤ ${mostKb} kB`,
      };
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Said {
  readonly type: string;
  readonly id?: number;
  readonly fault?: PreviewFault;
}

async function buildPages(ours: string, plain: string): Promise<void> {
  for (const bundle of previewBundles(ours)) await build({ ...bundle, minify: true });
  copyPreviewFiles(ours);
  const [page] = previewBundles(plain);
  const entry = join(import.meta.dirname, 'plainPage/main.ts');
  await build({ ...page, entryPoints: { preview: entry }, splitting: false, minify: true });
  await copyFile(join(ours, 'preview.css'), join(plain, 'preview.css'));
  const html = readFileSync(join(ours, 'preview.html'), 'utf8');
  writeFileSync(join(plain, 'preview.html'), html.replace(/<link rel="modulepreload"[^>]*>/, '')); // it is one piece
}

/** Commands as the editor gives them. */
function open(url: string): readonly object[] {
  return [
    { id: 5, method: 'welcome', params: { can: [], layout: 'editor' } },
    { id: 1, method: 'load', params: { source: { url }, name: 'model' } },
  ];
}

/** Waits for the graphics process, too, which is still busy with textures when the page has given all its commands. */
const pixelDrawn = `{
  const gl = document.querySelector('canvas').getContext('webgl2');
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}`;

async function firstFrameMs(browser: Browser, folder: string, model: Uint8Array): Promise<number> {
  const server = await PageServer.start(folder);
  const page = await browser.newPage({
    viewport: { width: 800, height: 600 },
    bypassCSP: basename(folder) === 'plain', // three's own way to textures fetches `blob:`, which our policy forbids
  });
  try {
    const url = server.offer(model);
    const shown = new Promise<void>((resolve, reject) => {
      const hear = ({ type, id, fault }: Said): void => {
        if (fault !== undefined) reject(new Error(fault.message));
        else if (type === 'reply' && id === 1) resolve();
        if (type !== 'ready') return;
        const commands = JSON.stringify(open(url));
        void page.evaluate(`for (const command of ${commands}) postMessage(command, location.origin)`);
      };
      void page.exposeFunction('avatarForgeHost', hear).then(() => page.goto(server.pageUrl));
    });
    const start = performance.now();
    await shown;
    await page.evaluate(pixelDrawn);
    return performance.now() - start;
  } finally {
    await page.close();
    await server.close();
  }
}

/** A module and what it imports statically, as one. */
function loadedAtOnce(module: string, seen = new Set<string>()): Uint8Array {
  if (seen.has(module)) return new Uint8Array();
  seen.add(module);
  const source = readFileSync(module);
  const imports = source.toString('utf8').matchAll(/\b(?:from|import) ?"(\.[^"]+)"/g);
  const others = [...imports].map(([, path = '']) => loadedAtOnce(join(dirname(module), path), seen));
  return Buffer.concat([source, ...others]);
}

function median(times: readonly number[]): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    50,
  );
}
