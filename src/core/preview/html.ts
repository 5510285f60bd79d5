/** The preview's page, filled in for a host: one policy on what it may load, wherever it is shown. */

export interface PreviewAssets {
  /** Where scripts, styles and models come from, as a CSP source: `'self'`, or a webview's `cspSource`. */
  readonly cspSource: string;
  readonly scriptUrl: string;
  readonly styleUrl: string;
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
export function previewHtml(template: string, assets: PreviewAssets): string {
  const values: Readonly<Record<string, string>> = {
    policy: previewPolicy(assets.cspSource),
    script: assets.scriptUrl,
    style: assets.styleUrl,
  };
  return template.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => escape(values[key] ?? whole));
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
