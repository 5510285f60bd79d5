/** Our own preview page in a Chromium without a window: the host's side of src/protocol/preview.ts. */
import type { Browser, Page } from 'playwright-core';
import { ForgeError, reasonOf, toForgeError } from '../../core/errors.ts';
import type {
  FromPreview,
  LoadedModel,
  PreviewCommands,
  PreviewMethod,
  PreviewReply,
  PreviewWish,
  Size,
} from '../../protocol/preview.ts';
import { chromiumArguments, chromiumEnvironment, findChromium } from './chromium.ts';
import { fromPreview, resultSchemas } from './messages.ts';
import { PageServer } from './pageServer.ts';

export interface PreviewOptions {
  /** The built page: `preview.html`, `preview.js`, `preview.css`. */
  readonly pageFolder: string;
  /** Default: found on this machine. */
  readonly executablePath?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long each of starting and answering one command may take. Software rendering of a big model needs some. */
  readonly timeoutMs?: number;
  /** Of the page on the screen, for those who look at it; pictures are drawn at their own size. */
  readonly viewport?: Size;
  /** Default: `no-preference`. */
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

const DEFAULT_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** What is on the page itself nobody sees. */
const VIEWPORT = { width: 64, height: 64 };

type Settle = (reply: PreviewReply) => void;

/** Rejections are ForgeErrors: `chromium-missing`, `preview-not-built`, `preview-failed`, and the page's own codes. */
export class PreviewSession {
  /** What the page and the browser had to say: warnings, errors, and refused requests. */
  readonly log: readonly string[];
  /** The graphics driver's own name for itself. */
  readonly renderer: string;
  /** What the user of the page asked of its host. */
  readonly wishes: readonly PreviewWish[];
  /** The page itself, for those who drive it by hand. */
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: PageServer;
  readonly #timeoutMs: number;
  readonly #waiting: Map<number, Settle>;
  #lastId = 0;

  private constructor(parts: {
    readonly browser: Browser;
    readonly server: PageServer;
    readonly page: Page;
    readonly link: Link;
    readonly renderer: string;
    readonly timeoutMs: number;
  }) {
    this.#browser = parts.browser;
    this.#server = parts.server;
    this.page = parts.page;
    this.#waiting = parts.link.waiting;
    this.log = parts.link.log;
    this.wishes = parts.link.wishes;
    this.renderer = parts.renderer;
    this.#timeoutMs = parts.timeoutMs;
  }

  static async open(options: PreviewOptions): Promise<PreviewSession> {
    const { env = process.env, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const executablePath = findChromium(options.executablePath, env);
    const { chromium } = await import('playwright-core').catch((cause: unknown) => {
      throw new ForgeError('preview-failed', 'playwright-core is not installed.', 'Run npm ci.', { cause });
    });
    const server = await PageServer.start(options.pageFolder);
    let browser: Browser | null = null;
    try {
      browser = await chromium.launch({
        executablePath,
        headless: true,
        args: [...chromiumArguments()],
        env: chromiumEnvironment(env),
        timeout: timeoutMs,
      });
      const { viewport = VIEWPORT, reducedMotion = 'no-preference' } = options;
      const page = await browser.newPage({ viewport, reducedMotion, deviceScaleFactor: 1 });
      page.setDefaultTimeout(timeoutMs);
      const link = await connect(page, new URL(server.pageUrl).origin);
      await page.goto(server.pageUrl);
      const renderer = await within(link.ready, timeoutMs, 'The preview page did not start', link.log);
      return new PreviewSession({ browser, server, page, link, renderer, timeoutMs });
    } catch (thrown) {
      await Promise.allSettled([closeBrowser(browser), server.close()]);
      throw toForgeError(
        thrown,
        'preview-failed',
        'The preview could not be opened',
        'Look at the message above it.',
      );
    }
  }

  /** Shows a model, in place of the one before; `again`: of an older state of itself. */
  async load(model: Uint8Array, name: string, again = false): Promise<LoadedModel> {
    return this.offering(model, (url) => this.call('load', { source: { url }, name, again }));
  }

  /** Gives the page an address for these bytes for as long as the work takes. */
  async offering<T>(bytes: Uint8Array, work: (url: string) => Promise<T>): Promise<T> {
    const url = this.#server.offer(bytes);
    try {
      return await work(url);
    } finally {
      this.#server.withdraw(url);
    }
  }

  async call<M extends PreviewMethod>(
    method: M,
    params: PreviewCommands[M]['params'],
  ): Promise<PreviewCommands[M]['result']> {
    const id = ++this.#lastId;
    const reply = new Promise<PreviewReply>((resolve) => this.#waiting.set(id, resolve));
    // JSON is an expression of JavaScript; the page itself posts it, so that both kinds of host look alike to it.
    const message = JSON.stringify({ id, method, params });
    try {
      await within(
        this.page.evaluate(`postMessage(${message}, location.origin)`),
        this.#timeoutMs,
        method,
        this.log,
      );
      const answer = await within(reply, this.#timeoutMs, `The preview did not answer ${method}`, this.log);
      if ('fault' in answer) throw new ForgeError(answer.fault.code, answer.fault.message, answer.fault.next);
      const parsed = resultSchemas[method].safeParse(answer.result);
      if (!parsed.success)
        throw failed(`The preview answered ${method} with something else`, this.log, parsed.error);
      return parsed.data;
    } catch (thrown) {
      if (thrown instanceof ForgeError) throw thrown;
      throw failed(`The preview ended during ${method}: ${reasonOf(thrown)}`, this.log, thrown);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Ends the browser and the server. Never rejects, never waits for long. */
  async close(): Promise<void> {
    await Promise.allSettled([closeBrowser(this.#browser), this.#server.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Link {
  readonly waiting: Map<number, Settle>;
  readonly log: string[];
  readonly wishes: PreviewWish[];
  readonly ready: Promise<string>;
}

/** Listens to the page, and lets it reach nothing but our own server. */
async function connect(page: Page, origin: string): Promise<Link> {
  const waiting = new Map<number, Settle>();
  const log: string[] = [];
  const wishes: PreviewWish[] = [];
  let isReady: (renderer: string) => void;
  const ready = new Promise<string>((resolve) => (isReady = resolve));
  const receive = (message: FromPreview): void => {
    if (message.type === 'ready') isReady(message.renderer);
    else if (message.type === 'wish') wishes.push(message);
    else if (message.type === 'log') log.push(`${message.level}: ${message.message}`);
    else waiting.get(message.id)?.(message);
  };
  await page.exposeFunction('avatarForgeHost', (message: unknown) => {
    const parsed = fromPreview.safeParse(message);
    if (parsed.success) receive(parsed.data);
    else log.push('error: the page sent a message that is none of ours');
  });
  await page.route(
    (url) => url.origin !== origin && url.protocol !== 'blob:' && url.protocol !== 'data:',
    (route) => {
      log.push(`error: refused a request to ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      log.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => log.push(`error: ${error.message}`));
  page.on('crash', () => log.push('error: the page crashed'));
  return { waiting, log, wishes, ready };
}

async function closeBrowser(browser: Browser | null): Promise<void> {
  if (browser === null) return;
  await within(browser.close(), CLOSE_TIMEOUT_MS, 'Chromium did not close', []);
}

async function within<T>(work: Promise<T>, ms: number, what: string, log: readonly string[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failed(`${what} within ${ms / 1000} s`, log)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(what: string, log: readonly string[], cause?: unknown): ForgeError {
  return new ForgeError(
    'preview-failed',
    `${what}.`,
    'Try again; if it fails again, check the model and Chromium itself.',
    { cause, data: { log: log.slice(-20) } },
  );
}
