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

afterEach(async function () {
  if (this.currentTest?.state === 'failed') await (await opened)?.witness(this.currentTest.fullTitle());
});

after(async function () {
  this.timeout(30_000);
  await (await opened)?.close();
});
