import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { previewReport } from '../../src/core/preview/report.ts';
import type { PreviewState } from '../../src/protocol/preview.ts';
import { buildPreviewPage, chromiumMissing } from './previewPage.ts';
import { skip } from './skip.ts';

/** Pictures to look at. */
const OUT = join(import.meta.dirname, '../../out/test-preview');

type Page = Awaited<ReturnType<typeof buildPreviewPage>>;

/** The preview as a person has it before them in an editor, with all its panels unfolded, and their hands on it. */
export class PreviewPanels {
  readonly session: PreviewSession;
  readonly #page: Page;

  /** For a `before` hook, which is skipped where there is no Chromium. */
  static async open(context: Mocha.Context, model: Uint8Array): Promise<PreviewPanels> {
    const missing = chromiumMissing();
    if (missing !== null) skip(context, missing);
    const page = await buildPreviewPage();
    const session = await PreviewSession.open({
      pageFolder: page.folder,
      viewport: { width: 900, height: 560 },
      reducedMotion: 'reduce',
    });
    mkdirSync(OUT, { recursive: true });
    await session.call('welcome', {
      can: ['keep-thumbnail', 'save-picture', 'choose-comparison', 'choose-animation', 'optimise'],
      layout: 'editor',
    });
    await session.load(model, 'sample.vrm');
    await session.call('report', previewReport(model));
    await session.call('setLive', { live: true });
    session.page.setDefaultTimeout(8_000);
    await session.page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))");
    return new PreviewPanels(session, page);
  }

  private constructor(session: PreviewSession, page: Page) {
    this.session = session;
    this.#page = page;
  }

  /** Of the built page. */
  get pageFolder(): string {
    return this.#page.folder;
  }

  panel(id: string): Locator {
    return this.session.page.locator(`#panel-${id}`);
  }

  press(id: string, name: string): Promise<void> {
    return this.panel(id).getByRole('button', { name, exact: true }).click();
  }

  /** One of several looks. */
  choose(group: string, name: string): Promise<void> {
    const choice = this.panel('look').getByRole('group', { name: group });
    return choice.getByRole('button', { name, exact: true }).click();
  }

  state(): Promise<PreviewState> {
    return this.session.call('inspect', {});
  }

  /** What is on the picture, without the panels. */
  look(): Promise<Buffer> {
    return this.session.page.locator('#view').screenshot();
  }

  /** Fails where the picture stays the same. */
  async changes(act: () => Promise<unknown>): Promise<void> {
    const before = await this.look();
    await act();
    for (let n = 0; n < 20; n += 1) {
      if (!before.equals(await this.look())) return;
      await this.session.page.waitForTimeout(100);
    }
    assert.fail('the picture stays the same');
  }

  /** A picture after each step, however fast this machine draws: what lasts a moment is not missed. */
  async inSteps(count: number, seconds: number): Promise<string[]> {
    await this.session.call('setLive', { live: false });
    const pictures: string[] = [];
    while (pictures.length < count) {
      await this.session.call('step', { seconds });
      pictures.push((await this.session.call('capture', { width: 300, height: 300 })).png);
    }
    await this.session.call('setLive', { live: true });
    return pictures;
  }

  async drop(file: Uint8Array, name: string): Promise<void> {
    const bytes = Buffer.from(file).toString('base64');
    const dataTransfer = await this.session.page.evaluateHandle(
      `(() => {
        const data = new DataTransfer();
        const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], '${name}'));
        return data;
      })()`,
    );
    await this.session.page.dispatchEvent('#stage', 'drop', { dataTransfer });
  }

  /** Keeps a picture of all of it to look at. */
  async picture(name: string): Promise<void> {
    await this.session.page.screenshot({ path: join(OUT, `panels-${name}.png`) });
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.#page.remove();
  }
}
