import { plainText } from '../../core/untrusted.ts';

/** A piece of a page that is sound HTML. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | null | readonly Html[];

/** Writes HTML: what is put in is text, escaped and without characters that hide, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: parts.map((part, index) => part + written(pieces[index] ?? null)).join('') };
}

function written(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(plainText(String(piece)));
  return 'html' in piece ? piece.html : piece.map((one) => one.html).join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
