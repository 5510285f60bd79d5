import { ForgeError } from '../errors.ts';
import type { Awaitable, Instance, RelayStore } from './records.ts';

/** Of one user: an agent that makes ids up fills no disk. */
const instancesPerUser = 1_000;

/**
 * Sees to it that a user may have one instance more. Where there are as many as there may be, the one that was away longest is
 * removed, of those that are shared with nobody; it is returned. Error: `too-many`.
 */
export async function makeRoom(
  store: Pick<RelayStore, 'instancesOf' | 'unsharedOf' | 'removeInstance'>,
  owner: string,
  online: () => Awaitable<ReadonlySet<string>>,
): Promise<Instance | null> {
  if ((await store.instancesOf(owner)).length < instancesPerUser) return null;
  const connected = await online();
  const oldest = (await store.unsharedOf(owner)).find(({ id }) => !connected.has(id));
  if (oldest === undefined) {
    throw new ForgeError(
      'too-many',
      `This user has ${instancesPerUser} instances, the most there may be; all are connected or shared.`,
      'Remove some that are no longer used: DELETE /v1/instances/{id}, or avatar-forge relay instance remove ID.',
    );
  }
  await store.removeInstance(oldest.id);
  return oldest;
}
