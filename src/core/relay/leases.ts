import { ForgeError } from '../errors.ts';
import type { Instance, Lease } from './records.ts';

/** Who holds a lease: a key, and the client that says it uses it. */
export function leaseHolder(keyId: string, client: string): string {
  return `${keyId}/${client}`;
}

/** The lease to set for this holder, or null in shared mode. Throws `instance-busy` while another's runs. */
export function takeLease(
  instance: Instance,
  current: Lease | undefined,
  holder: string,
  now: number,
  leaseMs: number,
): Lease | null {
  if (instance.lease === 'shared') return null;
  if (current !== undefined && current.holder !== holder && current.until > now) {
    throw new ForgeError(
      'instance-busy',
      'Another client works with this Blender now.',
      `Wait until it leaves; its hold ends ${Math.ceil(leaseMs / 1000)} s after its connection. Or set the instance's lease to shared.`,
    );
  }
  return { instance: instance.id, holder, until: now + leaseMs };
}
