import { bareHost } from '../../core/address.ts';
import { ForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Secrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { Place, Provider } from './provider.ts';

/** A Blender that somebody else started, at the address in the settings: plain, by TLS, or behind an agent or a relay. */
export const endpoint: Provider = {
  id: 'endpoint',
  owned: false,
  attempts: 60,
  label: (settings) => settings.get('workstation.endpoint').replace(/^tcp:\/\//, ''),
  screenUrl: (settings) => settings.get('workstation.browserUrl') || null,
  open: ({ settings, secrets, onStage }) =>
    placeAt(endpoint.label(settings), async () => withToken(endpointIn(settings), secrets), onStage),
};

/** Whether a setting says where the endpoint is. */
export function isOfEndpoint(name: string): boolean {
  return /^workstation\.(endpoint|fingerprint)$/.test(name);
}

/** The endpoint as the settings have it, without its token. Error: `bad-endpoint`. */
export function endpointIn(settings: Settings): BlenderEndpoint {
  const found = parseEndpoint(settings.get('workstation.endpoint'));
  const fingerprint = settings.get('workstation.fingerprint');
  if (found.tunnel === undefined || fingerprint === '') return found;
  return { ...found, tunnel: { ...found.tunnel, fingerprint } };
}

/** A Blender at an address that was given by hand. */
export function attachedPlace(
  to: BlenderEndpoint,
  secrets: Secrets,
  onStage: (stage: 'launched' | 'listening') => void,
): Place {
  const find = async (): Promise<BlenderEndpoint> => (to.token === undefined ? withToken(to, secrets) : to);
  return placeAt(addressOf(to), find, onStage);
}

const defaultPorts: Readonly<Record<string, number>> = { 'tcp:': 9876, 'tls:': 9876, 'wss:': 443 };

/** `host:port`, `tcp://host:port`, `tls://host:port`, or `wss://host:port/path`. Error: `bad-endpoint`. */
export function parseEndpoint(text: string): BlenderEndpoint {
  const url = URL.parse(text.includes('://') ? text : `tcp://${text}`);
  const host = bareHost(url?.hostname ?? '');
  const port = defaultPorts[url?.protocol ?? ''];
  const isSound =
    host !== '' && url?.username === '' && (url.protocol === 'wss:' || /^\/?$/.test(url.pathname));
  if (url === null || port === undefined || !isSound) {
    throw new ForgeError(
      'bad-endpoint',
      `${text} is no address of a Blender.`,
      'Set avatarForge.workstation.endpoint to tcp://host:port, tls://host:port or wss://host:port/path.',
    );
  }
  const tunnel = url.protocol === 'tcp:' ? {} : { tunnel: { url: url.href } };
  return { host, port: url.port === '' ? port : Number(url.port), ...tunnel };
}

/** As the setting has it. */
export function urlOf({ host, port, tunnel }: BlenderEndpoint): string {
  return tunnel?.url ?? `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** `host:port`, under which a token is kept. */
export function addressOf({ host, port }: BlenderEndpoint): string {
  return `${host}:${port}`;
}

/** What is kept for the address: the token of an agent or relay that a WebSocket leads to, else Blender's own. */
async function withToken(to: BlenderEndpoint, secrets: Secrets): Promise<BlenderEndpoint> {
  const token = await secrets.token(addressOf(to));
  if (token === undefined) return to;
  if (to.tunnel === undefined || !isWebSocket(to)) return { ...to, token };
  return { ...to, tunnel: { ...to.tunnel, headers: { Authorization: `Bearer ${token}` } } };
}

/** Whether the token kept for an address is asked for by who stands before Blender. */
export function isWebSocket({ tunnel }: BlenderEndpoint): boolean {
  return tunnel?.url.startsWith('wss:') === true;
}

function placeAt(
  label: string,
  find: () => Promise<BlenderEndpoint>,
  onStage: (stage: 'launched' | 'listening') => void,
): Place {
  return {
    label,
    launch: async () => {
      const found = await find();
      onStage('launched');
      onStage('listening');
      return found;
    },
    stop: () => Promise.resolve(),
  };
}
