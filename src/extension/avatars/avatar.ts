import type { Counts } from '../../core/vrm/finding.ts';
import type { VrmVersion } from '../../core/vrm/model.ts';

export const avatarKinds = ['project', 'export', 'stored', 'promoted', 'animation'] as const;

/**
 * A project is Blender's own file, an export a VRM that may still change, a stored one an export in the remote of the settings;
 * a promoted one is for ever, and so is an animation, for those are listed where they are promoted.
 */
export type AvatarKind = (typeof avatarKinds)[number];

/** A file as its folder describes it. */
export interface ListedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
}

export interface Avatar extends ListedFile {
  readonly kind: AvatarKind;
  /** The file on this machine; null where it is elsewhere. */
  readonly path: string | null;
}

/** What is in the file. Its title is untrusted text. */
export interface AvatarDetails {
  /** Null where the file is no VRM. */
  readonly version: VrmVersion | null;
  readonly title: string | null;
  readonly counts: Counts;
  readonly triangles: number;
  readonly heightM: number | null;
  /** A PNG or JPEG on this machine, kept in the cache; null where the model carries none. */
  readonly thumbnail: string | null;
}
