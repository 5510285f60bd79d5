import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { figureNames } from '../../core/preview/figureNames.ts';
import { previewHtml } from '../../core/preview/html.ts';
import { plainText } from '../../core/untrusted.ts';
import type { Profile } from '../../core/vrm/profile.ts';
import type { HostAbility, PreviewRequest, PreviewWish } from '../../protocol/preview.ts';
import { showError } from '../failure.ts';
import { debounced } from '../views/debounce.ts';
import type { PreviewNews } from './previewNews.ts';

export interface PreviewsOptions {
  /** `dist/media`: the built page. */
  readonly media: string;
  /** `media/icons`. */
  readonly icons: string;
  readonly log: vscode.LogOutputChannel;
  /** The folder of promoted models, now; null where none is set. */
  readonly production: () => string | null;
  /** Whether a file is but a copy of one elsewhere. */
  readonly isCopy: (file: string) => boolean;
  /** What models are held against. */
  readonly profile: () => Promise<Profile>;
}

/** As in package.json, `customEditors`. */
const viewType = 'avatarForge.preview';

/** The editor for `.vrm` and `.vrma`: the preview page, which loads the file again when it is written. */
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

  /** Shows a VRM beside what the user is at, whose focus stays. */
  async showBeside(file: string): Promise<void> {
    const uri = vscode.Uri.file(file);
    if (isOpen(uri)) return; // it loads the new file by itself
    const isEmpty = vscode.window.tabGroups.activeTabGroup.tabs.length === 0;
    const viewColumn = isEmpty ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
    const options = { viewColumn, preserveFocus: true };
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType, options);
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  /** Error: `preview-not-built`. */
  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const template = await this.#template();
    const { readNews } = await import('./previewNews.ts'); // loaded on use
    const { webview } = panel;
    const model: Model = { uri, name: basename(uri.path), shown: false, figure: null };
    const folder = vscode.Uri.joinPath(uri, '..');
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.file(this.#options.media), folder],
    };
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.file(join(this.#options.icons, `preview-${theme}.svg`));
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.onDidReceiveMessage((message: unknown) => this.#receive(webview, model, readNews(message)));
    webview.html = previewHtml(template, {
      cspSource: webview.cspSource,
      urlOf: (file) => webview.asWebviewUri(vscode.Uri.file(join(this.#options.media, file))).toString(),
    });
    const reload = debounced(settleMs, () => void this.#load(webview, model));
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
    if (data.type === 'ready') {
      model.shown = false;
      post(webview, { id: 5, method: 'welcome', params: { can: abilities, layout: 'editor' } });
      void this.#load(webview, model);
    }
    if (data.type === 'wish') void this.#grant(webview, model, data);
    if (data.type === 'log') log.info(`preview ${model.name}: ${plainText(data.message)}`);
    if (data.type !== 'reply') return;
    if (data.fault !== undefined)
      log.error(`preview ${model.name}: ${data.fault.code}: ${plainText(data.fault.message)}`);
    // A figure is there to look at even where its animation cannot be read.
    if (data.id === loadId && (data.fault === undefined || model.figure !== null)) present(webview, model);
    if (data.id === figureId) animate(webview, model); // on sticks where the figure cannot be read
  }

  /** The page fetches the file; what the check says of it comes after. An animation is shown on the figure it was made for. */
  async #load(webview: vscode.Webview, model: Model): Promise<void> {
    if (isAnimation(model)) model.figure = await figureOf(model);
    if (model.figure !== null) load(webview, figureId, model.figure, model.shown);
    else if (isAnimation(model)) animate(webview, model);
    else load(webview, loadId, model.uri, model.shown);
    const checked = shownIn(model);
    if (checked === null) return;
    await this.#report(webview, checked).catch((thrown: unknown) => {
      this.#options.log.warn(`preview ${model.name}: ${plainText(reasonOf(thrown))}`);
    });
  }

  async #report(webview: vscode.Webview, uri: vscode.Uri): Promise<void> {
    const { checkModel } = await import('./checkModel.ts'); // loaded on use
    const params = await checkModel(uri, await this.#options.profile());
    post(webview, { id: 6, method: 'report', params });
  }

  async #grant(webview: vscode.Webview, model: Model, wish: PreviewWish): Promise<void> {
    try {
      const { grant } = await import('./previewWishes.ts'); // loaded on use
      const file = (shownIn(model) ?? model.uri).fsPath;
      await grant(wish, {
        file,
        isCopy: this.#options.isCopy(file),
        production: this.#options.production(),
        post: (request) => post(webview, request),
      });
    } catch (thrown) {
      showError(this.#options.log, thrown);
    }
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

function isOpen(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .some(
      ({ input }) =>
        input instanceof vscode.TabInputCustom &&
        input.viewType === viewType &&
        input.uri.toString() === uri.toString(),
    );
}

interface Model {
  readonly uri: vscode.Uri;
  readonly name: string;
  /** By the page as it is now: what comes next is a newer state of it. */
  shown: boolean;
  /** Of an animation: the model beside it that it was made for; null where there is none. */
  figure: vscode.Uri | null;
}

const abilities = [
  'choose-animation',
  'choose-comparison',
  'save-picture',
  'keep-thumbnail',
  'optimise',
] as const satisfies readonly HostAbility[];

const loadId = 1;
const figureId = 7;
/** A file is written in many pieces: how long it must have been left alone. */
const settleMs = 300;

function isAnimation({ name }: Model): boolean {
  return name.toLowerCase().endsWith('.vrma');
}

/** The VRM that is on the screen; null where there are sticks alone. */
function shownIn(model: Model): vscode.Uri | null {
  return isAnimation(model) ? model.figure : model.uri;
}

async function figureOf({ uri, name }: Model): Promise<vscode.Uri | null> {
  for (const one of figureNames(name)) {
    const figure = vscode.Uri.joinPath(uri, '..', one);
    const found = await Promise.resolve(vscode.workspace.fs.stat(figure)).catch(() => null);
    if (found !== null) return figure;
  }
  return null;
}

function load(webview: vscode.Webview, id: number, uri: vscode.Uri, again: boolean): void {
  const params = { source: sourceOf(webview, uri), name: basename(uri.path), again };
  post(webview, { id, method: 'load', params });
}

function animate(webview: vscode.Webview, { uri, name }: Model): void {
  post(webview, { id: loadId, method: 'animate', params: { source: sourceOf(webview, uri), name } });
}

/** Another address for each load, so that a file that was written again is not taken from a cache. */
function sourceOf(webview: vscode.Webview, uri: vscode.Uri): { readonly url: string } {
  return {
    url: webview
      .asWebviewUri(uri)
      .with({ query: `at=${Date.now()}` })
      .toString(),
  };
}

/** What has come up first hangs its arms and lives; what is loaded again goes on as it was. */
function present(webview: vscode.Webview, model: Model): void {
  if (model.shown) return;
  model.shown = true;
  if (!isAnimation(model)) post(webview, { id: 2, method: 'setPose', params: { pose: 'relaxed' } });
  post(webview, { id: 3, method: 'setLive', params: { live: true } });
}

function post(webview: vscode.Webview, request: PreviewRequest): void {
  void webview.postMessage(request);
}
