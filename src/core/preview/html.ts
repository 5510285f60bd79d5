/** The preview's page, filled in for a host: one policy on what it may load, wherever it is shown. */

export interface PreviewAssets {
  /** Where scripts, styles and models come from, as a CSP source: `'self'`, or a webview's `cspSource`. */
  readonly cspSource: string;
  readonly scriptUrl: string;
  readonly styleUrl: string;
}

/**
 * Pictures inside a model are decoded by way of `blob:` addresses that three fetches: without `connect-src blob:` a model
 * loads without its textures and says nothing.
 */
export function previewPolicy(cspSource: string): string {
  return [
    `default-src 'none'`,
    `script-src ${cspSource}`,
    `style-src ${cspSource}`,
    `img-src ${cspSource} blob: data:`,
    `connect-src ${cspSource} blob: data:`,
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
