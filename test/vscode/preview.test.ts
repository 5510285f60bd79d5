import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { PNG } from 'pngjs';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { readImageHeader } from '../../src/core/vrm/imageHeader.ts';
import { thumbnailOf } from '../../src/core/vrm/thumbnail.ts';
import { assertGolden, otherPixels, shrunk } from '../support/golden.ts';
import { skip } from '../support/skip.ts';
import { readSample, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import type { Editor } from './support/editor.ts';
import { notification } from './support/notifications.ts';
import { result } from './support/tools.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

/** Its textures never hold still. */
const moving: ReadonlySet<string> = new Set(['spec_mtoon_UV_Animation_Test.vrm']);

const twoFrames = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

const goldens = join(import.meta.dirname, 'golden');

/** The page in a real webview: its policy, its addresses, the editor's own Chromium. */
describe('the preview in the editor', function () {
  this.timeout(180_000);
  let editor: Editor;
  let own: string;

  inWindow(windowWithTools, async (opened, later) => {
    editor = opened;
    later(async () => {
      await editor.command('workbench.action.closeAllEditors');
      await editor.command('notifications.clearAll');
    });
    await editor.command('workbench.action.closeAllEditors');
    await result(editor, 'avatar_scaffold', { name: 'Pictured' });
    const meta = { name: 'Pictured', authors: ['Avatar Forge tests'] };
    await result(editor, 'vrm_export', { name: 'Pictured', version: '1.0', meta, clips: ['wave'] });
    own = join(editor.home, 'avatar-forge/exports/Pictured.vrm');
  });

  /** Opened like any file. */
  const open = async (file: string, shows = '#card:has-text("triangles")'): Promise<Frame> => {
    await editor.harness.evaluate(
      async (api, path: string) => api.commands.executeCommand('vscode.open', api.Uri.file(path)),
      file,
    );
    return editor.webview(`[data-layout="editor"] ${shows}`);
  };
  const close = async (frame: Frame): Promise<void> => {
    await editor.command('workbench.action.closeAllEditors');
    await until('the page to go', () => Promise.resolve(frame.isDetached()));
  };
  const press = async (frame: Frame, panel: string, name: string): Promise<void> => {
    const fold = frame.locator(`#panel-${panel}`);
    if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click();
    await fold.getByRole('button', { name, exact: true }).click();
  };

  /** The view with its buttons, as a person has it before them. */
  const compare = async (name: string, file: string): Promise<void> => {
    const frame = await open(file);
    await press(frame, 'springs', 'Swing');
    await press(frame, 'springs', 'Reset');
    await editor.page.mouse.move(0, 0);
    await frame.evaluate(twoFrames);
    const png = await frame
      .locator('#view')
      .screenshot({ path: join(editor.pictures, `preview-${name}.png`) });
    assertGolden(join(goldens, `${name}.png`), shrunk(png, 4));
    await close(frame);
  };

  it('looks like the golden picture of our own export', () => compare('own-export', own));

  it('writes its thumbnail into the file, and takes it back', async () => {
    const before = await readFile(own);
    const frame = await open(own);
    await press(frame, 'pictures', 'Make thumbnail');
    await press(frame, 'pictures', 'Write it into the file…');
    const question = await notification(editor, 'Write the thumbnail into Pictured.vrm?');
    assert.deepEqual(await readFile(own), before);
    await question.getByText('Write', { exact: true }).click();
    const undo = (await notification(editor, 'The thumbnail is in Pictured.vrm.')).getByText('Undo');
    await editor.picture('thumbnail-written');

    const after = await readFile(own);
    const thumbnail = thumbnailOf(after);
    assert(thumbnail !== null);
    const { width, height, mime } = readImageHeader(thumbnail.bytes) ?? {};
    assert.deepEqual([width, height, mime], [1024, 1024, 'image/png']);
    const shown = (await frame.locator('#panel-pictures img.shot').getAttribute('src')) ?? '';
    assert(
      shown.endsWith(`,${Buffer.from(thumbnail.bytes).toString('base64')}`),
      'it is the picture that was shown',
    );
    assert.deepEqual(checkVrm(after).counts.errors, 0);

    await undo.click();
    await until('the file as it was', async () => (await readFile(own)).equals(before));
    await close(frame);
  });

  /** How much of the view is another within two seconds. */
  const moves = async (frame: Frame): Promise<number> => {
    const shot = async (): Promise<PNG> => PNG.sync.read(await frame.locator('#view').screenshot());
    const first = await shot();
    let most = 0;
    for (let n = 0; n < 4; n += 1) {
      await frame.waitForTimeout(500);
      most = Math.max(most, otherPixels(first, await shot()));
    }
    return most;
  };

  it('plays an animation on the figure that lies beside it', async () => {
    const frame = await open(own.replace('.vrm', '-wave.vrma'));
    await frame.locator('#panel-motion summary').click();
    await frame.locator('#panel-motion', { hasText: /Pictured-wave\.vrma, \d/ }).waitFor();
    assert.equal(await frame.locator('#name').innerText(), 'Pictured');
    assert((await moves(frame)) > 0.002, 'the figure holds still');
    await editor.picture('animation');
    assert.deepEqual(await accessibilityFaults(frame), []);
    await close(frame);
  });

  it('plays one that lies alone on a figure of sticks, and says how to see it on an avatar', async () => {
    const alone = join(editor.workspace, 'alone.vrma');
    await copyFile(own.replace('.vrm', '-wave.vrma'), alone);
    const frame = await open(alone, '#said:has-text("drop a .vrm")');
    assert((await moves(frame)) > 0.0005, 'the sticks hold still');
    await editor.picture('animation-alone');
    await close(frame);
  });

  for (const [theme, name, background] of [
    ['Default High Contrast', 'hc-black', 'rgb(0, 0, 0)'],
    ['Default High Contrast Light', 'hc-light', 'rgb(255, 255, 255)'],
  ] as const) {
    it(`takes the colours of ${theme}`, async () => {
      await editor.set('workbench.colorTheme', theme);
      try {
        await editor.page.locator(`.monaco-workbench.${name}`).waitFor();
        const frame = await open(own);
        const colours = await frame.evaluate<Record<string, string>>(`
          (() => {
            const style = (selector) => getComputedStyle(document.querySelector(selector));
            const edge = document.createElement('i');
            edge.style.color = 'var(--vscode-contrastBorder)';
            document.body.append(edge);
            const theme = getComputedStyle(edge).color;
            edge.remove();
            return { panels: style('#side').backgroundColor, edge: style('#side button').borderTopColor, theme };
          })()
        `);
        assert.equal(colours['panels'], background);
        assert.equal(colours['edge'], colours['theme']);
        assert.deepEqual(await accessibilityFaults(frame), []);
        await editor.picture(`preview-${name}`);
        await close(frame);
      } finally {
        await editor.set('workbench.colorTheme', undefined);
      }
    });
  }

  describe('of models that others made', () => {
    before(function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
    });

    for (const name of SAMPLES.filter((one) => !moving.has(one))) {
      it(`looks like the golden picture of ${name}`, async () => {
        const file = join(editor.workspace, name); // from beside the repository
        await writeFile(file, readSample(name));
        await compare(name.replace('.vrm', ''), file);
      });
    }
  });
});
