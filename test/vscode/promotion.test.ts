import assert from 'node:assert/strict';
import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { type FaultyProxy, startFaultyProxy } from '../emulators/faultyProxy.ts';
import { type S3Emulator, startS3 } from '../emulators/s3.ts';
import { CompanionApp, goMissing } from '../support/companionApp.ts';
import { type FolderServer, serveFolder } from '../support/serveFolder.ts';
import { skip } from '../support/skip.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import { auditOf } from './support/audit.ts';
import type { Editor } from './support/editor.ts';
import { notified } from './support/notifications.ts';
import { QuickInput } from './support/quickInput.ts';
import { result, startServer } from './support/tools.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

/** From an export of the real Blender to production, CDN and the companion app, and back. */
describe('a person promotes', function () {
  this.timeout(180_000);
  let editor: Editor;
  let input: QuickInput;
  let production: string;
  let s3: S3Emulator;
  let cdn: FaultyProxy;
  let lan: FolderServer;
  let app: CompanionApp;

  inWindow(windowWithTools, async (opened, later) => {
    editor = opened;
    input = new QuickInput(editor);
    production = join(editor.home, 'nfs/avatar-models');
    await mkdir(production, { recursive: true });
    s3 = await startS3(['avatar-models']);
    later(() => s3.close());
    cdn = await startFaultyProxy(s3.publicUrl('avatar-models', ''));
    later(() => cdn.close());
    lan = await serveFolder(production);
    later(() => lan.close());
    app = await CompanionApp.copy();
    later(() => app.remove());
    const git = (...args: string[]) => execa('git', args, { cwd: app.folder });
    await git('init', '--initial-branch=main');
    await git('config', 'user.name', 'Test');
    await git('config', 'user.email', 'test@example.com');
    await git('add', '--all');
    await git('commit', '--message=as it was');
    later(async () => {
      for (const name of Object.keys(settings())) await editor.set(name, undefined);
      await editor.command('workbench.action.closeAllEditors');
      await editor.command('notifications.clearAll');
    });
    for (const [name, value] of Object.entries(settings())) await editor.set(name, value);
  });

  const settings = () => ({
    'avatarForge.production.folder': production,
    'avatarForge.production.url': lan.url,
    'avatarForge.production.cdn': 'cdn:avatar-models',
    'avatarForge.production.cdnUrl': cdn.endpoint.replace(/\/$/, ''),
    'avatarForge.companion.checkout': app.folder,
    'files.autoSave': 'afterDelay', // as on the web, and so that it always meets our own saving
    'files.autoSaveDelay': 1,
  });
  const lists = (): Promise<string[]> =>
    Promise.all(
      ['internal/database/database.go', 'static/js/avatar.js'].map((file) =>
        readFile(join(app.folder, file), 'utf8'),
      ),
    );
  const assertListed = async (name: string, isListed: boolean): Promise<void> => {
    for (const text of await lists()) assert.equal(text.includes(name), isListed, text);
  };
  /** The last thing a test does: where Go is missing, it is skipped. */
  const testApp = async (test: Context): Promise<void> => {
    const missing = goMissing();
    if (missing !== null) skip(test, missing);
    await app.test();
  };

  /** A row of the Avatars view, by the beginning of what screen readers say. */
  const listed = (label: string | RegExp) =>
    editor.page
      .locator('.pane-body .monaco-list-row')
      .and(
        editor.page.getByRole('treeitem', {
          name: typeof label === 'string' ? new RegExp(`^${label}`) : label,
        }),
      )
      .first();
  /** So many copies were fetched of what was published first, and are the same bytes. */
  async function assertCopied(count: number): Promise<void> {
    const kept = join(editor.home, '../user/User/globalStorage/daviestechlabs.avatar-forge/copies');
    const copies = (await readdir(kept, { recursive: true })).filter((name) => name.endsWith('.vrm'));
    assert.equal(copies.length, count);
    const published = await readFile(join(production, 'Companion-A.vrm'));
    for (const copy of copies) assert((await readFile(join(kept, copy))).equals(published));
  }
  const unfinished = () => editor.page.locator('.statusbar-item', { hasText: 'Promotion not ended' });

  /** In the real Blender, with nobody else in the scene. */
  async function makeCompanion(looks: object): Promise<void> {
    await editor.set('avatarForge.codePolicy', 'allow');
    await result(editor, 'execute_blender_code', {
      code: 'import bpy\nfor one in list(bpy.data.objects):\n    bpy.data.objects.remove(one)',
    });
    await editor.set('avatarForge.codePolicy', undefined);
    await result(editor, 'avatar_scaffold', { name: 'Companion-A', ...looks });
  }

  /** Has the companion exported anew and its promotion begun; resolves with the plan's page. */
  async function beginPromotion() {
    await editor.command('notifications.clearAll');
    const exporting = editor.command<string>('avatarForge.exportVrm');
    await input.answer(/name/i, 'Companion-A');
    assert.equal(await exporting, 'Companion-A.vrm');
    await editor.command('workbench.action.closeAllEditors');
    await input.palette('Avatar Forge: Promote avatar…');
    await input.choice('Companion-A.vrm').click();
    await input.answer(/The name in production/);
    return editor.webview('#publish');
  }

  async function publish(page: Awaited<ReturnType<typeof beginPromotion>>): Promise<void> {
    for (const box of await page.locator('[data-needed]').all()) {
      assert(await page.locator('#publish').isDisabled());
      await box.check();
    }
    await page.locator('#publish').click();
  }

  it('keeps the keys of the bucket where no file shows them', async () => {
    const { access_key_id: id = '', secret_access_key: secret = '' } = s3.remote('cdn').options;
    await input.palette('Avatar Forge: Set storage key…');
    await input.choice('cdn:').click();
    await input.answer(/The address of the S3 service/, s3.endpoint);
    await input.answer(/Its region/);
    await input.answer(/The access key id/, id);
    await input.answer(/The secret access key/, secret);
    await editor.page.locator('.statusbar-item', { hasText: 'the remote is called cdn:' }).waitFor();
    const text = await readFile(join(editor.home, '../user/User/settings.json'), 'utf8');
    assert(!text.includes(secret) && !text.includes(id));
  });

  it('reads the plan, says yes, and everybody has the model', async function () {
    await makeCompanion({});
    const page = await beginPromotion();
    await editor.picture('plan-first');
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.match(await page.locator('h1').innerText(), /^Publish Companion-A\.vrm\?$/);
    assert.match(await page.locator('body').innerText(), /Mirror\s+Left out/);
    assert.match(await page.locator('pre').innerText(), /^\+\s+"Companion-A.vrm": true,$/m);
    await page.locator('#commit').check();
    await editor.picture('plan-first-end');
    await publish(page);
    await notified(editor, 'is published, served to everybody, and can be chosen');
    await notified(editor, 'committed on the branch avatar/Companion-A');
    await editor.picture('promoted-everywhere');

    const bytes = await readFile(join(production, 'Companion-A.vrm'));
    const answer = await fetch(s3.publicUrl('avatar-models', 'Companion-A.vrm'));
    assert.equal(sha256(Buffer.from(await answer.arrayBuffer())), sha256(bytes));
    await assertListed('Companion-A.vrm', true);
    const { stdout } = await execa('git', ['log', '--all', '--stat', '--format=%D|%s', '-1'], {
      cwd: app.folder,
    });
    assert.match(stdout, /HEAD -> avatar\/Companion-A\|Register avatar: Companion-A\.vrm/);
    assert.match(stdout, /2 files changed/);
    await testApp(this);
  });

  it('sees beside it who serves it', async () => {
    await editor.command('workbench.view.extension.avatarForge');
    await editor.page
      .locator('.pane-body .monaco-list-row', { hasText: /Companion-A\.vrm.*LAN ✓ · CDN ✓/ })
      .first()
      .waitFor();
    await editor.picture('served');
  });

  it('sees a promoted animation, with what can be done with one', async () => {
    await mkdir(join(production, 'animations'));
    await writeFile(join(production, 'animations/Wave.vrma'), 'not looked into');
    await editor.command('avatarForge.refreshAvatars');
    const row = listed('Wave.vrma, promoted animation');
    await row.waitFor();
    await row.click({ button: 'right' });
    const menu = editor.page.locator('.monaco-menu .action-label');
    await menu.filter({ hasText: 'Download' }).waitFor();
    const texts = (await menu.allInnerTexts()).filter((text) => text.trim() !== '');
    assert.deepEqual(
      texts.filter((text) => /preview|download|url/i.test(text)).length,
      texts.length,
      texts.join(),
    );
    await editor.picture('promoted-animation');
    await editor.page.keyboard.press('Escape');
  });

  it('sees what a remote as production holds, and previews it by a copy', async () => {
    await editor.set('avatarForge.production.folder', 'cdn:avatar-models');
    try {
      await listed('Wave.vrma, promoted animation').waitFor({ state: 'hidden' }); // it is in the folder alone
      await listed('Companion-A.vrm, promoted avatar').click();
      const frame = await editor.webview('[data-layout="editor"] #card:has-text("triangles")');
      assert.equal(await frame.locator('#name').innerText(), 'Companion-A');
      await listed(/^Companion-A\.vrm, promoted avatar, .*By the CDN: served with the size/).waitFor();
      await assertCopied(1);
      await editor.picture('production-remote');
      // It is said in the view, and nowhere else.
      await editor.command('notifications.clearAll');
      await editor.set('avatarForge.production.folder', 'cdn:no-such-bucket');
      await listed(/^Promoted: .*there is no such bucket or folder\. Make it/).waitFor();
      assert.equal(await listed(/^Promoted animations: /).count(), 0);
      assert.equal(await editor.page.locator('.notification-list-item').count(), 0);
      await editor.picture('production-remote-missing');
    } finally {
      await editor.set('avatarForge.production.folder', production);
      await editor.command('workbench.action.closeAllEditors');
    }
  });

  it('previews what lies in a bucket, by a copy of it', async () => {
    await editor.set('avatarForge.storage.exportsRemote', 'cdn:avatar-models');
    try {
      await editor.command('workbench.view.extension.avatarForge');
      await editor.command('avatarForge.refreshAvatars');
      await listed('Companion-A.vrm, stored export').click();
      const frame = await editor.webview('[data-layout="editor"] #card:has-text("triangles")');
      assert.equal(await frame.locator('#name').innerText(), 'Companion-A');
      await editor.picture('stored-preview');
      await assertCopied(2);
    } finally {
      await editor.set('avatarForge.storage.exportsRemote', undefined);
      await editor.command('workbench.action.closeAllEditors');
    }
  });

  it('sees what is new in the next version; leaving the page changes nothing', async () => {
    await makeCompanion({ height: 1.5 });
    const before = await lists();
    const page = await beginPromotion();
    await editor.picture('plan-next');
    assert.match(await page.locator('h1').innerText(), /^Publish Companion-A-v2\.vrm\?$/);
    assert.match(await page.locator('table').innerText(), /In production: Companion-A\.vrm/);
    await page.locator('#leave').click();
    await until('the page to go', () => Promise.resolve(page.isDetached()));
    assert.deepEqual(await lists(), before);
    assert.deepEqual(
      (await readdir(production)).filter((name) => name.endsWith('.vrm')),
      ['Companion-A.vrm'],
    );
  });

  it('is offered to go on with what a broken network ended', async function () {
    const page = await beginPromotion();
    cdn.fault = { kind: 'flip', after: 1000 };
    await publish(page);
    await notified(editor, /Companion-A-v2\.vrm is published in .*, but the promotion did not end/);
    await unfinished().waitFor();
    await editor.picture('promotion-broken');
    assert((await readdir(production)).includes('Companion-A-v2.vrm'));
    await assertListed('Companion-A-v2.vrm', false);
    cdn.fault = { kind: 'none', after: 0 };
    await editor.reload();
    await startServer(editor);
    await notified(editor, 'The promotion of Companion-A-v2.vrm did not come to its end.');
    await unfinished().click();
    await notified(editor, /is already in|can be chosen/);
    await unfinished().waitFor({ state: 'hidden' });
    await assertListed('Companion-A-v2.vrm', true);
    await testApp(this);
  });

  it('rolls back to the version before that a remote holds, by a diff that is shown', async function () {
    await editor.set('avatarForge.production.folder', 'cdn:avatar-models');
    const done = editor.command<string>('avatarForge.rollbackAvatar');
    await input.choice('Companion-A-v2.vrm').click();
    await input.choice('Apply and commit').waitFor();
    await editor.picture('rollback-diff');
    await input.choice(/Apply\s*As one/).click();
    assert.equal(await done, 'Companion-A.vrm');
    await assertListed('Companion-A-v2.vrm', false);
    await assertListed('Companion-A.vrm', true);
    assert.equal((await auditOf(editor)).at(-1)?.what, 'rollback');
    await editor.set('avatarForge.production.folder', production);
    await testApp(this);
  });

  it('takes it out of the lists, and leaves it published', async function () {
    const done = editor.command<string>('avatarForge.unregisterAvatar');
    await input.choice('Companion-A.vrm').waitFor();
    await input.field.fill('Companion-A.vrm'); // rows still move while the list comes up
    await editor.page.keyboard.press('Enter');
    await input.choice('Apply and commit').waitFor();
    await input.choice(/Apply\s*As one/).click();
    assert.equal(await done, 'Companion-A.vrm');
    await assertListed('Companion-A', false);
    const { stdout } = await execa('git', ['diff', 'main', '--stat'], { cwd: app.folder });
    assert.equal(stdout, '');
    assert((await readdir(production)).includes('Companion-A.vrm'));
    await testApp(this);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
