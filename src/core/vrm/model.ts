/** A VRM of either version, in one shape: names of bones and expressions are those of 1.0. */
import type { Gltf } from './gltf.ts';
import type { Box } from './linear.ts';
import type { Scene } from './scene.ts';

export type VrmVersion = '1.0' | '0.x';

export interface BoneAssignment {
  readonly bone: string;
  /** As the file names it. */
  readonly declaredAs: string;
  readonly node: number | null;
  readonly pointer: string;
}

export interface MorphBind {
  readonly mesh: number | null;
  /** The node whose mesh it is; `null` where the file (0.x) names the mesh alone. */
  readonly node: number | null;
  readonly target: number | null;
  /** 0…1 */
  readonly weight: number;
}

export interface DeclaredExpression {
  readonly name: string;
  readonly declaredAs: string;
  readonly kind: 'preset' | 'custom';
  readonly morphs: readonly MorphBind[];
  readonly materialBinds: number;
  readonly textureBinds: number;
  readonly pointer: string;
}

/** What an expression does at full weight, measured. */
export interface ExpressionEffect {
  /** Vertices that move by at least a hundredth of a millimetre; `null` where the morphs' bytes are not at hand. */
  readonly vertices: number | null;
  /**
   * The longest way a vertex goes, in metres. Where the bytes are not at hand: the bound that the accessors' min and max give,
   * `null` where they give none.
   */
  readonly maxDeltaM: number | null;
  /** How many material colours and texture transforms it changes. */
  readonly materialBinds: number;
  readonly textureBinds: number;
}

export interface Expression extends DeclaredExpression {
  readonly effect: ExpressionEffect;
}

export interface Spring {
  readonly name: string;
  /** 1.0: the joints in order. 0.x: roots, each with all that is below it. */
  readonly joints: readonly (number | null)[];
  readonly colliderGroups: readonly number[];
  readonly pointer: string;
}

export interface Collider {
  readonly node: number | null;
  /** How many shapes it declares; one is right. */
  readonly shapes: number;
  readonly radius: number | null;
  readonly pointer: string;
}

/** The licence card. Texts are the file's own: untrusted. */
export interface VrmMeta {
  readonly name: string | null;
  readonly version: string | null;
  readonly authors: readonly string[];
  readonly copyright: string | null;
  readonly contact: string | null;
  readonly references: readonly string[];
  /** 1.0: `licenseUrl`; 0.x: `licenseName`. */
  readonly license: string | null;
  readonly otherLicenseUrl: string | null;
  /** Everything else the file says on permissions, by its own names. */
  readonly permissions: Readonly<Record<string, string | boolean>>;
}

export interface VrmModel {
  readonly version: VrmVersion;
  readonly gltf: Gltf;
  readonly scene: Scene;
  /** The box around the meshes at rest, in metres. */
  readonly bounds: Box | null;
  readonly meta: VrmMeta;
  /** Index into the file's images; `undefined` where a thumbnail is declared but points nowhere. */
  readonly thumbnail: number | null | undefined;
  readonly bones: readonly BoneAssignment[];
  readonly expressions: readonly Expression[];
  readonly lookAtByExpression: boolean;
  readonly springs: readonly Spring[];
  readonly colliders: readonly Collider[];
  readonly colliderGroups: number;
}

/** What the two readers give: the extension alone, before anything is measured. */
export type DeclaredModel = Omit<VrmModel, 'version' | 'gltf' | 'scene' | 'bounds' | 'expressions'> & {
  readonly expressions: readonly DeclaredExpression[];
};

/** The node of a bone, where the file assigns one that exists. */
export function nodeOfBone(model: VrmModel, bone: string): number | null {
  return model.scene.existing(model.bones.find((one) => one.bone === bone)?.node ?? null);
}
