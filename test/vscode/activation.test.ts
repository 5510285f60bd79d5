import assert from 'node:assert/strict';
import manifest from '../../package.json' with { type: 'json' };
import type { Editor } from './support/editor.ts';
import { until } from './support/until.ts';
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

  const listed = () => editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Avatar Forge' });

  it('is installed, and sleeps until it is wanted', async () => {
    assert.equal(await isActive(), false);
  });

  it('wakes when the editor wants to know of MCP servers', async () => {
    await until('its server in the list', async () => {
      void editor.command('workbench.mcp.listServer');
      const isListed = await listed()
        .waitFor({ timeout: 2_000 })
        .then(
          () => true,
          () => false,
        );
      if (!isListed) await editor.page.keyboard.press('Escape');
      return isListed;
    });
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
