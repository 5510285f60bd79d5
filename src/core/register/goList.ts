import { listNotFound, listTwice } from './faults.ts';
import { type ModelList, readList } from './list.ts';
import type { SyntaxNode } from './syntax.ts';

/** The allowlist in Go: `var NAME = …` of the package, a map, slice or array that is written out. */
export function findGoList(root: SyntaxNode, name: string, file: string): ModelList {
  const specs = root.namedChildren
    .filter(({ type }) => type === 'var_declaration')
    .flatMap((declaration) => declaration.descendantsOfType('var_spec'))
    .filter((spec) => spec.childForFieldName('name')?.text === name);
  const [spec, other] = specs;
  if (spec === undefined) throw listNotFound(name, file);
  if (other !== undefined) throw listTwice(name, file, [spec, other]);
  const literal = spec.childForFieldName('value')?.namedChildren[0];
  const body = literal?.type === 'composite_literal' ? literal.childForFieldName('body') : null;
  if (literal === undefined || body === null) throw listNotFound(name, file, spec);
  return readList(body, name, 'keyed_element', firstOf(literal.childForFieldName('type')));
}

function firstOf(type: SyntaxNode | null): ModelList['first'] {
  if (type === null) return null;
  switch (type.type) {
    case 'map_type': {
      if (type.childForFieldName('key')?.text !== 'string') return null;
      const value = type.childForFieldName('value')?.text.replaceAll(/\s/g, '');
      if (value === 'bool') return { before: '"', after: '": true' };
      return value === 'struct{}' ? { before: '"', after: '": {}' } : null;
    }
    case 'slice_type':
    case 'array_type':
    case 'implicit_length_array_type':
      return type.childForFieldName('element')?.text === 'string' ? { before: '"', after: '"' } : null;
    default:
      return null;
  }
}
