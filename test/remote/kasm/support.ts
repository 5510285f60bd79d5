import { KasmApi, type KasmApiOptions } from '../../../src/adapters/kasm/kasmApi.ts';
import { KasmWorkstation, type KasmWorkstationOptions } from '../../../src/adapters/kasm/kasmWorkstation.ts';
import type { SessionStore } from '../../../src/adapters/kasm/sessionStore.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { KasmEmulator, type KasmEmulatorOptions } from '../../emulators/kasm.ts';
import { afterwards } from '../../unit/control/support.ts';

export interface MemoryStore extends SessionStore {
  text: string | undefined;
}

/** Survives a restart that a test plays. */
export function memoryStore(): MemoryStore {
  const store: MemoryStore = {
    text: undefined,
    load: () => Promise.resolve(store.text),
    save: (text) => Promise.resolve(void (store.text = text)),
    forget: () => Promise.resolve(void (store.text = undefined)),
  };
  return store;
}

/** The revisions of the API. */
export const revisions = ['public', 'rest'] as const;

export async function emulator(options: KasmEmulatorOptions = {}): Promise<KasmEmulator> {
  const kasm = await KasmEmulator.listen(options);
  afterwards(() => kasm.close());
  return kasm;
}

export function apiOf(kasm: KasmEmulator, options: Partial<KasmApiOptions> = {}): KasmApi {
  return new KasmApi({ url: kasm.url, key: kasm.key, waitMs: () => 1, ...options });
}

/** With waits that suit a test. */
export function workstationOf(
  kasm: KasmEmulator,
  options: Partial<KasmWorkstationOptions> = {},
): { readonly workstation: KasmWorkstation; readonly lines: string[] } {
  const lines: string[] = [];
  const workstation = new KasmWorkstation({
    api: apiOf(kasm),
    store: memoryStore(),
    image: 'Avatar Forge',
    user: 'ada@example.com',
    tryWay: () => Promise.resolve(),
    onLine: (line) => lines.push(line),
    pollMs: 2,
    startMs: 1_000,
    reachMs: 20,
    destroyMs: 20,
    settleMs: 20,
    ...options,
  });
  return { workstation, lines };
}

/** What a call rejects with. */
export async function rejection(call: Promise<unknown>): Promise<ForgeError> {
  const thrown: unknown = await call.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  if (thrown instanceof ForgeError) return thrown;
  throw new Error(`expected a ForgeError, got ${String(thrown)}`);
}

/** All that somebody could read of it. */
export function everyWord(error: ForgeError): string {
  const { cause, message, next, stack, data } = error;
  const inner = cause instanceof ForgeError ? everyWord(cause) : String(cause);
  return [message, next, stack, JSON.stringify(data), inner].join('\n');
}
