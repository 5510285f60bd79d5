import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { certificates } from '../../support/certificates.ts';
import { chromiumMissing } from '../../support/previewPage.ts';
import { skip } from '../../support/skip.ts';
import { Editor } from './editor.ts';
import { startServer } from './tools.ts';

const root = join(import.meta.dirname, '../../..');
const vsix = join(root, 'out/avatar-forge.vsix');

let opened: Promise<Editor> | undefined;

/** One window for all the suites: the packaged extension in a fresh VS Code, Blender on this machine. For a `before` hook. */
async function sharedWindow(context: Mocha.Context): Promise<Editor> {
  const missing = chromiumMissing();
  if (missing !== null) skip(context, missing);
  context.timeout(180_000);
  opened ??= openWindow();
  return opened;
}

/** The same, where nobody has asked for the extension yet. */
export async function freshWindow(context: Mocha.Context): Promise<Editor> {
  const wasOpen = opened !== undefined;
  const editor = await sharedWindow(context);
  if (wasOpen) await editor.reload();
  return editor;
}

/** The same, with the tools in the editor's hands. */
export async function windowWithTools(context: Mocha.Context): Promise<Editor> {
  const editor = await sharedWindow(context);
  await startServer(editor);
  return editor;
}

/** Says what is to be undone at the end of a suite; the last is undone first. */
export type Later = (undo: () => unknown) => void;

/**
 * The `before` of a suite in the window, and its `after`: what `prepare` did is undone as far as it came. Where it does not come to
 * its end, there are pictures of that.
 */
export function inWindow(
  open: (context: Mocha.Context) => Promise<Editor>,
  prepare: (editor: Editor, later: Later) => unknown,
): void {
  const undos: (() => unknown)[] = [];
  let isReady = false;
  before(async function () {
    await prepare(await open(this), (undo) => undos.push(undo));
    isReady = true;
  });
  after(async function () {
    if (!isReady) await witness(`before-${this.test?.parent?.fullTitle() ?? ''}`);
    const failures: unknown[] = [];
    for (const undo of undos.toReversed()) {
      try {
        await undo();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `not undone: ${failures.join('; ')}`);
  });
}

function openWindow(): Promise<Editor> {
  execFileSync(process.execPath, [join(root, 'scripts/package.ts')], { stdio: 'inherit' });
  return Editor.open({
    extensions: [vsix],
    // Each test opens what it is about, and has the window to itself.
    settings: { 'avatarForge.workstation.headless': true, 'avatarForge.preview.openOnExport': false },
    authority: certificates().authority.cert,
  });
}

process.once('SIGTERM', () => process.exit(143)); // so that what was started is ended: CodeServer does, on exit

/** None where the window did not open, which says so itself. */
async function witness(title: string): Promise<void> {
  const editor = await opened?.catch(() => null);
  await editor?.witness(title);
}

afterEach(async function () {
  if (this.currentTest?.state === 'failed') await witness(this.currentTest.fullTitle());
});

after(async function () {
  this.timeout(30_000);
  const editor = await opened?.catch(() => null);
  await editor?.close();
});
