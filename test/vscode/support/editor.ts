import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium, type BrowserContext, type Frame, type Page } from 'playwright-core';
import { CodeServer } from '../../../scripts/codeServer.ts';
import {
  chromiumArguments,
  chromiumEnvironment,
  findChromium,
} from '../../../src/adapters/preview/chromium.ts';
import { socketVariable } from '../harness/protocol.ts';
import { Harness, packHarness } from './harness.ts';
import { until, waitMs } from './until.ts';

/** Pictures to look at. */
const pictures = join(import.meta.dirname, '../../../out/vscode');

export interface EditorOptions {
  readonly extensions: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A certificate authority, PEM, that its processes trust beside the usual ones. */
  readonly authority?: string;
  /** Files of the workspace, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** code-server takes its PATH from a login shell: the newer rclone of scripts/setup.sh is told by its place. */
function rcloneByPath(): Readonly<Record<string, string>> {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'rclone'));
  const found = places.find((place) => existsSync(place));
  return found === undefined ? {} : { AVATAR_FORGE_RCLONE: found };
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

  static async open({ extensions, settings, authority = '', files = {} }: EditorOptions): Promise<Editor> {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-vscode-'));
    const workspace = join(folder, 'workspace');
    const all = { 'README.md': '# A workspace\n', ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    await mkdir(pictures, { recursive: true });
    const socket = join(folder, 'rehearsal.sock');
    const trusted = join(folder, 'authority.pem');
    await writeFile(trusted, authority);
    const harness = await Harness.listen(socket);
    const server = await CodeServer.start({
      profile: join(folder, 'profile'),
      extensions: [...extensions, await packHarness(join(folder, 'harness'))],
      settings: { 'workbench.reduceMotion': 'on', ...settings },
      env: {
        [socketVariable]: socket,
        ...rcloneByPath(),
        ...(authority === '' ? {} : { NODE_EXTRA_CA_CERTS: trusted }),
      },
      idleSeconds: 120,
    });
    const browser = await chromium.launchPersistentContext(join(folder, 'chromium'), {
      executablePath: findChromium(undefined, process.env),
      args: [...chromiumArguments()],
      env: chromiumEnvironment(process.env),
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(waitMs);
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

  /** Has an extension activated, ours if none is named, as the first use of it does. */
  async activate(id = 'daviestechlabs.avatar-forge'): Promise<void> {
    await this.harness.evaluate(async (api, wanted: string) => {
      const extension = api.extensions.getExtension(wanted);
      if (extension === undefined) throw new Error(`${wanted} is not installed`);
      await extension.activate();
    }, id);
  }

  /** How long the activation of an active extension took, by the editor's own measurement, in ms. */
  async activationMs(name: string): Promise<number> {
    await this.command('workbench.action.showRuntimeExtensions');
    const row = this.page.locator(`.monaco-list-row[aria-label="${name}"] .activation-time`);
    const text = await until(`${name} among the running extensions`, async () => {
      if (await row.isVisible()) return row.innerText();
      await this.page.locator('[aria-label="Runtime Extensions"]').focus();
      await this.page.keyboard.press('PageDown');
      return null;
    });
    await this.page.keyboard.press('Escape');
    await row.waitFor({ state: 'detached' });
    const ms = /(\d+)\s*ms/.exec(text)?.[1];
    if (ms === undefined) throw new Error(`no time in: ${text}`);
    return Number(ms);
  }

  /** Sets a user setting, or with undefined takes it back; resolves when it holds. */
  async set(name: string, value: unknown): Promise<void> {
    await this.harness.evaluate(
      async (api, setting: { name: string; value?: unknown }) =>
        api.workspace.getConfiguration().update(setting.name, setting.value, api.ConfigurationTarget.Global),
      { name, value },
    );
  }

  /** The page of a webview that shows this. */
  async webview(selector: string, withinMs?: number): Promise<Frame> {
    return until(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          if (frame === this.page.mainFrame()) continue;
          const shown = frame.locator(selector).first().isVisible();
          if (await shown.catch(() => false)) return frame;
        }
        return null;
      },
      withinMs,
    );
  }

  /** A new extension host in the same window. */
  async reload(): Promise<void> {
    const again = this.harness.again();
    await this.page.reload();
    await again;
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`), animations: 'disabled' });
  }

  /** What there is to see of a failure: a picture, one with all notifications, and the end of our own log. */
  async witness(title: string): Promise<void> {
    const name = `failed-${title.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}`;
    await this.picture(name);
    await this.command('notifications.showList');
    await this.picture(`${name}-notifications`);
    await this.command('notifications.hideList');
    const logs = join(this.home, '../user/logs');
    const all = await readdir(logs, { recursive: true });
    const last = all
      .filter((path) => path.endsWith('Avatar Forge.log'))
      .toSorted()
      .at(-1);
    const text = last === undefined ? '' : await readFile(join(logs, last), 'utf8');
    console.error(`${text.split('\n').slice(-20).join('\n')}\nPictures: ${join(this.pictures, name)}*.png`);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.harness.close();
    await this.#server.end();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
