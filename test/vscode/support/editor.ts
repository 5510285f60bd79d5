import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { CodeServer } from '../../../scripts/codeServer.ts';
import { chromiumArguments, chromiumEnvironment, findChromium } from '../../../src/adapters/preview/chromium.ts';
import { socketVariable } from '../harness/protocol.ts';
import { Harness, packHarness } from './harness.ts';

/** Pictures to look at. */
const pictures = join(import.meta.dirname, '../../../out/vscode');

export interface EditorOptions {
  readonly extensions: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the workspace, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A real VS Code in a browser, with the harness in its extension host. Leaves nothing behind. */
export class Editor {
  readonly page: Page;
  readonly harness: Harness;
  readonly workspace: string;
  /** The home folder of its processes. */
  readonly home: string;
  readonly pictures = pictures;
  readonly #server: CodeServer;
  readonly #browser: BrowserContext;
  readonly #folder: string;

  static async open({ extensions, settings, files = {} }: EditorOptions): Promise<Editor> {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-vscode-'));
    const workspace = join(folder, 'workspace');
    const all = { 'README.md': '# A workspace\n', ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    await mkdir(pictures, { recursive: true });
    const socket = join(folder, 'rehearsal.sock');
    const harness = await Harness.listen(socket);
    const server = await CodeServer.start({
      profile: join(folder, 'profile'),
      extensions: [...extensions, await packHarness(join(folder, 'harness'))],
      settings: settings ?? {},
      env: { [socketVariable]: socket },
      idleSeconds: 120,
    });
    const browser = await chromium.launchPersistentContext(join(folder, 'chromium'), {
      executablePath: findChromium(undefined, process.env),
      args: [...chromiumArguments()],
      env: chromiumEnvironment(process.env),
      viewport: { width: 1280, height: 800 },
    });
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(server.url(workspace));
    const editor = new Editor({ page, harness, workspace, server, browser, folder });
    await editor.harness.evaluate((api) => api.version);
    return editor;
  }

  private constructor(parts: {
    readonly page: Page;
    readonly harness: Harness;
    readonly workspace: string;
    readonly server: CodeServer;
    readonly browser: BrowserContext;
    readonly folder: string;
  }) {
    this.page = parts.page;
    this.harness = parts.harness;
    this.workspace = parts.workspace;
    this.home = join(parts.server.profile, 'home');
    this.#server = parts.server;
    this.#browser = parts.browser;
    this.#folder = parts.folder;
  }

  command<R>(id: string, ...args: unknown[]): Promise<R> {
    return this.harness.evaluate(
      async (api, call: { id: string; args: unknown[] }) =>
        api.commands.executeCommand<R>(call.id, ...call.args),
      { id, args },
    );
  }

  /** Has our extension activated, as the first use of it does. */
  async activate(): Promise<void> {
    await this.harness.evaluate(async (api) => {
      await api.extensions.getExtension('daviestechlabs.avatar-forge')?.activate();
    });
  }

  /** Sets a user setting, or with undefined takes it back; resolves when it holds. */
  async set(name: string, value: unknown): Promise<void> {
    await this.harness.evaluate(
      async (api, setting: { name: string; value?: unknown }) =>
        api.workspace
          .getConfiguration()
          .update(setting.name, setting.value, api.ConfigurationTarget.Global),
      { name, value },
    );
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.harness.close();
    await this.#server.end();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
