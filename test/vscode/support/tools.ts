import { setTimeout as sleep } from 'node:timers/promises';
import type { Editor } from './editor.ts';
import { until } from './until.ts';

/** What a tool answered, as a language model gets it. */
export interface ToolAnswer {
  readonly text: string;
  readonly images: readonly Buffer[];
}

interface Call {
  readonly name: string;
  readonly input: object;
  readonly cancelAfterMs: number | null;
}

/** Has the editor's MCP client start our server; returns the names under which the editor knows its tools. */
export async function startServer(editor: Editor): Promise<readonly string[]> {
  await editor.activate();
  return until(
    'our tools in vscode.lm.tools',
    async () => {
      // Not waited for without end: the editor's promise is lost where the server is replaced meanwhile.
      const started = editor.command('workbench.mcp.startServer', '*', { waitForLiveTools: true });
      await Promise.race([started, sleep(10_000, undefined, { ref: false })]);
      const names = await toolNames(editor);
      return names.length > 0 && names;
    },
    120_000,
  );
}

export function toolNames(editor: Editor): Promise<readonly string[]> {
  return editor.harness.evaluate((api) =>
    api.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('mcp_avatar_forge_')),
  );
}

/** `vscode.lm.invokeTool`, saying yes to the editor's own question; rejects when it was cancelled. */
export async function invoke(
  editor: Editor,
  tool: string,
  input: object = {},
  cancelAfterMs: number | null = null,
): Promise<ToolAnswer> {
  const call: Call = { name: `mcp_avatar_forge_${tool}`, input, cancelAfterMs };
  const answer = inExtensionHost(editor, call);
  const consent = consentUntil(editor, answer);
  const parts = await answer.finally(() => consent);
  return {
    text: parts.flatMap(({ text }) => text ?? []).join('\n'),
    images: parts.flatMap(({ image }) => (image === undefined ? [] : Buffer.from(image, 'base64'))),
  };
}

/** The editor's own question before a tool that changes something: a dialog, where no chat is there to ask in. */
async function consentUntil(editor: Editor, answer: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  answer.then(end, end);
  const yes = editor.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Yes$/ });
  while (!over.signal.aborted) {
    if (await yes.isVisible()) await yes.click({ timeout: 5_000 }).catch(() => undefined);
    await sleep(100);
  }
}

function inExtensionHost(editor: Editor, call: Call): Promise<{ text?: string; image?: string }[]> {
  return editor.harness.evaluate(async (api, { name, input, cancelAfterMs }: Call) => {
    const source = new api.CancellationTokenSource();
    if (cancelAfterMs !== null) setTimeout(() => source.cancel(), cancelAfterMs);
    const options = { input, toolInvocationToken: undefined };
    const { content } = await api.lm.invokeTool(name, options, source.token);
    return content.map((part) => {
      const { value, mimeType, data } = part as { value?: string; mimeType?: string; data?: Uint8Array };
      const isImage = mimeType?.startsWith('image/') === true && data !== undefined;
      return isImage ? { image: Buffer.from(data).toString('base64') } : { text: value ?? '' };
    });
  }, call);
}

/** The same, where the answer is the tool's structured result. */
export async function result<T>(editor: Editor, tool: string, input: object = {}): Promise<T> {
  const { text } = await invoke(editor, tool, input);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`${tool} failed: ${text}`);
  }
}
