/** The preview's page, filled in for a host: one policy on what it may load, wherever it is shown. */

export interface PreviewAssets {
  /** Where scripts, styles and models come from, as a CSP source: `'self'`, or a webview's `cspSource`. */
  readonly cspSource: string;
  /** Where a file lies that the page consists of. */
  readonly urlOf: (file: string) => string;
}

/**
 * Decoders of compressed models are WebAssembly, and three starts them in workers that it makes of `blob:` addresses. The page
 * itself fetches no `blob:`, and compiles no text.
 */
export function previewPolicy(cspSource: string): string {
  return [
    `default-src 'none'`,
    `script-src ${cspSource} 'wasm-unsafe-eval'`,
    `style-src ${cspSource}`,
    `img-src data:`,
    `connect-src ${cspSource}`,
    `worker-src blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/** Fills in `media/preview/preview.html`. */
export function previewHtml(template: string, { cspSource, urlOf }: PreviewAssets): string {
  return template.replaceAll(/\{\{([\w.-]+)\}\}/g, (_, place: string) =>
    escape(place === 'policy' ? previewPolicy(cspSource) : urlOf(place)),
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/**
 * The same page with style and script inside it, for hosts that show a text and have a policy of their own. It is told so, and
 * speaks to its host as MCP Apps do.
 */
export function previewInOnePiece(
  template: string,
  parts: { readonly style: string; readonly script: string },
): string {
  const pieces: readonly (readonly [tag: RegExp, piece: string])[] = [
    [/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''],
    [/<link rel="stylesheet"[^>]*>/, `<style>${parts.style}</style>`],
    [/<link rel="modulepreload"[^>]*>/, ''],
    // A text that ends the script would end it in the middle.
    [
      /<script[^>]*><\/script>/,
      `<script type="module">${parts.script.replaceAll('</script', '<\\/script')}</script>`,
    ],
    [/<body>/, '<body data-host="mcp-app">'],
  ];
  return pieces.reduce((html, [tag, piece]) => html.replace(tag, () => piece), template);
}
