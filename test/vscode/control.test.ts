import assert from 'node:assert/strict';
import { ControlClient } from '../../src/adapters/control/controlClient.ts';
import { controlEnvironment } from '../../src/protocol/control.ts';
import type { Editor } from './support/editor.ts';
import { environmentOf, processesOf } from './support/processes.ts';
import { inWindow, windowWithTools } from './support/window.ts';

describe("the extension's control channel", function () {
  let editor: Editor;
  let path: string;
  let token: string;

  inWindow(windowWithTools, async (opened) => {
    editor = opened;
    const [server = 0] = await processesOf(editor, 'cli.js mcp');
    path = (await environmentOf(server, controlEnvironment.path)) ?? '';
    token = (await environmentOf(server, controlEnvironment.token)) ?? '';
    assert(path !== '' && token !== '');
  });

  const knock = (offered: string) =>
    ControlClient.connect({ path, token: offered }, { onReplaced: () => undefined });

  it('refuses a wrong token', async () => {
    await assert.rejects(knock('wrong'), { code: 'control-refused' });
  });

  it("refuses the server's own token when it comes a second time", async () => {
    await assert.rejects(knock(token), { code: 'control-refused' });
  });
});
