import type { AuditEntry, AuditLine } from '../audit.ts';

/** What the relay remembers. Times are ms since 1970. */

/** `client` reaches Blenders, `agent` registers workstations, `admin` manages everything but reaches nothing. */
export const scopes = ['client', 'agent', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface User {
  readonly id: string;
  readonly name: string;
}

export interface ApiKey {
  readonly id: string;
  readonly user: string;
  /** SHA-256 (hex) of the whole key: the key itself is not kept. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Methods it may call, a `*` at the end stands for any ending; null: all. */
  readonly allow: readonly string[] | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export const leaseModes = ['exclusive', 'shared'] as const;
export type LeaseMode = (typeof leaseModes)[number];

/** A workstation, known by the id its agent gave it. */
export interface Instance {
  readonly id: string;
  /** Unique among its owner's. */
  readonly name: string;
  readonly owner: string;
  readonly lease: LeaseMode;
}

/** Instances that a user may know of. */
export interface Visible {
  readonly own: readonly Instance[];
  /** Others' that are shared with the user. */
  readonly granted: readonly Instance[];
}

/** Who may write to an instance now. */
export interface Lease {
  readonly instance: string;
  /** A key and the client that uses it. */
  readonly holder: string;
  readonly until: number;
}

/** A value that may take a while, or not: a file of this machine answers at once, a database elsewhere does not. */
export type Awaitable<T> = T | Promise<T>;

/** Where all of it is kept. What it throws is a defect or a broken disk, never a rule: those are checked before. */
export interface RelayStore {
  addUser(user: User): Awaitable<void>;
  user(id: string): Awaitable<User | undefined>;
  userByName(name: string): Awaitable<User | undefined>;
  users(): Awaitable<User[]>;

  addKey(key: ApiKey): Awaitable<void>;
  key(id: string): Awaitable<ApiKey | undefined>;
  keysOf(user: string): Awaitable<ApiKey[]>;
  revokeKey(id: string, at: number): Awaitable<void>;
  touchKey(id: string, at: number): Awaitable<void>;

  addInstance(instance: Instance): Awaitable<void>;
  instance(id: string): Awaitable<Instance | undefined>;
  updateInstance(instance: Instance): Awaitable<void>;
  /** With its grants and its lease. */
  removeInstance(id: string): Awaitable<void>;
  /** Its agent was here at that time. */
  sawInstance(id: string, at: number): Awaitable<void>;
  instancesOf(owner: string): Awaitable<Instance[]>;
  /** Of those, the ones that are shared with nobody, the longest unseen first. */
  unsharedOf(owner: string): Awaitable<Instance[]>;
  /** Others' instances that are shared with a user. */
  instancesGrantedTo(user: string): Awaitable<Instance[]>;
  /** Of those two, the ones whose id or name it is: what every connection asks, so its cost must not grow with their number. */
  instancesCalled(user: string, reference: string): Awaitable<Visible>;
  allInstances(): Awaitable<Instance[]>;

  addGrant(instance: string, user: string): Awaitable<void>;
  removeGrant(instance: string, user: string): Awaitable<boolean>;
  isGranted(instance: string, user: string): Awaitable<boolean>;

  lease(instance: string): Awaitable<Lease | undefined>;
  /** Sets the lease unless another holder's runs at `now`, in one step; whether it did. */
  takeLease(lease: Lease, now: number): Awaitable<boolean>;
  dropLease(instance: string, holder: string): Awaitable<void>;

  /** Appends to the chain. */
  audit(entry: AuditEntry, at: Date): Awaitable<void>;
  /** Lines after number `after`, oldest first, at most `limit`. */
  auditLines(after: number, limit: number): Awaitable<AuditLine[]>;
}
