/** The objects a finding is about, by what the check says of its place: names of the file, and a JSON pointer into its glTF. */
import type { Material, Object3D } from 'three';
import type { FindingPlace } from '../../../src/protocol/preview.ts';
import { materialsOf } from './materials.ts';
import { meshesOf } from './model.ts';
import type { Model } from './model.ts';

/** None where it is nowhere to be seen, as meta is not. */
export function objectsAt(model: Model, { bone, node, pointer = '' }: FindingPlace): readonly Object3D[] {
  const { humanoid } = model.vrm;
  if (bone !== undefined && bone in humanoid.humanBones) {
    const joint = humanoid.getRawBoneNode(bone as keyof typeof humanoid.humanBones);
    if (joint !== null) return [joint];
  }
  const found = atPointer(model, pointer);
  return found.length > 0 || node === undefined ? found : withName(model, node);
}

function atPointer(model: Model, pointer: string): readonly Object3D[] {
  const [, kind, digits] = /^\/(nodes|meshes|materials|images)\/(\d+)/.exec(pointer) ?? [];
  const index = Number(digits);
  if (kind === 'materials') return withMaterial(model, index);
  if (kind === 'images') return withImage(model, index);
  if (kind !== undefined) return withAssociation(model, kind, index);
  return placesNear(model.parser.json, pointer).flatMap(([of, at]) => withAssociation(model, of, at));
}

/** What an extension's part at a pointer, or the nearest above it, is about: a spring its joints, an annotation its node or mesh. */
function placesNear(json: unknown, pointer: string): readonly (readonly [kind: string, index: number])[] {
  for (const keys = pointer.split('/').slice(1); keys.length > 2; keys.pop()) {
    const part = keys.reduce(member, json);
    const nodes = [part, ...list(part, 'joints')].map((one) => member(one, 'node'));
    const places: readonly (readonly [string, unknown])[] = [
      ...[...nodes, ...list(part, 'bones')].map((node) => ['nodes', node] as const),
      ['meshes', member(part, 'mesh')],
    ];
    const found = places.filter((one): one is readonly [string, number] => typeof one[1] === 'number');
    if (found.length > 0) return found;
  }
  return [];
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  return Array.isArray(found) ? found : [];
}

type Association = Readonly<Record<string, number | undefined>>;

function withAssociation({ vrm, parser }: Model, kind: string, index: number): readonly Object3D[] {
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

/** What the materials lie on that show it. */
function withImage(model: Model, index: number): readonly Object3D[] {
  const json: unknown = model.parser.json;
  const sourcesOf = (texture: unknown): readonly unknown[] => {
    const extensions = (member(texture, 'extensions') ?? {}) as Readonly<Record<string, unknown>>;
    return [texture, ...Object.values(extensions)].map((one) => member(one, 'source'));
  };
  const textures = list(json, 'textures').map((texture) => sourcesOf(texture).includes(index));
  const shows = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    (textures[Number(member(value, 'index'))] === true || Object.values(value).some(shows));
  return list(json, 'materials').flatMap((material, n) => (shows(material) ? withMaterial(model, n) : []));
}

/** By the file's own name: three's names have no dots and spaces. */
function withName(model: Model, name: string): readonly Object3D[] {
  const at = list(model.parser.json, 'nodes').findIndex((node) => member(node, 'name') === name);
  return withAssociation(model, 'nodes', at);
}
