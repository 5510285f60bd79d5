import type { Awaitable } from './records.ts';

/** A relay that shares the registry with others. */
export interface Replica {
  /** Eight characters of base64url: the beginning of the session ids it gives out. */
  readonly id: string;
  /** Where the others reach it. */
  readonly url: string;
  /** The sha256 of its certificate; null: it has none. */
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
  /** Tells the others that keys or grants have changed. */
  changed(): Awaitable<void>;
  /** Shows that this one lives. */
  beat(): Awaitable<void>;
}

/** A relay by itself. */
export const alone: Replicas = {
  id: 'AAAAAAAA',
  arrived: () => undefined,
  left: () => undefined,
  holderOf: () => null,
  find: () => null,
  elsewhere: () => new Set(),
  changed: () => undefined,
  beat: () => undefined,
};

/** What replicas hear of each other. */
export interface ReplicaNews {
  /** The instance is connected elsewhere now. */
  readonly onMoved: (instance: string) => void;
  /** Keys or grants have changed. */
  readonly onChanged: () => void;
}

/** Marks a request that one replica passes on to another, which does not pass it on again. */
export const passedOnHeader = 'avatar-forge-passed-on';
