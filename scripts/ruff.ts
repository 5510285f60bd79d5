/**
 * Lints and format-checks the Python of the repository with ruff's WASM build, so that nothing has to be installed.
 * `--write` formats and sorts the imports instead. Rules: https://docs.astral.sh/ruff/rules/
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { PositionEncoding, Workspace, type Diagnostic } from '@astral-sh/ruff-wasm-nodejs';

const patterns = [
  'blender-addon/**/*.py',
  'test/**/*.py',
  'bench/**/*.py',
  'scripts/**/*.py',
  'kasm-image/**/*.py',
];
const ruff = new Workspace(
  {
    'line-length': 110,
    'target-version': 'py310', // Blender 3.4
    lint: {
      select: ['E', 'F', 'W', 'I', 'UP', 'B', 'C4', 'SIM', 'RUF'],
      isort: { 'known-first-party': ['avatar_forge'] },
    },
  },
  PositionEncoding.Utf16,
);

const write = process.argv.includes('--write');
const files = patterns.flatMap((pattern) => globSync(pattern)).sort();
let problems = 0;

function report(file: string, line: number, text: string): void {
  problems += 1;
  console.error(`${file}:${line} ${text}`);
}

function offsetOf(text: string, at: { row: number; column: number }): number {
  const before = text.split('\n').slice(0, at.row - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + at.column - 1;
}

function sortImports(text: string): string {
  const edits = (ruff.check(text) as Diagnostic[])
    .filter(({ code }) => code === 'I001')
    .flatMap(({ fix }) => fix?.edits ?? [])
    .map((edit) => ({
      from: offsetOf(text, edit.location),
      to: offsetOf(text, edit.end_location),
      content: edit.content ?? '',
    }))
    .sort((a, b) => b.from - a.from);
  return edits.reduce(
    (result, { from, to, content }) => result.slice(0, from) + content + result.slice(to),
    text,
  );
}

for (const file of files) {
  let text = readFileSync(file, 'utf8');
  if (write) {
    const formatted = ruff.format(sortImports(text));
    if (formatted !== text) writeFileSync(file, formatted);
    text = formatted;
  }
  for (const { code, message, start_location } of ruff.check(text) as Diagnostic[]) {
    report(file, start_location.row, `${code ?? 'syntax'} ${message}`);
  }
  if (ruff.format(text) !== text) report(file, 1, 'is not formatted: node scripts/ruff.ts --write');
}

if (files.length === 0) report('.', 0, `No Python matches ${patterns.join(', ')}`);
console.log(`ruff ${Workspace.version()}: ${files.length} files, ${problems} problems`);
if (problems > 0) process.exitCode = 1;
