import assert from 'node:assert/strict';
import { processesOf } from './support/processes.ts';
import type { Editor } from './support/editor.ts';
import { objectsOf } from './support/scene.ts';
import { inWindow, windowWithTools } from './support/window.ts';

describe('a workstation that is lost', function () {
  this.timeout(120_000);
  let editor: Editor;

  inWindow(windowWithTools, async (opened) => {
    editor = opened;
    await editor.command('avatarForge.startWorkstation');
  });

  const statusBar = (text: string) => editor.page.locator('.statusbar-item', { hasText: text }).first();

  it('is brought back under the same server', async () => {
    await statusBar('ms').waitFor();
    const server = await processesOf(editor, 'cli.js mcp');
    const [blender] = await processesOf(editor, '/boot.py');
    assert.equal(server.length, 1);
    assert(blender !== undefined);
    process.kill(blender, 'SIGKILL');
    await statusBar('reconnecting').waitFor();
    await editor.picture('reconnecting');
    await statusBar('ms').waitFor();
    assert((await objectsOf(editor)).length > 0);
    assert.deepEqual(await processesOf(editor, 'cli.js mcp'), server);
    const [another] = await processesOf(editor, '/boot.py');
    assert(another !== undefined && another !== blender);
  });
});
