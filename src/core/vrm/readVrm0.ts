/** VRM 0.x: https://github.com/vrm-c/vrm-specification/blob/master/specification/0.0/README.md */
import type { Gltf } from './gltf.ts';
import { boneFromVrm0 } from './humanoid.ts';
import { indexIn, indicesIn, listIn, numberIn, objectIn, textIn } from './json.ts';
import type { JsonObject } from './json.ts';
import type {
  BoneAssignment,
  Collider,
  DeclaredExpression,
  DeclaredModel,
  Spring,
  VrmMeta,
} from './model.ts';
import { presetFromVrm0 } from './presets.ts';

const VRM = '/extensions/VRM';

export function readVrm0(gltf: Gltf): DeclaredModel {
  const vrm = objectIn(gltf.extensions['VRM']);
  const secondary = objectIn(vrm['secondaryAnimation']);
  const meta = objectIn(vrm['meta']);
  const groups = listIn(secondary['colliderGroups']).map(objectIn);
  return {
    meta: readMeta(meta),
    thumbnail: readThumbnail(gltf, meta['texture']),
    bones: listIn(objectIn(vrm['humanoid'])['humanBones']).map((item, n) => readBone(objectIn(item), n)),
    expressions: listIn(objectIn(vrm['blendShapeMaster'])['blendShapeGroups']).map((group, n) =>
      readExpression(objectIn(group), n),
    ),
    lookAtByExpression: objectIn(vrm['firstPerson'])['lookAtTypeName'] === 'BlendShape',
    springs: listIn(secondary['boneGroups']).map((group, n) => readSpring(objectIn(group), n)),
    colliders: groups.flatMap((group, g) =>
      listIn(group['colliders']).map((collider, c): Collider => ({
        node: indexIn(group['node']),
        shapes: 1, // 0.x knows spheres only
        radius: numberIn(objectIn(collider)['radius']),
        pointer: `${VRM}/secondaryAnimation/colliderGroups/${g}/colliders/${c}`,
      })),
    ),
    colliderGroups: groups.length,
  };
}

/** 0.x names a texture; Unity's exporter writes −1 for none. */
function readThumbnail(gltf: Gltf, value: unknown): number | null | undefined {
  if (value === undefined || value === -1) return null;
  return gltf.textures[indexIn(value) ?? -1] ?? undefined;
}

function readMeta(meta: JsonObject): VrmMeta {
  const author = textIn(meta['author']);
  const reference = textIn(meta['reference']);
  const permissions = [
    ...[
      'allowedUserName',
      'violentUssageName',
      'sexualUssageName',
      'commercialUssageName',
      'otherPermissionUrl',
    ],
  ];
  return {
    name: textIn(meta['title']),
    version: textIn(meta['version']),
    authors: author === null || author === '' ? [] : [author],
    copyright: null,
    contact: textIn(meta['contactInformation']),
    references: reference === null || reference === '' ? [] : [reference],
    license: textIn(meta['licenseName']),
    otherLicenseUrl: textIn(meta['otherLicenseUrl']),
    permissions: Object.fromEntries(
      permissions.flatMap((key) => {
        const value = textIn(meta[key]);
        return value === null || value === '' ? [] : [[key, value]];
      }),
    ),
  };
}

function readBone(bone: JsonObject, n: number): BoneAssignment {
  const declaredAs = textIn(bone['bone']) ?? '';
  return {
    bone: boneFromVrm0(declaredAs),
    declaredAs,
    node: indexIn(bone['node']),
    pointer: `${VRM}/humanoid/humanBones/${n}`,
  };
}

function readExpression(group: JsonObject, n: number): DeclaredExpression {
  const preset = presetFromVrm0(textIn(group['presetName']));
  const declaredAs = textIn(group['name']) ?? `group ${n}`;
  const material = listIn(group['materialValues']).map(
    (value) => textIn(objectIn(value)['propertyName']) ?? '',
  );
  const texture = material.filter((property) => property.endsWith('_ST') || property.includes('_ST_'));
  return {
    name: preset ?? declaredAs,
    declaredAs,
    kind: preset === null ? 'custom' : 'preset',
    morphs: listIn(group['binds']).map((item) => {
      const bind = objectIn(item);
      return {
        node: null,
        mesh: indexIn(bind['mesh']),
        target: indexIn(bind['index']),
        weight: (numberIn(bind['weight']) ?? 0) / 100,
      };
    }),
    materialBinds: material.length - texture.length,
    textureBinds: texture.length,
    pointer: `${VRM}/blendShapeMaster/blendShapeGroups/${n}`,
  };
}

function readSpring(group: JsonObject, n: number): Spring {
  const comment = textIn(group['comment']);
  return {
    name: comment === null || comment === '' ? `spring ${n}` : comment,
    joints: listIn(group['bones']).map(indexIn),
    colliderGroups: indicesIn(group['colliderGroups']),
    pointer: `${VRM}/secondaryAnimation/boneGroups/${n}`,
  };
}
