import type { Finding } from '../vrm/finding.ts';

/** The doors of promotion to the world: where bytes come from, where they go, and who judges them. */

/** A hash of a file's whole content, lower-case hex. */
export interface Digest {
  readonly algorithm: 'sha256' | 'md5';
  readonly hex: string;
}

/** One version of a file as its store describes it. */
export interface SourceVersion {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** What the store says of its content; null where it knows nothing, such as the MD5 of a multipart upload. */
  readonly digest: Digest | null;
}

/** A file to promote. Errors: `source-missing`, `storage-unreachable`, `storage-denied`, `cancelled`. */
export interface Source {
  /** For people and the audit log; holds no secret. */
  readonly place: string;
  inspect(signal?: AbortSignal): Promise<SourceVersion>;
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Bytes beside their final place, complete and durable, under a name nobody reads. */
export interface Staged {
  /** A file on this machine with the staged bytes, for the gate. */
  readonly path: string;
  /** Gives the bytes the name, atomically and only if nothing has it. */
  publish(name: string): Promise<'published' | 'taken'>;
  /** Takes back a name that {@link publish} gave to these very bytes. */
  withdraw(name: string): Promise<void>;
  /** Removes the staging name; what was published stays. */
  discard(): Promise<void>;
}

/**
 * A place for files that never change. Errors: `production-missing`, `production-read-only`, `production-full`,
 * `production-no-links`, `production-failed`, `cancelled`.
 */
export interface Production {
  readonly place: string;
  /** The names that are taken. */
  names(): Promise<readonly string[]>;
  size(name: string): Promise<number>;
  /** Reads the whole file. */
  digest(name: string, algorithm: Digest['algorithm'], signal?: AbortSignal): Promise<string>;
  /** Writes the bytes under a name of its own, for later publishing as `name` or one of its versions. */
  stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged>;
  /** Keeps a published file's sha256 beside it, for whoever wants to check it later. Errors: `seal-differs`. */
  seal(name: string, sha256: string): Promise<void>;
  /** Removes what promoters that died have left, and returns the names of that. */
  sweep(): Promise<readonly string[]>;
}

/** `app`: what the specification asks and what the companion app needs; `none`: what the specification asks. */
export type PromotionProfile = 'app' | 'none';

/** Judges a model by the bytes in a file on this machine. A finding of severity `error` stops the promotion. */
export interface Gate {
  check(path: string, profile: PromotionProfile): Promise<readonly Finding[]>;
}
