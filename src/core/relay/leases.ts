import { ForgeError } from '../errors.ts';
import type { Instance, RelayStore } from './records.ts';

/** Who holds a lease: a key, and the client that says it uses it. */
export function leaseHolder(keyId: string, client: string): string {
  return `${keyId}/${client}`;
}

/** Takes the lease for a holder, or prolongs it; none is needed in shared mode. Throws `instance-busy` while another's runs. */
export async function takeLease(
  store: Pick<RelayStore, 'takeLease'>,
  instance: Instance,
  holder: string,
  now: number,
  leaseMs: number,
): Promise<void> {
  if (instance.lease === 'shared') return;
  if (!(await store.takeLease({ instance: instance.id, holder, until: now + leaseMs }, now))) {
    throw new ForgeError(
      'instance-busy',
      'Another client works with this Blender now.',
      `Wait until it leaves; its hold ends ${Math.ceil(leaseMs / 1000)} s after its connection. Or set the instance's lease to shared.`,
    );
  }
}
