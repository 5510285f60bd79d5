/** A frame around what a finding is about. */
import { Box3, Box3Helper, Vector3 } from 'three';
import type { Material, Object3D } from 'three';
import type { FindingPlace } from '../../../../src/protocol/preview.ts';
import { bringForward } from '../forward.ts';
import { materialsOf } from '../materials.ts';
import { meshesOf } from '../model.ts';
import type { Model } from '../model.ts';
import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

/** Half the side of the frame around a bone, in metres. */
const BONE_M = 0.09;

export class Marker implements Feature {
  readonly #stage: Stage;
  #model: Model | null = null;
  #frame: Box3Helper | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  show(model: Model | null): void {
    this.#model = model;
    this.clear();
  }

  clear(): void {
    if (this.#frame === null) return;
    this.#stage.remove(this.#frame);
    this.#frame.dispose();
    this.#frame = null;
  }

  /** Frames the place; null where the model has nothing there. */
  mark(place: FindingPlace): Box3 | null {
    this.clear();
    const box = this.#model === null ? null : boxOf(this.#model, place);
    if (box === null) return null;
    this.#frame = bringForward(new Box3Helper(box, 0xe0567a));
    this.#stage.add(this.#frame);
    return box;
  }
}

function boxOf(model: Model, { bone, node, pointer = '' }: FindingPlace): Box3 | null {
  const { vrm } = model;
  const known = vrm.humanoid.humanBones;
  if (bone !== undefined && bone in known) {
    const joint = vrm.humanoid.getRawBoneNode(bone as keyof typeof known);
    if (joint !== null) return around([joint]);
  }
  const [, kind, index] = /^\/(nodes|meshes|materials)\/(\d+)/.exec(pointer) ?? [];
  const found =
    kind === 'materials' ? withMaterial(model, Number(index)) : withAssociation(model, kind, Number(index));
  if (found.length > 0) return around(found);
  return node === undefined ? null : around(withName(model, node));
}

type Association = Readonly<Record<string, number | undefined>>;

function withAssociation(
  { vrm, parser }: Model,
  kind: string | undefined,
  index: number,
): readonly Object3D[] {
  if (kind === undefined) return [];
  const found: Object3D[] = [];
  vrm.scene.traverse((object) => {
    const association = parser.associations.get(object) as Association | undefined;
    if (association?.[kind] === index) found.push(object);
  });
  return found;
}

function withMaterial({ vrm, parser }: Model, index: number): readonly Object3D[] {
  const isIt = (material: Material): boolean =>
    (parser.associations.get(material) as Association | undefined)?.['materials'] === index;
  const names = new Set(
    materialsOf(vrm)
      .filter(isIt)
      .map(({ name }) => name),
  );
  return meshesOf(vrm).filter(({ material }) =>
    [material].flat().some((one) => isIt(one) || (one.name !== '' && names.has(one.name))),
  );
}

/** By the file's own name: three's names have no dots and spaces. */
function withName(model: Model, name: string): readonly Object3D[] {
  const { nodes = [] } = model.parser.json as { readonly nodes?: readonly { readonly name?: string }[] };
  return withAssociation(
    model,
    'nodes',
    nodes.findIndex((node) => node.name === name),
  );
}

function around(objects: readonly Object3D[]): Box3 | null {
  const box = new Box3();
  for (const object of objects) {
    const own = new Box3().setFromObject(object, true);
    if (own.isEmpty())
      own.setFromCenterAndSize(
        object.getWorldPosition(new Vector3()),
        new Vector3(BONE_M, BONE_M, BONE_M).multiplyScalar(2),
      );
    box.union(own);
  }
  if (box.isEmpty()) return null;
  const least = new Vector3().setScalar(BONE_M);
  return box.expandByVector(least.sub(box.getSize(new Vector3()).multiplyScalar(0.5)).clampScalar(0, BONE_M));
}
