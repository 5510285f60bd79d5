import assert from 'node:assert/strict';
import manifest from '../../package.json' with { type: 'json' };
import type { Editor } from './support/editor.ts';
import { freshWindow } from './support/window.ts';

describe('the packaged extension', function () {
  this.timeout(60_000);
  let editor: Editor;

  before(async function () {
    editor = await freshWindow(this);
  });

  const isActive = () =>
    editor.harness.evaluate(
      (api) => api.extensions.getExtension('daviestechlabs.avatar-forge')?.isActive ?? null,
    );

  it('is installed, and sleeps until it is wanted', async () => {
    assert.equal(await isActive(), false);
  });

  it('wakes when the editor wants to know of MCP servers', async () => {
    void editor.command('workbench.mcp.listServer');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Avatar Forge' }).waitFor();
    await editor.picture('mcp-servers');
    assert.equal(await isActive(), true);
    await editor.page.keyboard.press('Escape');
  });

  it('has all its commands', async () => {
    const commands = await editor.harness.evaluate((api) => api.commands.getCommands(true));
    const declared = manifest.contributes.commands.map(({ command }) => command);
    const missing = declared.filter((command) => !commands.includes(command));
    assert.deepEqual(missing, []);
  });
});
