/**
 * `l10n/bundle.l10n.json`: every sentence that the extension says by `l10n.t(…)` or a `t(…)` that was passed on; translators copy
 * it to `bundle.l10n.LANGUAGE.json`. Writes it; `--check` fails where the file does not have just these.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const file = join(root, 'l10n/bundle.l10n.json');

const sentences = new Set<string>();
for (const name of globSync('src/extension/**/*.ts', { cwd: root })) {
  const source = ts.createSourceFile(
    name,
    readFileSync(join(root, name), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  collect(source);
}
const sorted = [...sentences].sort();
const text = `${JSON.stringify(Object.fromEntries(sorted.map((one) => [one, one])), null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (readIfThere() !== text) {
    console.error('l10n/bundle.l10n.json is not what src/extension says. node scripts/l10n.ts writes it.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(join(root, 'l10n'), { recursive: true });
  writeFileSync(file, text);
}

function readIfThere(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function collect(node: ts.Node): void {
  if (ts.isCallExpression(node) && isTranslate(node.expression)) {
    const [sentence] = node.arguments;
    if (sentence === undefined || !ts.isStringLiteralLike(sentence)) {
      throw new Error(
        `${node.getSourceFile().fileName}: ${node.getText()} is no plain text, and cannot be translated.`,
      );
    }
    sentences.add(sentence.text);
  }
  ts.forEachChild(node, collect);
}

function isTranslate(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return called.text === 't';
  return (
    ts.isPropertyAccessExpression(called) &&
    called.name.text === 't' &&
    called.expression.getText().endsWith('l10n')
  );
}
