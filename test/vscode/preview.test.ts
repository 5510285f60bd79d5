import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { readImageHeader } from '../../src/core/vrm/imageHeader.ts';
import { thumbnailOf } from '../../src/core/vrm/thumbnail.ts';
import { assertGolden, shrunk } from '../support/golden.ts';
import { skip } from '../support/skip.ts';
import { readSample, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import type { Editor } from './support/editor.ts';
import { notification } from './support/notifications.ts';
import { result } from './support/tools.ts';
import { until } from './support/until.ts';
import { windowWithTools } from './support/window.ts';

/** Its textures never hold still. */
const moving: ReadonlySet<string> = new Set(['spec_mtoon_UV_Animation_Test.vrm']);

const twoFrames = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

const goldens = join(import.meta.dirname, 'golden');

/** The page in a real webview: its policy, its addresses, the editor's own Chromium. */
describe('the preview in the editor', function () {
  this.timeout(180_000);
  let editor: Editor;
  let own: string;

  before(async function () {
    editor = await windowWithTools(this);
    await editor.command('workbench.action.closeAllEditors');
    await result(editor, 'avatar_scaffold', { name: 'Pictured' });
    const meta = { name: 'Pictured', authors: ['Avatar Forge tests'] };
    await result(editor, 'vrm_export', { name: 'Pictured', version: '1.0', meta });
    own = join(editor.home, 'avatar-forge/exports/Pictured.vrm');
  });
  after(async () => {
    await editor.command('workbench.action.closeAllEditors');
    await editor.command('notifications.clearAll');
  });

  /** Opened like any file. */
  const open = async (file: string): Promise<Frame> => {
    await editor.harness.evaluate(
      async (api, path: string) => api.commands.executeCommand('vscode.open', api.Uri.file(path)),
      file,
    );
    return editor.webview('[data-layout="editor"] #card:has-text("triangles")');
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
