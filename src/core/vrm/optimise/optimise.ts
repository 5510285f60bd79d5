import { checkVrm } from '../check.ts';
import type { ExpressionFact } from '../facts.ts';
import { pack, takeApart } from '../rewriteGlb.ts';
import { type UnpackedModel, unpack } from './arrays.ts';
import { smallerNumbers } from './numbers.ts';
import { type PictureCodec, type PictureWishes, smallerPictures } from './pictures.ts';
import { sameExpressions } from './sameExpressions.ts';
import { type MeshCompressor, packViews } from './views.ts';

export interface OptimiseWishes extends PictureWishes {
  /** Store UVs, weights, joints and indices in fewer bytes, and shape keys by what they move. */
  readonly quantise: boolean;
  /** Compress everything by EXT_meshopt_compression: the viewer needs its decoder. */
  readonly meshopt: boolean;
}

export interface OptimiseTools {
  readonly pictures: PictureCodec;
  readonly meshes: MeshCompressor;
}

/** Bytes of a model, by what they hold; of meshes before they are compressed. */
export interface Weight {
  readonly file: number;
  readonly pictures: number;
  readonly meshes: number;
}

export interface Optimised {
  readonly bytes: Uint8Array;
  readonly before: Weight;
  readonly after: Weight;
  /** How many expressions do something: each the same in the copy. */
  readonly expressions: number;
}

/**
 * A lighter copy of a model for the web. Nothing is renumbered but buffer views, to which no extension of VRM's points: nodes,
 * meshes, materials, textures, pictures, shape keys and accessors keep their indices, and every extension its content.
 * Errors: `model-unreadable`, `model-packed`, `picture-unreadable`, `expressions-changed`.
 */
export async function optimise(
  vrm: Uint8Array,
  wishes: OptimiseWishes,
  { pictures, meshes }: OptimiseTools,
): Promise<Optimised> {
  // Whatever the caller's array is (Node's Buffer slices without copying), this is a plain one.
  const plain = new Uint8Array(vrm.buffer, vrm.byteOffset, vrm.length);
  const { document, bin } = takeApart(plain);
  const model = unpack(document, bin);
  const before = weighed(vrm.length, model);
  await smallerPictures(model, wishes, pictures);
  if (wishes.quantise) smallerNumbers(model);
  const loose = pack(document, await packViews(model, null));
  // Compared before meshes are compressed: of those the check reads bounds alone.
  const expressions = sameExpressions(expressionsOf(plain), expressionsOf(loose));
  const bytes = wishes.meshopt ? pack(document, await packViews(model, meshes)) : loose;
  return { bytes, before, after: weighed(bytes.length, model), expressions };
}

function expressionsOf(vrm: Uint8Array): readonly ExpressionFact[] {
  return checkVrm(vrm).facts?.expressions ?? [];
}

function weighed(file: number, { arrays, pictures }: UnpackedModel): Weight {
  const sum = (parts: Iterable<{ readonly bytes: Uint8Array } | undefined>): number =>
    [...parts].reduce((total, part) => total + (part?.bytes.length ?? 0), 0);
  return { file, pictures: sum(pictures.values()), meshes: sum(arrays) };
}
