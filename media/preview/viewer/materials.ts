import type { VRM } from '@pixiv/three-vrm';
import { Texture } from 'three';
import type { Material } from 'three';
import { meshesOf } from './model.ts';

/** Every material of the model once, those of outlines too. */
export function materialsOf(vrm: VRM): readonly Material[] {
  return [...new Set(meshesOf(vrm).flatMap(({ material }) => material))];
}

/** A texture as it lies on the graphics card. */
export interface TextureCost {
  readonly texture: Texture;
  readonly name: string;
  /** What materials use it for, such as `map`. */
  readonly roles: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** The textures the materials show; two that show one picture cost once. Largest first. */
export function texturesOf(vrm: VRM): readonly TextureCost[] {
  const found = new Map<unknown, { texture: Texture; roles: Set<string>; names: Set<string> }>();
  for (const material of materialsOf(vrm)) {
    const values = { ...propertiesOf(material), ...uniformsOf(material) };
    for (const [role, value] of Object.entries(values)) {
      if (!(value instanceof Texture) || value.image === null) continue;
      const key: unknown = value.source;
      const one = found.get(key) ?? { texture: value as Texture, roles: new Set(), names: new Set() };
      one.roles.add(role);
      if (value.name !== '') one.names.add(value.name);
      found.set(key, one);
    }
  }
  return [...found.values()]
    .map(({ texture, roles, names }) => {
      const { width, height } = sizeOf(texture);
      const name = [...names][0] ?? '';
      return { texture, name, roles: [...roles], width, height, bytes: bytesOnCard(texture) };
    })
    .toSorted((a, b) => b.bytes - a.bytes);
}

function propertiesOf(material: Material): Record<string, unknown> {
  return Object.fromEntries(Object.entries(material));
}

function uniformsOf(material: Material): Record<string, unknown> {
  if (!('uniforms' in material)) return {};
  return Object.fromEntries(
    Object.entries(material.uniforms as Record<string, { readonly value: unknown }>).map(
      ([name, { value }]) => [name, value],
    ),
  );
}

function sizeOf(texture: Texture): { readonly width: number; readonly height: number } {
  const image: unknown = texture.image;
  if (typeof image !== 'object' || image === null) return { width: 0, height: 0 };
  const read = (key: 'width' | 'height'): number => {
    const value: unknown = Reflect.get(image, key);
    return typeof value === 'number' ? value : 0;
  };
  return { width: read('width'), height: read('height') };
}

/** Four bytes a pixel and a third more for the smaller versions of it; of a compressed one what its data take. */
function bytesOnCard(texture: Texture): number {
  const packed = texture.mipmaps.reduce((sum, level) => {
    const data: unknown = Reflect.get(level, 'data');
    return sum + (ArrayBuffer.isView(data) ? data.byteLength : 0);
  }, 0);
  if (packed > 0) return packed;
  const { width, height } = sizeOf(texture);
  return width * height * 4 * (texture.generateMipmaps ? 4 / 3 : 1);
}

/** What vertices, morphs and corners take, in bytes. */
export function geometryBytes(vrm: VRM): number {
  const arrays = new Set<ArrayBufferLike>();
  for (const { geometry } of meshesOf(vrm)) {
    const morphs = Object.values(geometry.morphAttributes).flat();
    const all = [...Object.values(geometry.attributes), ...morphs, geometry.index];
    for (const attribute of all) {
      if (attribute !== null && attribute !== undefined && 'array' in attribute)
        arrays.add(attribute.array.buffer);
    }
  }
  return [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
