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

/** Who may write to an instance now. */
export interface Lease {
  readonly instance: string;
  /** A key and the client that uses it. */
  readonly holder: string;
  readonly until: number;
}

/** Where all of it is kept. What it throws is a defect or a broken disk, never a rule: those are checked before. */
export interface RelayStore {
  addUser(user: User): void;
  user(id: string): User | undefined;
  userByName(name: string): User | undefined;

  addKey(key: ApiKey): void;
  key(id: string): ApiKey | undefined;
  revokeKey(id: string, at: number): void;
  touchKey(id: string, at: number): void;

  addInstance(instance: Instance): void;
  instance(id: string): Instance | undefined;
  updateInstance(instance: Instance): void;
  instancesOf(owner: string): Instance[];
  /** Others' instances that are shared with a user. */
  instancesGrantedTo(user: string): Instance[];
  allInstances(): Instance[];

  addGrant(instance: string, user: string): void;
  removeGrant(instance: string, user: string): boolean;
  isGranted(instance: string, user: string): boolean;

  lease(instance: string): Lease | undefined;
  setLease(lease: Lease): void;
  dropLease(instance: string, holder: string): void;

  /** Appends to the chain. */
  audit(entry: AuditEntry, at: Date): void;
  /** Lines after number `after`, oldest first, at most `limit`. */
  auditLines(after: number, limit: number): AuditLine[];
}
