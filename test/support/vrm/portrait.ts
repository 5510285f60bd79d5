/** What a VRM holds, in one flat list for both versions, so that two files can be held against each other. */
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { type Gltf, readGltf } from '../../../src/core/vrm/gltf.ts';
import { boneFromVrm0 } from '../../../src/core/vrm/humanoid.ts';
import { indexIn, type JsonObject, listIn, numberIn, objectIn, textIn } from '../../../src/core/vrm/json.ts';
import { presetFromVrm0 } from '../../../src/core/vrm/presets.ts';
import { Scene } from '../../../src/core/vrm/scene.ts';
import { looks } from './looks.ts';
import { objects, type Reading, type Value } from './reading.ts';
import { bonesOf } from './surface.ts';

export type Portrait = ReadonlyMap<string, Value>;

/** By names: indices differ between any two files. Places are the world's of 1.0, in metres. */
export async function portrait(bytes: Uint8Array): Promise<Portrait> {
  const glb = readGlb(bytes);
  const gltf = readGltf(glb.json, glb.bin);
  const found = new Map<string, Value>();
  const put = (key: string, value: unknown): void => {
    // What is said and what goes without saying are the same.
    const silent = value === undefined || value === null || value === false || value === 'none';
    if (!silent && !(Array.isArray(value) && value.length === 0)) found.set(key, value as Value);
  };
  const json = objectIn(structuredClone(glb.json));
  const old = !('VRMC_vrm' in gltf.extensions);
  const reading = { json, gltf, scene: new Scene(gltf), old, put };
  const { facts } = checkVrm(bytes);
  put('triangles', facts?.triangles);
  put('vertices', facts?.vertices);
  put('height', facts?.heightM);
  for (const bone of bonesOf(gltf)) put(`bone ${reading.scene.nameOf(bone)}`, true);
  put('thumbnail', facts?.thumbnail !== null);
  put('author', facts?.meta.authors);
  put('title', facts?.meta.name);
  for (const { name, kind, effect } of facts?.expressions ?? []) {
    put(`expression ${name}`, [kind, effect.maxDeltaM, effect.materialBinds, effect.textureBinds]);
  }
  if (old) old0(reading);
  else new1(reading);
  await looks(reading);
  beside(reading);
  return found;
}

/** What one has and the other has not, or other than by a thousandth. */
export function differences(before: Portrait, after: Portrait): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return keys
    .filter((key) => !same(before.get(key), after.get(key)))
    .map((key) => `${key}: ${JSON.stringify(before.get(key))} → ${JSON.stringify(after.get(key))}`);
}

function same(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Math.abs(one - other) <= 1e-4 + 1e-3 * Math.abs(one);
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, at) => same(value as Value, other[at] as Value));
  return one === other;
}

/** What meta says by saying nothing. */
const UNSAID = {
  avatarPermission: 'onlyAuthor',
  commercialUsage: 'personalNonProfit',
  creditNotation: 'required',
  modification: 'prohibited',
};

/** What is no part of a figure as VRM has it. */
function beside({ json, scene, put }: Reading): void {
  for (const animation of objects(json['animations'])) put(`animation ${textIn(animation['name'])}`, true);
  for (const [at, node] of objects(json['nodes']).entries()) {
    const name = scene.nameOf(at);
    put(`constraint of ${name}`, 'VRMC_node_constraint' in objectIn(node['extensions']));
    put(`extras of ${name}`, 'extras' in node);
  }
}

function place({ scene, old }: Reading, node: number): readonly number[] {
  const [x, y, z] = scene.world(node).t;
  return old ? [-x, y, -z] : [x, y, z];
}

function new1(reading: Reading): void {
  const { gltf, scene, put } = reading;
  const vrm = objectIn(gltf.extensions['VRMC_vrm']);
  for (const [bone, { node }] of Object.entries(objectIn(objectIn(vrm['humanoid'])['humanBones'])).map(
    ([name, owner]) => [name, { node: indexIn(objectIn(owner)['node']) ?? -1 }] as const,
  )) {
    put(`humanoid ${bone}`, scene.nameOf(node));
    put(`at ${bone}`, place(reading, node));
  }
  for (const [member, value] of Object.entries({ ...UNSAID, ...objectIn(vrm['meta']) }))
    if (member !== 'thumbnailImage') put(`meta ${member}`, value);
  for (const table of Object.values(objectIn(vrm['expressions']))) {
    for (const [name, one] of Object.entries(objectIn(table)).map(
      ([key, value]) => [key, objectIn(value)] as const,
    )) {
      put(`expression ${name} binary`, one['isBinary'] === true);
      for (const kind of ['overrideBlink', 'overrideLookAt', 'overrideMouth'])
        put(`expression ${name} ${kind}`, one[kind] ?? 'none');
      for (const bind of objects(one['morphTargetBinds'])) {
        const node = indexIn(bind['node']) ?? -1;
        put(
          `expression ${name} ${scene.nameOf(node)} ${keyOf(reading, meshOf(gltf, node), bind)}`,
          bind['weight'],
        );
      }
      for (const bind of objects(one['materialColorBinds']))
        put(
          `expression ${name} ${gltf.materials[indexIn(bind['material']) ?? -1]} ${textIn(bind['type'])}`,
          bind['targetValue'],
        );
      for (const bind of objects(one['textureTransformBinds']))
        put(`expression ${name} ${gltf.materials[indexIn(bind['material']) ?? -1]} uv`, [
          ...(listIn(bind['scale'] ?? [1, 1]) as number[]),
          ...(listIn(bind['offset'] ?? [0, 0]) as number[]),
        ]);
    }
  }
  const look = objectIn(vrm['lookAt']);
  put('lookAt type', look['type']);
  put('lookAt offset', look['offsetFromHeadBone']);
  for (const [name, map] of Object.entries(look)) {
    if (!name.startsWith('rangeMap')) continue;
    put(`lookAt ${name}`, [objectIn(map)['inputMaxValue'] as Value, objectIn(map)['outputScale'] as Value]);
  }
  for (const one of objects(objectIn(vrm['firstPerson'])['meshAnnotations']))
    if (one['type'] !== 'auto') put(`firstPerson ${scene.nameOf(indexIn(one['node']))}`, one['type']);

  const physics = objectIn(gltf.extensions['VRMC_springBone']);
  const colliders = objects(physics['colliders']);
  const groups = objects(physics['colliderGroups']);
  for (const group of groups) {
    for (const [at, index] of listIn(group['colliders']).entries()) {
      const collider = colliders[indexIn(index) ?? -1];
      const [kind = '', shape] = Object.entries(objectIn(collider?.['shape']))[0] ?? [];
      const members = objectIn(shape);
      put(`collider ${textIn(group['name'])} ${at} on ${scene.nameOf(indexIn(collider?.['node']))}`, [
        kind,
        ...(listIn(members['offset']) as number[]),
        ...(listIn(members['tail']) as number[]),
        numberIn(members['radius']),
      ]);
    }
  }
  for (const spring of objects(physics['springs'])) {
    const joints = objects(spring['joints']);
    const against = listIn(spring['colliderGroups']).map((index) =>
      textIn(groups[indexIn(index) ?? -1]?.['name']),
    );
    joints.forEach((joint, at) => {
      const node = indexIn(joint['node']) ?? -1;
      const last = at === joints.length - 1;
      const above = scene.nameOf(indexIn(joints[at - 1]?.['node']));
      // The end does not sway; only where it is counts.
      if (at === 0) put(`springs ${scene.nameOf(node)}`, spring['name']);
      if (last) put(`spring end of ${above}`, place(reading, node));
      else
        put(`spring ${scene.nameOf(node)}`, [
          ...[
            ['hitRadius', 0] as const,
            ['stiffness', 1] as const,
            ['gravityPower', 0] as const,
            ['dragForce', 0.5] as const,
          ].map(([name, unsaid]) => numberIn(joint[name]) ?? unsaid),
          ...(listIn(joint['gravityDir'] ?? [0, -1, 0]) as number[]),
          against,
          scene.nameOf(indexIn(spring['center'])),
        ]);
    });
  }
}

/** By the names of 1.0, and what 1.0 can say. */
function old0(reading: Reading): void {
  const { gltf, scene, put } = reading;
  const vrm = objectIn(gltf.extensions['VRM']);
  for (const one of objects(objectIn(vrm['humanoid'])['humanBones'])) {
    const node = indexIn(one['node']) ?? -1;
    const bone = boneFromVrm0(textIn(one['bone']) ?? '');
    put(`humanoid ${bone}`, scene.nameOf(node));
    put(`at ${bone}`, place(reading, node));
  }
  for (const group of objects(objectIn(vrm['blendShapeMaster'])['blendShapeGroups'])) {
    const name = presetFromVrm0(textIn(group['presetName'])) ?? textIn(group['name']) ?? '';
    put(`expression ${name} binary`, group['isBinary'] === true);
    for (const bind of objects(group['binds'])) {
      const mesh = indexIn(bind['mesh']) ?? -1;
      for (const [at, node] of gltf.nodes.entries())
        if (node.mesh === mesh)
          put(
            `expression ${name} ${scene.nameOf(at)} ${keyOf(reading, mesh, bind)}`,
            (numberIn(bind['weight']) ?? NaN) / 100,
          );
    }
  }
  const first = objectIn(vrm['firstPerson']);
  put('lookAt type', first['lookAtTypeName'] === 'Bone' ? 'bone' : 'expression');
  put('lookAt offset', fromUnity(first['firstPersonBoneOffset']));
  for (const name of ['HorizontalInner', 'HorizontalOuter', 'VerticalDown', 'VerticalUp']) {
    const map = objectIn(first[`lookAt${name}`]);
    put(`lookAt rangeMap${name}`, [map['xRange'] as Value, map['yRange'] as Value]);
  }
  for (const one of objects(first['meshAnnotations'])) {
    const flag = textIn(one['firstPersonFlag']) ?? '';
    for (const [at, node] of gltf.nodes.entries())
      if (node.mesh === one['mesh'] && flag !== 'Auto')
        put(`firstPerson ${scene.nameOf(at)}`, flag.charAt(0).toLowerCase() + flag.slice(1));
  }
  const physics = objectIn(vrm['secondaryAnimation']);
  for (const [number, group] of objects(physics['colliderGroups']).entries()) {
    for (const [at, { offset, radius }] of objects(group['colliders']).entries()) {
      const key = `collider Group ${number + 1} ${at} on ${scene.nameOf(indexIn(group['node']))}`;
      put(key, ['sphere', ...fromUnity(offset), numberIn(radius)]);
    }
  }
  for (const group of objects(physics['boneGroups'])) {
    const gravity = objectIn(group['gravityDir']);
    const [along = NaN, up = NaN, across = NaN] = ['x', 'y', 'z'].map(
      (axis) => numberIn(gravity[axis]) ?? NaN,
    );
    const values = [
      ...['hitRadius', 'stiffiness', 'gravityPower', 'dragForce'].map((name) => numberIn(group[name])),
      ...[0 - along, up, across],
      listIn(group['colliderGroups']).map((index) => `Group ${(indexIn(index) ?? NaN) + 1}`),
      scene.nameOf(indexIn(group['center'])),
    ];
    for (const root of listIn(group['bones']).map((bone) => indexIn(bone) ?? -1)) {
      const below = [...gltf.nodes.keys()].filter((node) => node === root || scene.isBelow(node, root));
      for (const node of below) put(`spring ${scene.nameOf(node)}`, values);
    }
  }
}

/** Of a vector in a node's own space. */
function fromUnity(value: unknown): number[] {
  const { x, y, z } = objectIn(value);
  return [numberIn(x) ?? NaN, numberIn(y) ?? NaN, -(numberIn(z) ?? NaN)];
}

function meshOf(gltf: Gltf, node: number): number {
  return gltf.nodes[node]?.mesh ?? -1;
}

function keyOf({ json }: Reading, mesh: number, bind: JsonObject): string {
  const owner = objects(json['meshes'])[mesh];
  const [primitive] = objects(owner?.['primitives']);
  const names = objectIn(owner?.['extras'])['targetNames'] ?? objectIn(primitive?.['extras'])['targetNames'];
  return textIn(listIn(names)[indexIn(bind['index']) ?? -1]) ?? `key ${String(bind['index'])}`;
}
