import { pack, takeApart } from '../rewriteGlb.ts';
import { type UnpackedModel, unpack } from './arrays.ts';
import { smallerNumbers } from './numbers.ts';
import { type PictureCodec, type PictureWishes, smallerPictures } from './pictures.ts';
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
}

/**
 * A lighter copy of a model for the web. Nothing is renumbered but buffer views, to which no extension of VRM's points: nodes,
 * meshes, materials, textures, pictures, shape keys and accessors keep their indices, and every extension its content.
 * Errors: `model-unreadable`, `model-packed`, `picture-unreadable`.
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
  const bytes = pack(document, await packViews(model, wishes.meshopt ? meshes : null));
  return { bytes, before, after: weighed(bytes.length, model) };
}

function weighed(file: number, { arrays, pictures }: UnpackedModel): Weight {
  const sum = (parts: Iterable<{ readonly bytes: Uint8Array } | undefined>): number =>
    [...parts].reduce((total, part) => total + (part?.bytes.length ?? 0), 0);
  return { file, pictures: sum(pictures.values()), meshes: sum(arrays) };
}
