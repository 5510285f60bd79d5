import { phaseOf } from './states.ts';

/** A session as get_kasms lists it; whoever asked for it. */
export interface ListedSession {
  readonly kasmId: string;
  readonly userId: string;
  readonly imageId: string;
  readonly status: string;
}

/** A launch whose answer never came. */
export interface LostLaunch {
  readonly userId: string;
  readonly imageId: string;
  /** The sessions there were before it was asked for. */
  readonly before: readonly string[];
}

/** Kasm writes one id with dashes in one answer, without them in the next. */
export function sameId(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

/**
 * The sessions that a lost launch may have made: of its user and image, not there before, not on their way out. One is ours;
 * among several nobody can tell, since the list says nothing of the environment a session was given.
 */
export function candidatesFor(
  launch: LostLaunch,
  listed: readonly ListedSession[],
): readonly ListedSession[] {
  return listed.filter(
    ({ kasmId, userId, imageId, status }) =>
      sameId(userId, launch.userId) &&
      sameId(imageId, launch.imageId) &&
      phaseOf(status) !== 'going' &&
      !launch.before.some((id) => sameId(id, kasmId)),
  );
}

function bare(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
