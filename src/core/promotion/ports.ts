import type { Finding } from '../vrm/finding.ts';
import type { PromotionKind } from './names.ts';
import type { ModelSummary } from './summary.ts';

/** The doors of promotion to the world: where bytes come from, where they go, who judges them and who remembers. */

/** A hash of a file's whole content, lower-case hex. */
export interface Digest {
  readonly algorithm: 'sha256' | 'md5';
  readonly hex: string;
}

/** What some bytes are known by. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  readonly digest: Digest;
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
  /** Where the file lies on this machine; null where it has to be fetched. */
  readonly path: string | null;
  inspect(signal?: AbortSignal): Promise<SourceVersion>;
  /** A piece is good until the next is asked for. */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Changes whenever the file does, by whatever hand; null where nothing so sure is to be had. */
  mark(): Promise<string | null>;
}

/** The bytes a promotion is about. */
export interface PromotionBytes extends Pick<Source, 'place' | 'path' | 'read'> {
  /** Whether `read` still gives the very bytes that were hashed for the plan; left out where that cannot be known. */
  readonly isAsHashed?: () => Promise<boolean>;
}

/** Bytes whose sha256 is known. */
export interface KnownBytes {
  readonly sha256: string;
  read(): AsyncIterable<Uint8Array>;
}

/** A folder on this machine for bytes that have to be here before they can be looked at. Error: `staging-failed`. */
export interface Staging {
  /** `onWritten` is given the bytes in their order, as they read back from the file. */
  keep(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    onWritten?: (piece: Uint8Array) => void,
  ): Promise<KeptBytes>;
  /** Removes what promoters that died have left, and returns the names of that. */
  sweep(): Promise<readonly string[]>;
}

/** A file on this machine, until `discard`. */
export interface KeptBytes {
  readonly path: string;
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** As of {@link Source.mark}. */
  mark(): Promise<string | null>;
  discard(): Promise<void>;
}

/** A published file as a listing tells of it. */
export interface PublishedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * How a place keeps a name from being given twice. `link`: link(2), atomic, on NFS too. `conditional-put`: the server was seen to
 * refuse a second PUT of one name. `look-first`: nothing better is to be had there than to look, write and read back; of two
 * promoters in the same moment the later one wins, and the other is told.
 */
export type Guarantee = 'link' | 'conditional-put' | 'look-first';

/** How bytes are on their way. */
export interface Transfer {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Bytes on this machine that are complete, under a name nobody reads. */
export interface Staged {
  /** A file on this machine with the staged bytes, for the gate. */
  readonly path: string;
  /** Gives the bytes the name, only if nothing has it; as surely as the target's {@link Guarantee} says. */
  publish(name: string, sha256: string, transfer?: Transfer): Promise<'published' | 'taken'>;
  /**
   * The sha256 of the staged bytes, read from where they were written. Beside bytes that are known they may be compared one by one
   * in place of hashed: that is several times as quick.
   */
  sha256(transfer?: Transfer, known?: KnownBytes): Promise<string>;
  /**
   * The sha256 of what stands under a name after {@link publish}. Where the name is a link to the staged file, and that has not been
   * touched since {@link sha256} read it, it is not read once more.
   */
  readBack(name: string, transfer?: Transfer): Promise<string>;
  /** Takes back a name that {@link publish} gave to these very bytes; false where it cannot be known that it did. */
  withdraw(name: string): Promise<boolean>;
  /** Removes the staging name; what was published stays. */
  discard(): Promise<void>;
}

/**
 * A place for files that never change. Errors: `production-missing`, `production-read-only`, `production-full`,
 * `production-no-links`, `production-failed` of a folder; `storage-unreachable`, `storage-denied`, `unknown-remote` of a remote;
 * `cancelled`.
 */
export interface Target {
  readonly place: string;
  /** Finds out how sure a name is there; asks the server once. */
  guarantee(): Promise<Guarantee>;
  /** The names that are taken; none where the place does not exist yet but will be made. */
  names(signal?: AbortSignal): Promise<readonly string[]>;
  /** What is published of a kind, in no order; as of {@link names}. */
  list(kind: PromotionKind, signal?: AbortSignal): Promise<readonly PublishedFile[]>;
  /** Whether a published name holds these bytes; false too where the name is free. */
  holds(name: string, content: Content, transfer?: Transfer): Promise<boolean>;
  /** Reads the whole file. */
  digest(name: string, algorithm: Digest['algorithm'], transfer?: Transfer): Promise<string>;
  /** Writes the bytes under a name of its own, for later publishing as `name` or one of its versions. */
  stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged>;
  /** The same with bytes that already lie in a file on this machine, which is copied only where it must be. */
  stageFile(name: string, path: string, transfer?: Transfer): Promise<Staged>;
  /** A published file as one on this machine, for the time until `discard`. */
  fetch(name: string, transfer?: Transfer): Promise<Pick<KeptBytes, 'path' | 'discard'>>;
  /**
   * Keeps a published file's sha256 with it, for whoever wants to check it later, and sees that it is as published files are: read
   * only, or with their headers. Errors: `seal-differs`, `mode-differs`, `headers-differ`.
   */
  seal(name: string, sha256: string): Promise<void>;
  /** Removes what promoters that died have left, and returns the names of that. */
  sweep(): Promise<readonly string[]>;
}

/** What a public URL serves. */
export interface PublicState {
  readonly url: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly contentType: string | null;
  readonly cacheControl: string | null;
  readonly size: number | null;
}

/** Where everybody fetches the CDN's files. Errors: `cdn-unreachable`, `cdn-mismatch`, `cdn-headers`, `cancelled`. */
export interface PublicUrl {
  readonly base: string;
  urlOf(name: string): string;
  /** Fetches all of it; it must be the same bytes, with the headers of a file that never changes. */
  verify(name: string, content: Content, transfer?: Transfer): Promise<PublicState>;
  /** Asks for its headers alone; never rejects for what the server says. */
  look(name: string, signal?: AbortSignal): Promise<PublicState>;
}

/** The roles' places; null where a role is not filled. */
export interface Places {
  readonly production: Target;
  readonly mirror: Target | null;
  readonly cdn: Target | null;
  /** Where the CDN's bucket is served from. */
  readonly publicUrl: PublicUrl | null;
}

/** The name of the profile that the gate has: `app` is the companion app's; `none`: only what the specification asks. */
export type PromotionProfile = string;

export interface Verdict {
  /** One of severity `error` stops the promotion. */
  readonly findings: readonly Finding[];
  /** Null where the file is too broken to be summed up. */
  readonly summary: ModelSummary | null;
}

/** Judges a file on this machine by its bytes. */
export interface Gate {
  check(path: string, profile: PromotionProfile, kind: PromotionKind): Promise<Verdict>;
  /** What a model is, without judging it; null where it is none. */
  summarise(path: string): Promise<ModelSummary | null>;
}

/** One file of the companion app's checkout, as it is and as it would be. */
export interface AllowlistEdit {
  /** Below the checkout, with `/`. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export type RegisterChange =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'unregister'; readonly name: string }
  /** Wherever `from` stands, `to` stands afterwards. */
  | { readonly kind: 'replace'; readonly from: string; readonly to: string };

/** The allowlists of the companion app, in a checkout of it. */
export interface Register {
  readonly place: string;
  /** The published names the allowlists hold, in their order. */
  names(): Promise<readonly string[]>;
  /** What a change would do; nothing where all is as it shall be. Changes nothing. */
  edits(change: RegisterChange): Promise<readonly AllowlistEdit[]>;
  /** Applies edits to the files they were computed from. Errors: `register-changed` where a file is not `before` any more. */
  apply(edits: readonly AllowlistEdit[]): Promise<void>;
}
