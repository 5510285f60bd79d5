import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import script from './harness/script.json' with { type: 'json' };
import { auditOf } from './support/audit.ts';
import type { Editor } from './support/editor.ts';
import { QuickInput } from './support/quickInput.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

const [scene] = script;
const progress = 'shaping the figure';

describe('an agent in the chat', function () {
  this.timeout(180_000);
  let editor: Editor;

  inWindow(windowWithTools, async (opened, later) => {
    editor = opened;
    later(() => editor.command('workbench.action.closeAuxiliaryBar')); // a turning model keeps a machine without graphics card busy
    later(() => editor.set('avatarForge.preview.openOnExport', false));
    await until('the scripted model', () =>
      editor.harness.evaluate(async (api) => {
        const models = await api.lm.selectChatModels({ vendor: 'rehearsal' });
        return models.length > 0;
      }),
    );
  });

  it('goes from a prompt to an exported avatar, and a person clicks what is to be allowed', async () => {
    assert(scene !== undefined);
    const { page } = editor;
    const chat = page.locator('.interactive-session');
    const allow = chat.locator('.monaco-button', { hasText: /^Allow/ }).first();
    const ours = new QuickInput(editor).choice('Allow once');
    let asked = 0;
    let approved = 0;
    const seen = new Set<string>();
    const progressShown = chat.getByText(progress).first().waitFor({ timeout: 150_000 });
    void progressShown.then(
      () => seen.add(progress),
      () => undefined,
    );

    await editor.set('avatarForge.preview.openOnExport', undefined);
    await editor.command('workbench.action.chat.open', { query: `@rehearsal ${scene.prompt}` });
    await until(
      'the end of the story',
      async () => {
        if (await ours.isVisible()) {
          await editor.picture('agent-approval');
          await ours.click();
          approved += 1;
        } else if (await allow.isVisible()) {
          await editor.picture(`agent-confirmation-${asked}`);
          await allow.click();
          asked += 1;
        }
        return chat.getByText(scene.closing).isVisible();
      },
      150_000,
    );
    await editor.picture('agent');

    const viewer = await editor.webview('[data-host="mcp-app"] #card:has-text("triangles")');
    await viewer.getByText('Expressions').click();
    await viewer.getByRole('button', { name: 'aa', exact: true }).click();
    await viewer.getByRole('button', { name: 'aa', exact: true, pressed: true }).waitFor();
    await viewer.locator('#view').scrollIntoViewIfNeeded();
    await editor.picture('agent-viewer');
    assert.deepEqual(await accessibilityFaults(viewer), []);

    await page.locator('.tab', { hasText: 'Rehearsal.vrm' }).waitFor();
    await editor.command('workbench.action.closeAllEditors');

    assert(asked >= 3, `the editor asked ${asked} times`);
    assert.equal(approved, 1);
    assert(seen.has(progress), 'no progress was shown');
    const file = await readFile(join(editor.home, 'avatar-forge/exports/Rehearsal.vrm'));
    const { facts, counts } = checkVrm(file);
    assert((facts?.bones.length ?? 0) >= 15 && (facts?.triangles ?? 0) > 1_000);
    assert.equal(counts.errors, 0);
    const done = (await auditOf(editor)).slice(-3).map(({ what, outcome }) => `${what} ${outcome}`);
    assert.deepEqual(done, ['avatar_scaffold ok', 'execute_blender_code ok', 'vrm_export ok']);
  });
});
