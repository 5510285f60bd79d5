import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { previewHtml } from '../../core/preview/html.ts';
import { plainText } from '../../core/untrusted.ts';
import type { PreviewRequest } from '../../protocol/preview.ts';
import type { PreviewNews } from './previewNews.ts';

export interface PreviewsOptions {
  /** `dist/media`: the built page. */
  readonly media: string;
  /** `media/icons`. */
  readonly icons: string;
  readonly log: vscode.LogOutputChannel;
}

/** The preview page in editor tabs, one for each file. */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #panels = new Map<string, vscode.WebviewPanel>();

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /** Shows a VRM on this machine; a tab that is open comes to the front and loads it again. Error: `preview-not-built`. */
  async show(file: string, name: string): Promise<void> {
    const open = this.#panels.get(file);
    if (open !== undefined) {
      open.reveal();
      load(open.webview, file, name);
      return;
    }
    const template = await this.#template();
    const { readNews } = await import('./previewNews.ts'); // loaded on use
    const panel = vscode.window.createWebviewPanel(
      'avatarForge.preview',
      vscode.l10n.t('Preview: {0}', name),
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        localResourceRoots: [vscode.Uri.file(this.#options.media), vscode.Uri.file(dirname(file))],
      },
    );
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.file(join(this.#options.icons, `preview-${theme}.svg`));
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.#panels.set(file, panel);
    panel.onDidDispose(() => this.#panels.delete(file));
    panel.webview.onDidReceiveMessage((message: unknown) =>
      this.#receive(panel, { file, name }, readNews(message)),
    );
    const asset = (asset: string): string =>
      panel.webview.asWebviewUri(vscode.Uri.file(join(this.#options.media, asset))).toString();
    panel.webview.html = previewHtml(template, {
      cspSource: panel.webview.cspSource,
      scriptUrl: asset('preview.js'),
      styleUrl: asset('preview.css'),
    });
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #receive(
    panel: vscode.WebviewPanel,
    { file, name }: { readonly file: string; readonly name: string },
    data: PreviewNews | null,
  ): void {
    const { log } = this.#options;
    if (data === null) return;
    // A tab that was hidden starts its page afresh when it is shown.
    if (data.type === 'ready') load(panel.webview, file, name);
    if (data.type === 'log') log.info(`preview ${name}: ${plainText(data.message)}`);
    if (data.type !== 'reply') return;
    if (data.fault !== undefined)
      log.error(`preview ${name}: ${data.fault.code}: ${plainText(data.fault.message)}`);
    else if (data.id === loadId) present(panel.webview);
  }

  async #template(): Promise<string> {
    const { media } = this.#options;
    return readFile(join(media, 'preview.html'), 'utf8').catch((cause: unknown) => {
      throw new ForgeError(
        'preview-not-built',
        `The preview page is not in ${media}.`,
        'Install Avatar Forge again.',
        { cause },
      );
    });
  }
}

const loadId = 1;

function load(webview: vscode.Webview, file: string, name: string): void {
  // Another address for each load, so that a file that was written again is not taken from a cache.
  const url = webview.asWebviewUri(vscode.Uri.file(file)).with({ query: `at=${Date.now()}` });
  post(webview, { id: loadId, method: 'load', params: { source: { url: url.toString() }, name } });
}

/** A model has been loaded: it hangs its arms and lives. */
function present(webview: vscode.Webview): void {
  post(webview, { id: 2, method: 'setPose', params: { pose: 'relaxed' } });
  post(webview, { id: 3, method: 'setLive', params: { live: true } });
}

function post(webview: vscode.Webview, request: PreviewRequest): void {
  void webview.postMessage(request);
}
