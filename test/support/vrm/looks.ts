/** The materials' part of a portrait. */
import { createHash } from 'node:crypto';
import { VRMMaterialsV0CompatPlugin } from '@pixiv/three-vrm-materials-v0compat';
import { bytesOfView } from '../../../src/core/vrm/accessorData.ts';
import { imageFact } from '../../../src/core/vrm/facts.ts';
import {
  indexIn,
  type JsonObject,
  listIn,
  numberIn,
  numbersIn,
  objectIn,
  textIn,
} from '../../../src/core/vrm/json.ts';
import { objects, type Reading, type Value } from './reading.ts';

/** The package's own types cannot be resolved from here. */
const Compat = VRMMaterialsV0CompatPlugin as unknown as new (parser: { readonly json: JsonObject }) => {
  beforeRoot(): Promise<void>;
};

const REPEAT = 10497;
const LINEAR = 9729;

/** Of 0.x as three-vrm reads them. */
export async function looks(reading: Reading): Promise<void> {
  const { json, old, put } = reading;
  if (old) await new Compat({ json }).beforeRoot();
  for (const material of objects(json['materials'])) {
    const name = `material ${textIn(material['name'])}`;
    const surface = objectIn(material['pbrMetallicRoughness']);
    const extensions = objectIn(material['extensions']);
    const isMtoon = 'VRMC_materials_mtoon' in extensions;
    const linear = (color: unknown): Value => {
      const parts = listIn(color) as number[];
      return old ? parts.map((part, at) => (at < 3 ? fromGamma(part) : part)) : parts;
    };
    const texture = (member: string, info: unknown): void => {
      for (const [fact, value] of textureFacts(reading, objectIn(info)))
        put(`${name} ${member}${fact}`, value);
    };
    put(`${name} kind`, isMtoon);
    put(`${name} color`, linear(surface['baseColorFactor'] ?? [1, 1, 1, 1]));
    texture('texture', surface['baseColorTexture']);
    texture('normal', material['normalTexture']);
    put(`${name} normal scale`, objectIn(material['normalTexture'])['scale'] ?? 1);
    put(`${name} alpha`, [textIn(material['alphaMode']) ?? 'OPAQUE', material['doubleSided'] === true]);
    if (material['alphaMode'] === 'MASK') put(`${name} alpha cutoff`, material['alphaCutoff'] ?? 0.5);
    const emissive = listIn(material['emissiveFactor'] ?? [0, 0, 0]);
    put(`${name} emissive`, linear(emissive.slice(0, 3)));
    texture('emissiveTexture', material['emissiveTexture']);
    const strength = objectIn(extensions['KHR_materials_emissive_strength'])['emissiveStrength'];
    put(`${name} emissive strength`, strength ?? 1);
    if (isMtoon) {
      for (const [member, value] of Object.entries(objectIn(extensions['VRMC_materials_mtoon']))) {
        if (['specVersion', 'extensions', 'extras'].includes(member) || value === 0) continue;
        if (member.endsWith('Texture')) texture(member, value);
        else put(`${name} ${member}`, Array.isArray(value) ? linear(value.slice(0, 3)) : value);
      }
    } else {
      // MToon has none of these.
      put(`${name} unlit`, 'KHR_materials_unlit' in extensions);
      put(`${name} metal`, numberIn(surface['metallicFactor']) ?? 1);
      put(`${name} roughness`, numberIn(surface['roughnessFactor']) ?? 1);
      texture('metalTexture', surface['metallicRoughnessTexture']);
      texture('occlusion', material['occlusionTexture']);
    }
  }
}

/** The picture by its bytes, where it is, and how it is read beyond its edges and between its pixels. */
function textureFacts({ json, gltf }: Reading, info: JsonObject): (readonly [fact: string, value: Value])[] {
  const texture = indexIn(info['index']);
  if (texture === null) return [];
  const image = gltf.textures[texture] ?? -1;
  const { width, height } = imageFact(gltf, image);
  const bytes = bytesOfView(gltf, gltf.bufferViews[gltf.images[image]?.bufferView ?? -1]);
  const hash = createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
    .slice(0, 16);
  const moved = objectIn(objectIn(info['extensions'])['KHR_texture_transform']);
  const place = [
    ...(numbersIn(moved['offset']) ?? [0, 0]),
    ...(numbersIn(moved['scale']) ?? [1, 1]),
    numberIn(info['texCoord']) ?? 0,
  ];
  const sampler = objects(json['samplers'])[indexIn(objects(json['textures'])[texture]?.['sampler']) ?? -1];
  const read = (member: string): number | null => numberIn(sampler?.[member]);
  return [
    ['', [hash, width, height]],
    [' place', place],
    [' rotation', numberIn(moved['rotation']) ?? null],
    [' sampler', [read('wrapS') ?? REPEAT, read('wrapT') ?? REPEAT, read('magFilter') ?? LINEAR]],
    [' made smaller', read('minFilter')],
  ];
}

/** three-vrm takes 2.2 for the exponent of sRGB; this takes it back. */
function fromGamma(value: number): number {
  const srgb = value ** (1 / 2.2);
  return srgb <= 0.04045 ? srgb / 12.92 : ((srgb + 0.055) / 1.055) ** 2.4;
}
