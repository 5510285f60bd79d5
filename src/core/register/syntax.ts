/** What the edits of allowlists need of a syntax tree; tree-sitter's nodes have this shape. Positions count UTF-16 units. */
export interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startPosition: { readonly row: number; readonly column: number };
  readonly hasError: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
  readonly namedChildren: readonly SyntaxNode[];
  childForFieldName(name: string): SyntaxNode | null;
  descendantsOfType(types: string | string[]): readonly SyntaxNode[];
}

export type Language = 'go' | 'javascript';

/** Parses a whole file; what is wrong in it is in the tree. */
export type Parse = (language: Language, text: string) => SyntaxNode;
