import { ForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Secrets } from '../secrets.ts';
import type { Place, Provider } from './provider.ts';

/** A Blender that somebody else started, at the address in the settings. */
export const endpoint: Provider = {
  id: 'endpoint',
  owned: false,
  attempts: 60,
  label: (settings) => settings.get('workstation.endpoint').replace(/^tcp:\/\//, ''),
  screenUrl: (settings) => settings.get('workstation.browserUrl') || null,
  open: ({ settings, secrets, onStage }) => {
    const url = settings.get('workstation.endpoint');
    return placeAt(
      endpoint.label(settings),
      async () => {
        const found = parseEndpoint(url);
        return { ...found, ...(await tokenFor(found, secrets)) };
      },
      onStage,
    );
  },
};

/** A Blender at an address that was given by hand. */
export function attachedPlace(
  to: BlenderEndpoint,
  secrets: Secrets,
  onStage: (stage: 'launched' | 'listening') => void,
): Place {
  const find = async (): Promise<BlenderEndpoint> =>
    to.token === undefined ? { ...to, ...(await tokenFor(to, secrets)) } : to;
  return placeAt(addressOf(to), find, onStage);
}

/** `tcp://host:port`, or `host:port`. Error: `bad-endpoint`. */
export function parseEndpoint(text: string): BlenderEndpoint {
  const url = URL.parse(text.includes('://') ? text : `tcp://${text}`);
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (url?.protocol !== 'tcp:' || host === '' || !['', '/'].includes(url.pathname)) {
    throw new ForgeError(
      'bad-endpoint',
      `${text} is no address of a Blender.`,
      'Set avatarForge.workstation.endpoint to tcp://host:port, such as tcp://127.0.0.1:9876.',
    );
  }
  return { host, port: url.port === '' ? 9876 : Number(url.port) };
}

/** `host:port`, under which a token is kept. */
export function addressOf({ host, port }: BlenderEndpoint): string {
  return `${host}:${port}`;
}

async function tokenFor(to: BlenderEndpoint, secrets: Secrets): Promise<{ readonly token?: string }> {
  const token = await secrets.token(addressOf(to));
  return token === undefined ? {} : { token };
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
