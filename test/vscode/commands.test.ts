import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { auditOf } from './support/audit.ts';
import type { Editor } from './support/editor.ts';
import { notified } from './support/notifications.ts';
import { QuickInput } from './support/quickInput.ts';
import { result } from './support/tools.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

describe('a person at the commands', function () {
  this.timeout(120_000);
  let editor: Editor;
  let input: QuickInput;
  let production: string;

  inWindow(windowWithTools, async (opened, later) => {
    editor = opened;
    input = new QuickInput(editor);
    later(async () => {
      await editor.set('avatarForge.production.folder', undefined);
      await editor.set('avatarForge.production.url', undefined);
      await editor.command('notifications.clearAll');
    });
    production = join(editor.home, 'gravenhollow');
    await mkdir(production, { recursive: true });
    await editor.set('avatarForge.production.folder', production);
    await editor.set('avatarForge.production.url', 'https://models.example/avatars');
    await result(editor, 'avatar_scaffold', { name: 'Handmade' });
  });

  const exports = () => join(editor.home, 'avatar-forge/exports');

  it('exports by a name that is checked while it is typed', async () => {
    const done = editor.command<string>('avatarForge.exportVrm');
    await input.field.fill('a/b');
    await editor.page.locator('.quick-input-message', { hasText: /name/i }).waitFor();
    await input.field.fill('Handmade');
    await editor.page.keyboard.press('Enter');
    assert.equal(await done, 'Handmade.vrm');
    assert((await readdir(exports())).includes('Handmade.vrm'));
    const last = (await auditOf(editor)).at(-1);
    assert.deepEqual([last?.what, last?.outcome], ['vrm_export', 'ok']);
  });

  it('leaves a plan, then publishes it for ever', async () => {
    for (const button of ['#leave', '#publish']) {
      const done = editor.command<string | null>('avatarForge.promoteAvatar');
      await input.choice('Handmade.vrm').click();
      await input.answer('The name in production');
      const page = await editor.webview('#publish');
      for (const box of await page.locator('[data-needed]').all()) await box.check();
      await page.locator(button).click();
      assert.equal(await done, button === '#leave' ? null : 'Handmade.vrm');
      await until('the page to go', () => Promise.resolve(page.isDetached()));
      const published = await readdir(production);
      assert.equal(published.includes('Handmade.vrm'), button === '#publish');
    }
    const file = join(production, 'Handmade.vrm');
    assert.deepEqual(await readFile(file), await readFile(join(exports(), 'Handmade.vrm')));
    assert.equal((await stat(file)).mode & 0o777, 0o444);
    await editor.command('workbench.view.extension.avatarForge');
    await editor.page.locator('.pane-body .monaco-list-row', { hasText: 'Promoted' }).first().waitFor();
    await editor.picture('promoted');
  });

  /** A row of the Avatars view. */
  const row = async (kind: string, folder: string) => {
    const path = join(folder, 'Handmade.vrm');
    const { size, mtimeMs } = await stat(path);
    return { avatar: { kind, name: 'Handmade.vrm', size, modifiedMs: mtimeMs, path } };
  };

  it('copies the address of what is promoted, and of what is not', async () => {
    const promoted = await editor.command('avatarForge.copyUrl', await row('promoted', production));
    assert.equal(promoted, 'https://models.example/avatars/Handmade.vrm');
    const exported = await editor.command('avatarForge.copyUrl', await row('export', exports()));
    assert.equal(exported, pathToFileURL(join(exports(), 'Handmade.vrm')).href);
  });

  it('downloads a copy to where is said', async () => {
    const done = editor.command('avatarForge.downloadAvatar', await row('export', exports()));
    await input.field.waitFor();
    await until('the proposed place', async () => (await input.field.inputValue()).endsWith('/Handmade.vrm'));
    await editor.page.keyboard.press('Enter');
    const copy = join(editor.workspace, 'Handmade.vrm');
    assert.equal(await done, copy);
    assert.deepEqual(await readFile(copy), await readFile(join(exports(), 'Handmade.vrm')));
  });

  it('keeps a token and a key out of every file, and forgets them when told', async () => {
    const token = 'a-token-of-the-tests';
    const key = 'a-key-of-the-tests';
    const setting = editor.command('avatarForge.setToken');
    await input.answer('The address of a Blender');
    await input.answer('The token that is set', token);
    await setting;
    const keeping = editor.command('avatarForge.setHyper3dApiKey');
    await input.choice('fal.ai').click();
    await input.answer('The API key of fal.ai', key);
    await keeping;
    const profile = join(editor.home, '..');
    const found = [];
    for (const entry of await readdir(profile, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile()) continue;
      const bytes = await readFile(path);
      if (bytes.includes(token) || bytes.includes(key)) found.push(path);
    }
    assert.deepEqual(found, []);
    const clearing = editor.command('avatarForge.clearToken');
    await input.answer('The address of a Blender');
    await clearing;
    const forgetting = editor.command('avatarForge.clearHyper3dApiKey');
    await input.choice('fal.ai').click();
    await forgetting;
  });

  it('is told that this machine has no screen to open', async () => {
    assert.equal(await editor.command('avatarForge.openInBrowser'), null);
    await notified(editor, /This machine/);
  });

  it('opens an export in Blender, beside what is there', async () => {
    const created = await editor.command<string[]>(
      'avatarForge.openInBlender',
      await row('export', exports()),
    );
    assert.equal(created[0], 'Handmade.001');
    const last = (await auditOf(editor)).at(-1);
    assert.deepEqual([last?.what, last?.outcome], ['create_object', 'ok']);
    const changes = created.map((name) => ({ name, delete: true }));
    await result(editor, 'modify_object', { changes });
  });
});
