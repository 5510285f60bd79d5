import { ForgeError } from '../../core/errors.ts';
import type { Settings } from '../settings.ts';
import { addressOf, parseEndpoint } from '../workstations/endpoint.ts';

/** `host:port` of the relay that is set. Errors: `kasm-not-configured`, `bad-endpoint`. */
export function relayAddress(settings: Settings): string {
  const url = settings.get('kasm.relay');
  if (url !== '') return addressOf(parseEndpoint(url));
  throw new ForgeError(
    'kasm-not-configured',
    'No relay is set that sessions in Kasm go out to.',
    'Set avatarForge.kasm.relay, then give its key again.',
  );
}
