import { ForgeError } from '../errors.ts';
import { plainText } from '../untrusted.ts';
import type { SyntaxNode } from './syntax.ts';

/** What keeps an allowlist from being edited. */

function lineOf({ startPosition }: SyntaxNode): number {
  return startPosition.row + 1;
}

/** @param found where the name is, with something else than a list that is written out */
export function listNotFound(name: string, file: string, found?: SyntaxNode): ForgeError {
  return found === undefined
    ? new ForgeError(
        'list-not-found',
        `${file} has no list ${name}.`,
        'Name the list with --go-list or --js-list, and see that the checkout is that of the companion app.',
      )
    : new ForgeError(
        'list-not-found',
        `${name} in ${file}, line ${lineOf(found)}, is no list that is written out.`,
        'Write it as a map or a slice with its elements between braces.',
      );
}

export function listTwice(name: string, file: string, nodes: readonly SyntaxNode[]): ForgeError {
  return new ForgeError(
    'list-found-twice',
    `${file} has ${name} more than once, in lines ${nodes.map(lineOf).join(' and ')}.`,
    'Keep one of them.',
  );
}

export function listAmbiguous(
  file: string,
  candidates: readonly { readonly node: SyntaxNode; readonly name: string }[],
): ForgeError {
  const list = candidates.map(
    ({ node, name }) => `${plainText(name, 80) || 'one without a name'} (line ${lineOf(node)})`,
  );
  return new ForgeError(
    'list-found-twice',
    `${file} has several lists of models: ${list.join(', ')}.`,
    'Name the one that is meant with --js-list.',
  );
}

export function syntaxFault(root: SyntaxNode, file: string): ForgeError {
  const { row, column } = firstFault(root).startPosition;
  return new ForgeError(
    'syntax-error',
    `${file} cannot be read: there is a syntax error at line ${row + 1}, column ${column + 1}.`,
    'Mend it, then register again.',
  );
}

function firstFault(node: SyntaxNode): SyntaxNode {
  if (node.isError || node.isMissing) return node;
  const child = node.children.find((one) => one.hasError || one.isMissing);
  return child === undefined ? node : firstFault(child);
}

export function shapeUnknown(list: string, file: string): ForgeError {
  return new ForgeError(
    'list-shape-unknown',
    `${list} in ${file} is empty, and what an entry looks like cannot be told from its type.`,
    'Write the first entry by hand; the next ones are made like it.',
  );
}
