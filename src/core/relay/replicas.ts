import type { Awaitable } from './records.ts';

/** A relay that shares the registry with others. */
export interface Replica {
  /** Eight characters of base64url: the beginning of the session ids it gives out. */
  readonly id: string;
  /** Where the others reach it: `https:`, or of loopback. */
  readonly url: string;
  /** The sha256 of its certificate, to be pinned; null: it has none, and that of a proxy before it is judged as any other. */
  readonly fingerprint: string | null;
}

/** Which replica has the line to a workstation. Each instance is served where its line is; the others pass requests on. */
export interface Replicas {
  /** Of this one. */
  readonly id: string;
  /** An instance has connected here; its line to another replica is over. */
  arrived(instance: string): Awaitable<void>;
  left(instance: string): Awaitable<void>;
  /** The living replica that has the line to an instance; null: this one, or none. */
  holderOf(instance: string): Awaitable<Replica | null>;
  /** The living replica of an id. */
  find(id: string): Awaitable<Replica | null>;
  /** The instances that are connected anywhere else. */
  elsewhere(): Awaitable<ReadonlySet<string>>;
  /** Counts a session of a key, unless all that live have `most` of them together; whether it did. */
  admit(session: string, key: string, most: number): Awaitable<boolean>;
  /** That session is over. */
  release(session: string): Awaitable<void>;
  /** Tells the others that keys or grants have changed. */
  changed(): Awaitable<void>;
  /** Shows that this one lives. */
  beat(): Awaitable<void>;
}

/** A relay by itself. */
export function alone(): Replicas {
  /** The keys of sessions. */
  const sessions = new Map<string, string>();
  return {
    id: 'AAAAAAAA',
    arrived: () => undefined,
    left: () => undefined,
    holderOf: () => null,
    find: () => null,
    elsewhere: () => new Set(),
    admit: (session, key, most) => {
      if ([...sessions.values()].filter((it) => it === key).length >= most) return false;
      sessions.set(session, key);
      return true;
    },
    release: (session) => void sessions.delete(session),
    changed: () => undefined,
    beat: () => undefined,
  };
}

/** What replicas hear of each other. */
export interface ReplicaNews {
  /** The instance is connected elsewhere now. */
  readonly onMoved: (instance: string) => void;
  /** Keys or grants have changed. */
  readonly onChanged: () => void;
}

/** Marks a request that one replica passes on to another, which does not pass it on again. */
export const passedOnHeader = 'avatar-forge-passed-on';
