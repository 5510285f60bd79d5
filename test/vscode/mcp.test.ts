import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { tools } from '../../src/server/tools/index.ts';
import { auditOf } from './support/audit.ts';
import type { Editor } from './support/editor.ts';
import { objectsOf } from './support/scene.ts';
import { invoke, result, toolNames } from './support/tools.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

describe("our server in VS Code's own MCP client", function () {
  this.timeout(120_000);
  let editor: Editor;

  inWindow(windowWithTools, (opened) => {
    editor = opened;
  });

  it('has all its tools in vscode.lm.tools', async () => {
    const expected = tools.map(({ name }) => `mcp_avatar_forge_${name}`);
    assert.deepEqual((await toolNames(editor)).toSorted(), expected.toSorted());
  });

  it('get_scene_info starts Blender and reads its scene', async () => {
    const { blender } = await result<{ blender: string }>(editor, 'get_scene_info');
    assert.match(blender, /^\d+\.\d+\.\d+$/);
  });

  it('create_object changes the scene', async () => {
    await result(editor, 'create_object', {
      objects: [{ kind: 'torus', name: 'Ring', location: [0, 0, 2], size: 3 }],
    });
    assert((await objectsOf(editor)).includes('Ring'));
  });

  it('get_screenshot gives a picture of it', async () => {
    const { images } = await invoke(editor, 'get_screenshot', { view: 'viewport', max_size: 256 });
    assert.equal(images.length, 1);
    const [png] = images as [Buffer];
    writeFileSync(join(editor.pictures, 'get-screenshot.png'), png);
    const { width, height, data } = PNG.sync.read(png);
    assert.equal(Math.max(width, height), 256);
    const colours = new Set(Array.from({ length: width * height }, (_, i) => data.readUInt32BE(4 * i)));
    assert(colours.size > 30, `${colours.size} colours are no picture`);
  });

  it('a mistake comes back with its repair', async () => {
    const { text } = await invoke(editor, 'create_object', { objects: [{ kind: 'banana' }] });
    assert.match(text, /bad-params/);
    assert.match(text, /call again/i);
  });

  it('a call that is cancelled in the editor is stopped in Blender', async () => {
    await editor.set('avatarForge.codePolicy', 'allow');
    try {
      const code = 'import time\nfor i in range(600):\n    time.sleep(0.1)';
      await assert.rejects(invoke(editor, 'execute_blender_code', { code }, 4_000), /cancel/i);
      await until('the audit of the cancelled call', async () =>
        (await auditOf(editor)).find(
          ({ what, outcome }) => what === 'execute_blender_code' && outcome === 'cancelled',
        ),
      );
      await objectsOf(editor); // and Blender serves again
    } finally {
      await editor.set('avatarForge.codePolicy', undefined);
    }
  });
});
