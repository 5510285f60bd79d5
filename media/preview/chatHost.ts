/**
 * The page in a chat: it asks its own server for the model and gives itself the commands that an editor would give.
 * https://github.com/modelcontextprotocol/ext-apps/blob/main/specification/2026-01-26/apps.mdx#communication-protocol
 */
import type {
  FromPreview,
  PreviewFault,
  PreviewCommands,
  PreviewMethod,
  PreviewReport,
  PreviewRequest,
} from '../../src/protocol/preview.ts';
import type { Host } from './host.ts';

const PART = 1 << 20;

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown };
}

interface Described {
  readonly size: number;
  readonly shownSize: number | null;
  readonly isLighter: boolean;
  readonly mostShown: number;
  readonly report: PreviewReport;
}

interface ToolResult {
  readonly isError?: boolean;
  readonly content?: readonly { readonly text?: string; readonly resource?: { readonly blob?: string } }[];
  readonly structuredContent?: unknown;
}

export function connectChat(window: Window): Host {
  const waiting = new Map<number, (message: Message) => void>();
  let lastId = 0;
  let command: (request: PreviewRequest) => void = () => undefined;
  const post = (message: object): void => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const ask = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(String(error.message)));
      });
      post({ id, method, params });
    });
  /** Gives the page a command; the number it will answer with. */
  const tell = <M extends PreviewMethod>(method: M, params: PreviewCommands[M]['params']): number => {
    const id = ++lastId;
    command({ id, method, params } as PreviewRequest);
    return id;
  };
  const answers = new Map<number, (fault: PreviewFault | null) => void>();
  const done = (id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      answers.set(id, (fault) => {
        if (fault === null) resolve();
        else reject(new Error(`${fault.message} ${fault.next}`));
      });
    });
  const view = async (parameters: object): Promise<ToolResult> => {
    const result = (await ask('tools/call', { name: 'view_avatar', arguments: parameters })) as ToolResult;
    if (result.isError === true) throw new Error(result.content?.[0]?.text ?? 'The export cannot be read.');
    return result;
  };

  /** What goes wrong is shown as a model that cannot be read is: an empty one, with the reason. */
  const show = async (file: string): Promise<void> => {
    const about = (await view({ file })).structuredContent as Described;
    tell('report', about.report);
    if (about.shownSize === null) {
      tell('say', {
        text: `${file} has ${megabytes(about.size)}; a chat shows at most ${megabytes(about.mostShown)}. Open it in the preview.`,
      });
      return;
    }
    const bytes = new Uint8Array(about.shownSize);
    for (let at = 0; at < bytes.length; at += PART) {
      const part = await view({ file, offset: at, length: PART });
      bytes.set(decode(part.content?.[0]?.resource?.blob ?? ''), at);
      tell('say', { text: `Loading ${file}… ${Math.round((100 * at) / bytes.length)} %` });
    }
    const note = about.isLighter ? `lighter copy of ${megabytes(about.size)}` : undefined;
    const what = { source: { bytes: bytes.buffer }, name: file };
    await done(tell('load', note === undefined ? what : { ...what, note }));
    tell('setPose', { pose: 'relaxed' });
    tell('setLive', { live: true });
  };
  const start = async (): Promise<void> => {
    tell('welcome', { can: [], layout: 'chat' });
    tell('say', { text: 'Waiting for the export…' });
    await ask('ui/initialize', {
      protocolVersion: '2026-01-26',
      appInfo: { name: 'avatar-forge-viewer', version: '1' },
      appCapabilities: {},
    });
    post({ method: 'ui/notifications/initialized', params: {} });
    const { body } = window.document;
    new ResizeObserver(() => {
      post({ method: 'ui/notifications/size-changed', params: { height: Math.ceil(body.offsetHeight) } });
    }).observe(body);
  };
  const attempt = (work: Promise<void>): void => {
    work.catch((thrown: unknown) =>
      tell('say', { text: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
  };

  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (event.source !== window.parent || typeof message !== 'object' || message === null) return;
    const { id, method, params } = message as Message;
    if (method === undefined && typeof id === 'number') waiting.get(id)?.(message);
    else if (method === 'ui/notifications/tool-result') {
      const file = exportedIn(params);
      if (file !== null) attempt(show(file));
      else {
        const why = (params as ToolResult | undefined)?.content?.[0]?.text ?? '';
        tell('say', { text: `There is no export to show. ${why}` });
      }
    } else if (method === 'ui/notifications/tool-cancelled')
      tell('say', { text: 'The export was cancelled.' });
    else if (method === 'ui/resource-teardown') post({ id, result: {} });
  });
  return {
    send: (message: FromPreview) => {
      if (message.type === 'ready') attempt(start());
      if (message.type !== 'reply') return;
      answers.get(message.id)?.('fault' in message ? message.fault : null);
      answers.delete(message.id);
    },
    onRequest: (handle) => (command = handle),
  };
}

/** The name of the file that the tool wrote; null where it wrote none. */
function exportedIn(params: unknown): string | null {
  const { structuredContent } = params as ToolResult;
  const { file } = (structuredContent ?? {}) as { readonly file?: { readonly name?: unknown } };
  return typeof file?.name === 'string' ? file.name : null;
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
