import { ForgeError } from '../errors.ts';
import type { Instance, Visible } from './records.ts';

/** Which instance a user means by a name or an id, among those that the user may know of. */

/** An id first, then a name of one's own, then a shared one's. Throws `no-such-instance`, `instance-ambiguous`. */
export function resolveInstance(reference: string, { own, granted }: Visible): Instance {
  const byId = [...own, ...granted].find(({ id }) => id === reference);
  if (byId !== undefined) return byId;
  const mine = own.find(({ name }) => name === reference);
  if (mine !== undefined) return mine;
  const [first, second] = granted.filter(({ name }) => name === reference);
  if (first === undefined) throw noSuchInstance();
  if (second === undefined) return first;
  throw new ForgeError(
    'instance-ambiguous',
    'Several instances that are shared with you have this name.',
    'Use the id; GET /v1/instances lists it.',
  );
}

/** The same for what does not exist and for what is another's: an answer must not tell which. */
export function noSuchInstance(): ForgeError {
  return new ForgeError(
    'no-such-instance',
    'There is no instance of this name or id that you can reach.',
    'Look at GET /v1/instances; its owner can share one with you.',
  );
}
