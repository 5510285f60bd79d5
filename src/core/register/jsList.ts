import { listAmbiguous, listNotFound, listTwice } from './faults.ts';
import { type ModelList, namesModel, readList, stringsOf } from './list.ts';
import type { SyntaxNode } from './syntax.ts';

const usualName = /^(allowed|available)?(avatars?|vrm)?models?$|^(allowed|available)?avatars?(list|files?)?$/;

/**
 * The list in JavaScript: an array (bare, in a Set, frozen) or an object that is written out, of strings or of objects. Without a
 * `name` it is the one that names models, and of several the one that has a usual name, such as `AVATAR_MODELS`.
 */
export function findJsList(root: SyntaxNode, name: string | null, file: string): ModelList {
  const literals = root.descendantsOfType(['array', 'object']).map((node) => ({ node, name: nameOf(node) }));
  if (name !== null) {
    const [one, other] = literals.filter((literal) => literal.name === name);
    if (one === undefined) throw listNotFound(name, file);
    if (other !== undefined) throw listTwice(name, file, [one.node, other.node]);
    return listOf(root, one.node, name);
  }
  const naming = literals.filter(({ node }) => holdsModels(node));
  const isUsual = (literal: NamedLiteral): boolean =>
    usualName.test(literal.name.replaceAll('_', '').toLowerCase());
  const candidates =
    [naming.filter(isUsual), naming, literals.filter(isUsual)]
      .map(outermost)
      .find((some) => some.length > 0) ?? [];
  const [one, other] = candidates;
  if (one === undefined) throw listNotFound('of models', file);
  if (other !== undefined) throw listAmbiguous(file, candidates);
  return listOf(root, one.node, one.name);
}

function listOf(root: SyntaxNode, node: SyntaxNode, name: string): ModelList {
  const strings = root.descendantsOfType('string');
  const singles = strings.filter(({ text }) => text.startsWith("'"));
  const quote = singles.length * 2 >= strings.length ? "'" : '"';
  return readList(node, name, 'pair', node.type === 'array' ? { before: quote, after: quote } : null);
}

/** What the code calls a literal; empty where it has no name. */
function nameOf(node: SyntaxNode): string {
  const { parent } = node;
  switch (parent?.type ?? '') {
    case 'variable_declarator':
      return parent?.childForFieldName('name')?.text ?? '';
    case 'assignment_expression':
      return lastOf(parent?.childForFieldName('left'));
    case 'pair':
      return parent?.childForFieldName('key')?.text ?? '';
    case 'field_definition':
      return parent?.childForFieldName('property')?.text ?? '';
    case 'arguments':
    case 'new_expression':
    case 'call_expression':
    case 'parenthesized_expression':
      return parent === null ? '' : nameOf(parent);
    default:
      return '';
  }
}

/** `window.app.models` → `models` */
function lastOf(node: SyntaxNode | null | undefined): string {
  return node?.childForFieldName('property')?.text ?? node?.text ?? '';
}

/** Whether its elements, not what lies deeper, name models: each of an object, any of an array. */
function holdsModels(node: SyntaxNode): boolean {
  const elements = node.namedChildren.filter(({ type }) => type !== 'comment');
  if (elements.length === 0) return false;
  if (node.type === 'object' && node.parent?.type === 'array') return false; // an element of a list
  if (node.type === 'array') return elements.some((element) => elementNamesModel(element));
  return elements.every((element) => element.type === 'pair' && pairNamesModel(element));
}

function elementNamesModel(element: SyntaxNode): boolean {
  if (element.type !== 'object') return element.type !== 'array' && ownStrings(element).some(namesModel);
  return element.namedChildren.some((pair) => pair.type === 'pair' && valueNamesModel(pair));
}

/** `'A.vrm': true`, `a: '/models/A.vrm'`, `a: {file: 'A.vrm'}`. */
function pairNamesModel(pair: SyntaxNode): boolean {
  const key = pair.childForFieldName('key');
  if (key !== null && ownStrings(key).some(namesModel)) return true;
  const value = pair.childForFieldName('value');
  return value?.type === 'object' ? elementNamesModel(value) : valueNamesModel(pair);
}

function valueNamesModel(pair: SyntaxNode): boolean {
  const value = pair.childForFieldName('value');
  return (
    value !== null && value.type !== 'array' && value.type !== 'object' && ownStrings(value).some(namesModel)
  );
}

interface NamedLiteral {
  readonly node: SyntaxNode;
  readonly name: string;
}

/** Without those that lie in another: what describes one model may look like a list of one. */
function outermost(literals: readonly NamedLiteral[]): readonly NamedLiteral[] {
  return literals.filter(
    ({ node }) =>
      !literals.some(
        (other) => other.node.startIndex < node.startIndex && node.endIndex <= other.node.endIndex,
      ),
  );
}

function ownStrings(node: SyntaxNode): readonly string[] {
  return stringsOf(node).map(({ text }) => text);
}
