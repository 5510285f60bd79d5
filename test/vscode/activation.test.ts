import assert from 'node:assert/strict';
import manifest from '../../package.json' with { type: 'json' };
import type { Editor } from './support/editor.ts';
import { QuickInput } from './support/quickInput.ts';
import { freshWindow, inWindow } from './support/window.ts';

describe('the packaged extension', function () {
  this.timeout(60_000);
  let editor: Editor;

  inWindow(freshWindow, (opened) => {
    editor = opened;
  });

  const isActive = () =>
    editor.harness.evaluate(
      (api) => api.extensions.getExtension('daviestechlabs.avatar-forge')?.isActive ?? null,
    );

  it('is installed, and sleeps until it is wanted', async () => {
    assert.equal(await isActive(), false);
  });

  it('wakes when the editor wants to know of MCP servers', async () => {
    const input = new QuickInput(editor);
    await input.listed(() => editor.command('workbench.mcp.listServer'), 'Avatar Forge');
    assert.equal(await isActive(), true);
    await editor.picture('mcp-servers');
    await editor.page.keyboard.press('Escape');
  });

  it('has all its commands', async () => {
    const commands = await editor.harness.evaluate((api) => api.commands.getCommands(true));
    const declared = manifest.contributes.commands.map(({ command }) => command);
    const missing = declared.filter((command) => !commands.includes(command));
    assert.deepEqual(missing, []);
  });
});
