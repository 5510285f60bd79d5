import { z } from 'zod';
import { connectBlender } from '../../adapters/blender/connect.ts';
import { KasmApi, parseKasmUrl } from '../../adapters/kasm/kasmApi.ts';
import { KasmWorkstation } from '../../adapters/kasm/kasmWorkstation.ts';
import { securedFetch } from '../../adapters/transports/securedFetch.ts';
import { ForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Secrets } from '../secrets.ts';
import type { RelayWay } from '../../core/kasm/ways.ts';
import type { Settings } from '../settings.ts';
import { addressOf, parseEndpoint } from '../workstations/endpoint.ts';
import type { ProviderContext } from '../workstations/provider.ts';

type KasmSetting = Pick<ProviderContext, 'settings' | 'secrets' | 'network'>;

const key = z.object({ key: z.string(), secret: z.string() });

/** Kasm as the settings say it. Errors: `kasm-not-configured`, `kasm-no-key`, `kasm-bad-url`. */
export async function openKasmApi({ settings, secrets, network }: KasmSetting): Promise<KasmApi> {
  const { origin } = parseKasmUrl(needed(settings, 'kasm.url'));
  const kept = key.safeParse(JSON.parse((await secrets.kasm('key', origin).load()) ?? 'null'));
  const revision = settings.get('kasm.api');
  if (kept.success) {
    return new KasmApi({
      url: origin,
      key: kept.data,
      revision: revision === 'auto' ? undefined : revision,
      fetch: (...asked) => securedFetch(network())(...asked), // the proxy may be another one by then
    });
  }
  throw new ForgeError(
    'kasm-no-key',
    `No API key of Kasm at ${origin} is kept.`,
    'Run the command Set Kasm API key; an administrator of Kasm makes one under Settings, Developers.',
  );
}

/** The workstation in the session of the user that is set. Errors: those of {@link openKasmApi}. */
export async function openKasm(context: ProviderContext): Promise<KasmWorkstation> {
  const { settings, secrets, onStage, onLine } = context;
  const image = needed(settings, 'kasm.image');
  const user = needed(settings, 'kasm.user');
  const api = await openKasmApi(context);
  const port = settings.get('kasm.directPort');
  const fingerprint = settings.get('kasm.directFingerprint') || undefined;
  return new KasmWorkstation({
    api,
    store: secrets.kasm('sessions', api.origin),
    image,
    user,
    relay: await relayOf(settings, secrets),
    direct: port === 0 ? undefined : { port, fingerprint },
    idleMinutes: settings.get('idleMinutes'),
    tryWay: (endpoint, signal) => greet(context, endpoint, signal),
    onStage,
    onLine,
  });
}

/**
 * The editor's key is kept as the token of the relay's address, by *Set token of a workstation*; the one of its sessions' agents by
 * *Set relay key of Kasm sessions*.
 */
async function relayOf(settings: Settings, secrets: Secrets): Promise<RelayWay | undefined> {
  const url = settings.get('kasm.relay');
  if (url === '') return undefined;
  const address = addressOf(parseEndpoint(url));
  return { url, key: await secrets.token(address), agentKey: await secrets.relayAgent(address).load() };
}

/** Only a Blender that knows the token of the session counts: whatever else answers at that path is not the workstation. */
async function greet(
  { installation: { version, addon }, network }: ProviderContext,
  endpoint: BlenderEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const client = `avatar-forge-vscode/${version}`;
  const blender = connectBlender(endpoint, { client, library: addon, env: network() });
  const hangUp = (): void => void blender.close();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    await blender.describe();
  } finally {
    signal.removeEventListener('abort', hangUp);
    await blender.close();
  }
}

function needed(settings: Settings, name: 'kasm.url' | 'kasm.image' | 'kasm.user'): string {
  const value = settings.get(name);
  if (value !== '') return value;
  throw new ForgeError(
    'kasm-not-configured',
    `A workstation in Kasm needs the setting avatarForge.${name}.`,
    `Set avatarForge.${name}.`,
  );
}
