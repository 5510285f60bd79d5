import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { previewHtml } from '../../core/preview/html.ts';
import { plainText } from '../../core/untrusted.ts';
import type { PreviewRequest } from '../../protocol/preview.ts';
import { debounced } from '../views/debounce.ts';
import type { PreviewNews } from './previewNews.ts';

export interface PreviewsOptions {
  /** `dist/media`: the built page. */
  readonly media: string;
  /** `media/icons`. */
  readonly icons: string;
  readonly log: vscode.LogOutputChannel;
}

/** As in package.json, `customEditors`. */
const viewType = 'avatarForge.preview';

/** The editor for `.vrm`: the preview page, which loads the model again when its file is written. */
export class Previews implements vscode.CustomReadonlyEditorProvider {
  readonly #options: PreviewsOptions;
  readonly #registration: vscode.Disposable;

  constructor(options: PreviewsOptions) {
    this.#options = options;
    this.#registration = vscode.window.registerCustomEditorProvider(viewType, this, {
      webviewOptions: { retainContextWhenHidden: false }, // a model takes memory; it is loaded again when shown
    });
  }

  /** Shows a VRM on this machine; a tab that is open comes to the front. */
  async show(file: string): Promise<void> {
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), viewType);
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  /** Error: `preview-not-built`. */
  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const template = await this.#template();
    const { readNews } = await import('./previewNews.ts'); // loaded on use
    const { webview } = panel;
    const model = { uri, name: basename(uri.path) };
    const folder = vscode.Uri.joinPath(uri, '..');
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.file(this.#options.media), folder],
    };
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.file(join(this.#options.icons, `preview-${theme}.svg`));
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.onDidReceiveMessage((message: unknown) => this.#receive(webview, model, readNews(message)));
    const asset = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.file(join(this.#options.media, name))).toString();
    webview.html = previewHtml(template, {
      cspSource: webview.cspSource,
      scriptUrl: asset('preview.js'),
      styleUrl: asset('preview.css'),
    });
    const reload = debounced(settleMs, () => load(webview, model));
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, model.name));
    const watching = vscode.Disposable.from(
      watcher,
      reload,
      watcher.onDidChange(reload),
      watcher.onDidCreate(reload),
    );
    panel.onDidDispose(() => {
      watching.dispose();
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #receive(webview: vscode.Webview, model: Model, data: PreviewNews | null): void {
    const { log } = this.#options;
    if (data === null) return;
    // A tab that was hidden starts its page afresh when it is shown.
    if (data.type === 'ready') load(webview, model);
    if (data.type === 'log') log.info(`preview ${model.name}: ${plainText(data.message)}`);
    if (data.type !== 'reply') return;
    if (data.fault !== undefined)
      log.error(`preview ${model.name}: ${data.fault.code}: ${plainText(data.fault.message)}`);
    else if (data.id === loadId) present(webview);
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

interface Model {
  readonly uri: vscode.Uri;
  readonly name: string;
}

const loadId = 1;
/** A file is written in many pieces: how long it must have been left alone. */
const settleMs = 300;

function load(webview: vscode.Webview, { uri, name }: Model): void {
  // Another address for each load, so that a file that was written again is not taken from a cache.
  const url = webview.asWebviewUri(uri).with({ query: `at=${Date.now()}` });
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
