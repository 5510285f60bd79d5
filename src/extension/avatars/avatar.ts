import type { Counts } from '../../core/vrm/finding.ts';
import type { VrmVersion } from '../../core/vrm/model.ts';

/** A project is Blender's own file, an export a VRM that may still change, a promoted one is for ever. */
export type AvatarKind = 'project' | 'export' | 'promoted';

export const avatarKinds: readonly AvatarKind[] = ['project', 'export', 'promoted'];

/** A file as its folder describes it. */
export interface Avatar {
  readonly kind: AvatarKind;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
  /** The file on this machine; null where Blender has it elsewhere. */
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
