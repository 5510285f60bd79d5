import { ControlClient } from '../../../src/adapters/control/controlClient.ts';
import { type ControlHandlers, ControlServer } from '../../../src/extension/control/controlServer.ts';

const toClose: (() => unknown)[] = [];

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0).reverse()) await close();
}

export function afterwards(close: () => unknown): void {
  toClose.push(close);
}

export interface Channel {
  readonly server: ControlServer;
  /** What the server warned of. */
  readonly warnings: string[];
  /** What it was told, in order. */
  readonly heard: (readonly [string, unknown])[];
}

/** The extension's end, on a real socket. */
export async function listen(handlers: Partial<ControlHandlers> = {}, helloMs = 2_000): Promise<Channel> {
  const warnings: string[] = [];
  const heard: (readonly [string, unknown])[] = [];
  const server = await ControlServer.listen({
    version: '1.2.3',
    helloMs,
    warn: (message) => warnings.push(message),
    handlers: {
      endpoint: () => Promise.reject(new Error('not expected')),
      approve: () => Promise.reject(new Error('not expected')),
      serviceKeys: () => Promise.reject(new Error('not expected')),
      exported: (news) => heard.push(['exported', news]),
      activity: (news) => heard.push(['activity', news]),
      progress: (news) => heard.push(['progress', news]),
      ended: () => heard.push(['ended', null]),
      ...handlers,
    },
  });
  afterwards(() => server.dispose());
  return { server, warnings, heard };
}

/** The server's end, let in. */
export async function join(
  { server }: Channel,
  onReplaced: () => void = () => undefined,
): Promise<ControlClient> {
  const client = await ControlClient.connect(server.admit(), { onReplaced, timeoutMs: 2_000 });
  afterwards(() => client.close());
  return client;
}

/** Resolves once `is` holds; rejects after two seconds. */
export async function until(is: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 2_000; !is();) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
