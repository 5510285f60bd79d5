/** VRM 1.0: https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/README.md */
import type { Gltf } from './gltf.ts';
import { indexIn, indicesIn, listIn, numberIn, objectIn, objectOrNull, textIn } from './json.ts';
import type { JsonObject } from './json.ts';
import type {
  BoneAssignment,
  Collider,
  DeclaredExpression,
  DeclaredModel,
  Spring,
  VrmMeta,
} from './model.ts';

const VRM = '/extensions/VRMC_vrm';
const SPRING_BONE = '/extensions/VRMC_springBone';

export function readVrm1(gltf: Gltf): DeclaredModel {
  const vrm = objectIn(gltf.extensions['VRMC_vrm']);
  const springBone = objectIn(gltf.extensions['VRMC_springBone']);
  const meta = objectIn(vrm['meta']);
  const thumbnail = indexIn(meta['thumbnailImage']);
  return {
    meta: readMeta(meta),
    thumbnail: 'thumbnailImage' in meta ? (thumbnail ?? undefined) : null,
    bones: readBones(objectIn(objectIn(vrm['humanoid'])['humanBones'])),
    expressions: (['preset', 'custom'] as const).flatMap((kind) =>
      Object.entries(objectIn(objectIn(vrm['expressions'])[kind])).map(([name, expression]) =>
        readExpression(gltf, kind, name, objectIn(expression)),
      ),
    ),
    lookAtByExpression: objectIn(vrm['lookAt'])['type'] === 'expression',
    springs: listIn(springBone['springs']).map((spring, n) => readSpring(objectIn(spring), n)),
    colliders: listIn(springBone['colliders']).map((collider, n) => readCollider(objectIn(collider), n)),
    colliderGroups: listIn(springBone['colliderGroups']).length,
  };
}

function readMeta(meta: JsonObject): VrmMeta {
  const shown = [
    'name',
    'version',
    'contactInformation',
    'copyrightInformation',
    'licenseUrl',
    'otherLicenseUrl',
  ];
  return {
    name: textIn(meta['name']),
    version: textIn(meta['version']),
    authors: listIn(meta['authors']).flatMap((author) => textIn(author) ?? []),
    copyright: textIn(meta['copyrightInformation']),
    contact: textIn(meta['contactInformation']),
    references: listIn(meta['references']).flatMap((reference) => textIn(reference) ?? []),
    license: textIn(meta['licenseUrl']),
    otherLicenseUrl: textIn(meta['otherLicenseUrl']),
    permissions: Object.fromEntries(
      Object.entries(meta).flatMap(([key, value]) =>
        !shown.includes(key) && (typeof value === 'string' || typeof value === 'boolean')
          ? [[key, value]]
          : [],
      ),
    ),
  };
}

function readBones(humanBones: JsonObject): readonly BoneAssignment[] {
  return Object.entries(humanBones).map(([bone, assignment]) => ({
    bone,
    declaredAs: bone,
    node: indexIn(objectIn(assignment)['node']),
    pointer: `${VRM}/humanoid/humanBones/${bone}`,
  }));
}

function readExpression(
  gltf: Gltf,
  kind: 'preset' | 'custom',
  name: string,
  expression: JsonObject,
): DeclaredExpression {
  return {
    name,
    declaredAs: name,
    kind,
    morphs: listIn(expression['morphTargetBinds']).map((item) => {
      const bind = objectIn(item);
      const node = indexIn(bind['node']);
      return {
        node,
        mesh: gltf.nodes[node ?? -1]?.mesh ?? null,
        target: indexIn(bind['index']),
        weight: numberIn(bind['weight']) ?? 0,
      };
    }),
    materialBinds: listIn(expression['materialColorBinds']).length,
    textureBinds: listIn(expression['textureTransformBinds']).length,
    pointer: `${VRM}/expressions/${kind}/${name}`,
  };
}

function readSpring(spring: JsonObject, n: number): Spring {
  return {
    name: textIn(spring['name']) ?? `spring ${n}`,
    joints: listIn(spring['joints']).map((joint) => indexIn(objectIn(joint)['node'])),
    colliderGroups: indicesIn(spring['colliderGroups']),
    pointer: `${SPRING_BONE}/springs/${n}`,
  };
}

function readCollider(collider: JsonObject, n: number): Collider {
  const shape = objectIn(collider['shape']);
  const shapes = ['sphere', 'capsule'].flatMap((kind) => objectOrNull(shape[kind]) ?? []);
  return {
    node: indexIn(collider['node']),
    shapes: shapes.length,
    radius: numberIn(objectIn(shapes[0])['radius']),
    pointer: `${SPRING_BONE}/colliders/${n}`,
  };
}
