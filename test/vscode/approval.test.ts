import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { auditOf } from './support/audit.ts';
import type { Editor } from './support/editor.ts';
import { QuickInput } from './support/quickInput.ts';
import { objectsOf } from './support/scene.ts';
import { invoke, type ToolAnswer } from './support/tools.ts';
import { inWindow, windowWithTools } from './support/window.ts';

const codeThatAdds = (name: string): string =>
  `# Adds an empty called ${name}\nimport bpy\n\nthing = bpy.data.objects.new("${name}", None)\nbpy.context.collection.objects.link(thing)`;

describe('approval of code', function () {
  this.timeout(120_000);
  let editor: Editor;
  let input: QuickInput;

  inWindow(windowWithTools, (opened, later) => {
    editor = opened;
    input = new QuickInput(editor);
    later(() => editor.reload()); // what was allowed for the session is not, after it
  });

  const question = (): Locator => input.question('Run this code in Blender?');

  /** Has an agent send code; looks at the question when it is there, and answers it. */
  async function sendCode(code: string, answer: string, look?: () => Promise<void>): Promise<ToolAnswer> {
    const call = invoke(editor, 'execute_blender_code', { code, label: 'Add a thing' });
    await question().waitFor();
    await look?.();
    await input.choice(answer).click();
    return call;
  }

  it('denied code does not run, and the agent is told', async () => {
    const { text } = await sendCode(codeThatAdds('Denied'), 'Deny', async () => {
      const shown = editor.page.locator('.editor-instance .view-lines', { hasText: 'Denied' });
      await shown.waitFor();
      await editor.picture('approval');
    });
    assert.match(text, /code-denied/);
    assert(!(await objectsOf(editor)).includes('Denied'));
    const last = (await auditOf(editor)).at(-1);
    assert.deepEqual([last?.what, last?.outcome], ['execute_blender_code', 'code-denied']);
  });

  it('the question closed with Escape, or answered by a stray Enter, is a no', async () => {
    for (const key of ['Escape', 'Enter']) {
      const call = invoke(editor, 'execute_blender_code', { code: codeThatAdds(key) });
      await question().waitFor();
      await editor.page.keyboard.press(key);
      assert.match((await call).text, /code-denied/);
      assert(!(await objectsOf(editor)).includes(key));
    }
  });

  it('code allowed once runs, the next is asked about again, beside the last', async () => {
    await sendCode(codeThatAdds('Allowed'), 'Allow once');
    assert((await objectsOf(editor)).includes('Allowed'));
    const last = (await auditOf(editor)).findLast(({ what }) => what === 'execute_blender_code');
    assert.equal(last?.outcome, 'ok');
    assert.match(last.note ?? '', /once/);
    const danger = `${codeThatAdds('Dangerous')}\nimport os\nos.remove("/nowhere")`;
    await sendCode(danger, 'Deny', async () => {
      await editor.page.locator('.monaco-diff-editor').first().waitFor();
      assert.match((await question().locator('input').getAttribute('placeholder')) ?? '', /deletes files/);
      await editor.picture('approval-diff');
    });
  });

  it('undoing the run restores the scene before it', async () => {
    await editor.command('avatarForge.undoRun');
    const objects = await objectsOf(editor);
    assert(!objects.includes('Allowed'), objects.join(', '));
  });

  it('code allowed for the session runs, and the next is not asked about', async () => {
    await sendCode(codeThatAdds('First'), 'Allow for this session');
    const call = invoke(editor, 'execute_blender_code', { code: codeThatAdds('Second') });
    const first = await Promise.race([call, question().waitFor()]);
    assert(first !== undefined, 'it asked again');
    const objects = await objectsOf(editor);
    assert(objects.includes('First') && objects.includes('Second'), objects.join(', '));
  });

  it('with the policy deny nobody is asked', async () => {
    await editor.set('avatarForge.codePolicy', 'deny');
    try {
      const { text } = await invoke(editor, 'execute_blender_code', { code: codeThatAdds('Refused') });
      assert.match(text, /code-denied/);
    } finally {
      await editor.set('avatarForge.codePolicy', undefined);
    }
  });
});
