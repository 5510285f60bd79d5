import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { accessibilityFaults } from './support/accessibility.ts';
import type { Editor } from './support/editor.ts';
import { notified } from './support/notifications.ts';
import { QuickInput } from './support/quickInput.ts';
import { result } from './support/tools.ts';
import { inWindow, windowWithTools } from './support/window.ts';

const root = join(import.meta.dirname, '../..');

describe('what a person sees', function () {
  this.timeout(120_000);
  let editor: Editor;
  let input: QuickInput;

  inWindow(windowWithTools, async (opened) => {
    editor = opened;
    input = new QuickInput(editor);
    await editor.command('avatarForge.stopWorkstation');
    await editor.command('workbench.view.extension.avatarForge');
  });

  const row = (text: string) => editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();

  it('a stopped workstation, with the way to start it', async () => {
    const welcome = editor.page.locator('.welcome-view', { hasText: /Start/ }).first();
    await welcome.waitFor();
    await editor.picture('views-stopped');
  });

  it('a failure, with what to do about it', async () => {
    await editor.set('avatarForge.workstation.blenderPath', '/nowhere/blender');
    try {
      await editor.command('avatarForge.startWorkstation');
      assert.match(await notified(editor, /\/nowhere\/blender/), /Install Blender/);
      await row('failed').waitFor();
      await editor.picture('failure');
      await editor.command('notifications.clearAll');
    } finally {
      await editor.set('avatarForge.workstation.blenderPath', undefined);
    }
  });

  it('a workstation that is ready, with what is known of it', async () => {
    await editor.command('avatarForge.startWorkstation');
    await row('ready').waitFor();
    await row('Scene').waitFor();
    assert.match((await row('ready').getAttribute('aria-label')) ?? '', /This machine, ready/);
    await editor.picture('workstation-ready');
  });

  it('an export, with its size and findings', async () => {
    await result(editor, 'avatar_scaffold', { name: 'Seen' });
    const meta = { name: 'Seen', authors: ['Avatar Forge tests'] };
    await result(editor, 'vrm_export', { name: 'Seen', version: '1.0', meta });
    await row('Seen.vrm').waitFor();
    await editor.picture('avatars');
  });

  it('the preview of it, moving', async () => {
    await input.chosen(() => editor.command('avatarForge.previewAvatar'), 'Preview avatar', 'Seen');
    const frame = await editor.webview('[data-layout="editor"] canvas');
    await frame.getByText('triangles').first().waitFor();
    await frame.getByText('over budget').or(frame.getByText('of 70,000')).first().waitFor();
    await editor.picture('preview');
    assert.deepEqual(await accessibilityFaults(frame), []);
    await frame.getByRole('button', { name: 'happy' }).focus();
    await editor.page.keyboard.press('Space');
    await frame.getByRole('button', { name: 'happy', pressed: true }).waitFor();
  });

  it('a .vrm that is opened like any file, and shown anew when it is written, with the face it made', async () => {
    const file = join(editor.home, 'avatar-forge/exports/Opened.vrm');
    await copyFile(join(editor.home, 'avatar-forge/exports/Seen.vrm'), file);
    await editor.harness.evaluate(
      async (api, path: string) => api.commands.executeCommand('vscode.open', api.Uri.file(path)),
      file,
    );
    const frame = await editor.webview('[data-layout="editor"] #card:has-text("triangles")');
    await frame.getByRole('button', { name: 'aa', exact: true }).click();
    await result(editor, 'vrm_export', {
      name: 'Opened',
      meta: { name: 'Written anew', authors: ['Tests'] },
    });
    await frame.getByRole('heading', { name: 'Written anew' }).waitFor();
    await frame.getByRole('button', { name: 'aa', exact: true, pressed: true }).waitFor();
    await editor.command('workbench.action.closeActiveEditor');
  });

  it('its findings in the Problems panel', async () => {
    await input.chosen(() => editor.command('avatarForge.checkVrm'), 'Check VRM', 'Seen');
    await notified(editor, /Seen\.vrm/);
    await editor.command('workbench.actions.view.problems');
    const problems = editor.page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'Seen.vrm' }).first().waitFor();
    await problems.filter({ hasText: 'licence-no-redistribution' }).first().waitFor();
    await editor.picture('check');
    await editor.command('notifications.clearAll');
    await editor.command('workbench.action.closePanel');
  });

  it('what a profile of one’s own finds, or that there is none', async () => {
    const file = join(editor.home, 'studio.json');
    await writeFile(file, JSON.stringify({ name: 'studio', requiredExpressions: ['somersault'] }));
    try {
      await editor.set('avatarForge.validation.profile', file);
      await row('Seen.vrm').filter({ hasText: '1 error' }).waitFor();
      await editor.set('avatarForge.validation.profile', join(editor.home, 'none.json'));
      assert.match(await notified(editor, /none\.json/), /Correct avatarForge\.validation\.profile/);
    } finally {
      await editor.set('avatarForge.validation.profile', undefined);
      await editor.command('notifications.clearAll');
    }
    await row('Seen.vrm').filter({ hasNotText: 'error' }).waitFor();
  });

  it('a picture of Blender', async () => {
    await editor.command('avatarForge.takeScreenshot');
    await editor.page.locator('.tab', { hasText: '.png' }).first().waitFor();
    await editor.picture('screenshot-command');
  });

  it('the doctor and the audit log', async () => {
    await editor.command('avatarForge.doctor');
    await editor.webview('text=Blender');
    await editor.picture('doctor');
    await editor.command('workbench.action.closeAllEditors');
    await editor.command('avatarForge.showAuditLog');
    await editor.webview('text=avatar_scaffold');
    await editor.picture('audit');
    await editor.command('workbench.action.closeAllEditors');
  });

  it('the commands in the palette', async () => {
    await input.listed(() => editor.command('workbench.action.quickOpen', '>Avatar Forge'), 'Avatar Forge');
    await editor.picture('palette');
    await editor.page.keyboard.press('Escape');
  });

  it('the walkthrough', async () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert(walkthrough !== undefined);
    // Its pictures need room: the editor leaves them out where there is little.
    await editor.command('workbench.action.closeAuxiliaryBar');
    await editor.command('workbench.action.openWalkthrough', `daviestechlabs.avatar-forge#${walkthrough.id}`);
    const steps = editor.page.locator('.getting-started-step');
    for (const [index, { media }] of walkthrough.steps.entries()) {
      const step = steps.nth(index);
      if (!(await step.getAttribute('class'))?.includes('expanded')) await step.click();
      const [heading = ''] = readFileSync(join(root, media.markdown), 'utf8').split('\n');
      await editor.webview(`h1:has-text("${heading.replace('# ', '')}")`);
      await editor.picture(`walkthrough-${index + 1}`);
    }
    await editor.command('workbench.action.closeAllEditors');
  });

  it('all of it in high contrast', async () => {
    await editor.set('workbench.colorTheme', 'Default High Contrast');
    try {
      await editor.page.locator('.monaco-workbench.hc-black').waitFor();
      await editor.picture('high-contrast');
    } finally {
      await editor.set('workbench.colorTheme', undefined);
    }
  });
});
