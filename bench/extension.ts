import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'fflate';
import { findCodeServer } from '../scripts/codeServer.ts';
import { Editor } from '../test/vscode/support/editor.ts';
import { percentile, timeRow, type Bench, type Row } from './bench.ts';

const root = join(import.meta.dirname, '..');
const rounds = 5;

/** Well-known extensions that come with VS Code itself, so that both can be measured here, in the same window. */
const references = [
  { name: 'git', bundle: 'git/dist/main.js' },
  { name: 'typescript-language-features', bundle: 'typescript-language-features/dist/extension.js' },
] as const;

export const extension: Bench = {
  name: 'extension',
  about: `the packaged extension in code-server beside two of VS Code's own; activation: VS Code's figures, median of ${rounds}`,
  async *run() {
    execFileSync(process.execPath, [join(root, 'scripts/package.ts')], { cwd: root, stdio: 'ignore' });
    const own = zippedKb(...loadedAtOnce(join(root, 'dist/extension.js')));
    const extensions = join(findCodeServer(process.env), 'lib/vscode/extensions');
    for (const { name, bundle } of references)
      yield sizeRow(`loaded at activation: ${name}`, own, zippedKb(join(extensions, bundle)));
    const [ours, ...theirs] = await activations();
    for (const [index, { name }] of references.entries())
      yield timeRow(`activation: ${name}`, median(ours), median(theirs[index]), '≤ 50 ms');
  },
};

function sizeRow(bench: string, ours: number, reference: number): Row {
  const ratio = Number((reference / ours).toPrecision(4));
  return { bench, ours, reference, unit: 'kB zipped', ratio, aim: 'no more' };
}

function zippedKb(...files: readonly string[]): number {
  return Math.round(gzipSync(Buffer.concat(files.map((file) => readFileSync(file)))).length / 1000);
}

/** A module of ours and all that it imports statically; the references are one file each. */
function loadedAtOnce(module: string, files = new Set<string>()): readonly string[] {
  if (files.has(module)) return [];
  files.add(module);
  for (const [, path = ''] of readFileSync(module, 'utf8').matchAll(/\b(?:from|import) ?"(\.[^"]+)"/g))
    loadedAtOnce(join(dirname(module), path), files);
  return [...files];
}

/** Times in ms, for ours and then each reference: one for each time the window was loaded. */
async function activations(): Promise<readonly (readonly number[])[]> {
  const names = ['avatar-forge', ...references.map(({ name }) => name)];
  const times = names.map((): number[] => []);
  const editor = await Editor.open({
    extensions: [join(root, 'out/avatar-forge.vsix')],
  });
  try {
    for (let round = 0; round <= rounds; round += 1) {
      await editor.activate();
      for (const { name } of references) await editor.activate(`vscode.${name}`);
      for (const [index, name] of names.entries()) {
        const ms = await editor.activationMs(name);
        if (round > 0) times[index]?.push(ms); // the first fills the disk's and Node's caches
      }
      await editor.reload();
    }
  } finally {
    await editor.close();
  }
  return times;
}

function median(times: readonly number[] = []): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    50,
  );
}
