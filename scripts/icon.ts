/** Draws media/icons/icon.png from icon.svg, in a Chromium: the Marketplace takes no SVG. Run it after a change of the SVG. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../src/adapters/preview/chromium.ts';

const sizePx = 256;
const icons = join(import.meta.dirname, '../media/icons');

const browser = await chromium.launch({
  executablePath: findChromium(undefined, process.env),
  args: [...chromiumArguments()],
});
try {
  const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
  await page.setContent(`<style>body{margin:0}</style>${readFileSync(join(icons, 'icon.svg'), 'utf8')}`);
  writeFileSync(join(icons, 'icon.png'), await page.screenshot({ omitBackground: true }));
} finally {
  await browser.close();
}
