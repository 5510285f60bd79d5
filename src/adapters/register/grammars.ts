import type { Parser } from 'web-tree-sitter';
import type { Language, Parse } from '../../core/register/syntax.ts';
import { readWasm } from '../wasm.ts';

const grammars: Readonly<Record<Language, string>> = {
  go: 'tree-sitter-go/tree-sitter-go.wasm',
  javascript: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
};

let loaded: Promise<Parse> | undefined;

/** The parsers of the companion app's languages, compiled to WebAssembly; loaded once. */
export function openGrammars(): Promise<Parse> {
  return (loaded ??= load());
}

async function load(): Promise<Parse> {
  const { Language: Grammar, Parser } = await import('web-tree-sitter'); // loaded on use
  await Parser.init({ wasmBinary: await readWasm('web-tree-sitter/web-tree-sitter.wasm') });
  const parsers = new Map<Language, Parser>();
  for (const language of ['go', 'javascript'] as const) {
    const grammar = await Grammar.load(await readWasm(grammars[language]));
    parsers.set(language, new Parser().setLanguage(grammar));
  }
  return (language, text) => {
    const tree = parsers.get(language)?.parse(text);
    if (tree === null || tree === undefined) throw new Error(`The parser for ${language} gave nothing`);
    return tree.rootNode;
  };
}
