/**
 * Decodes pictures that lie in the file straight from its bytes. three's own way makes a `blob:` address of them and fetches
 * that, which a strict policy (a chat's, for one) forbids: the model would come up without its textures and say nothing.
 */
import {
  ClampToEdgeWrapping,
  LinearFilter,
  LinearMipmapLinearFilter,
  LinearMipmapNearestFilter,
  MirroredRepeatWrapping,
  NearestFilter,
  NearestMipmapLinearFilter,
  NearestMipmapNearestFilter,
  RepeatWrapping,
  Texture,
} from 'three';
import type { MagnificationTextureFilter, MinificationTextureFilter, Wrapping } from 'three';
import type { GLTFLoaderPlugin, GLTFParser } from 'three/examples/jsm/loaders/GLTFLoader.js';

/** https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#schema-reference-sampler */
const MAG: Readonly<Record<number, MagnificationTextureFilter>> = { 9728: NearestFilter, 9729: LinearFilter };
const MIN: Readonly<Record<number, MinificationTextureFilter>> = {
  9728: NearestFilter,
  9729: LinearFilter,
  9984: NearestMipmapNearestFilter,
  9985: LinearMipmapNearestFilter,
  9986: NearestMipmapLinearFilter,
  9987: LinearMipmapLinearFilter,
};
const WRAP: Readonly<Record<number, Wrapping>> = {
  33071: ClampToEdgeWrapping,
  33648: MirroredRepeatWrapping,
  10497: RepeatWrapping,
};

interface Document {
  readonly textures?: readonly TextureDefinition[];
  readonly images?: readonly {
    readonly bufferView?: number;
    readonly mimeType?: string;
    readonly name?: string;
  }[];
  readonly samplers?: readonly {
    readonly magFilter?: number;
    readonly minFilter?: number;
    readonly wrapS?: number;
    readonly wrapT?: number;
  }[];
}

interface TextureDefinition {
  readonly source?: number;
  readonly sampler?: number;
  readonly name?: string;
  readonly extensions?: { readonly EXT_texture_webp?: { readonly source?: number } };
}

export class EmbeddedTextures implements GLTFLoaderPlugin {
  readonly name = 'AVATAR_FORGE_embedded_textures';
  readonly #parser: GLTFParser;
  readonly #onError: () => void;
  /** One picture is decoded once, however many textures show it. */
  readonly #images = new Map<number, Promise<ImageBitmap>>();

  constructor(parser: GLTFParser, onError: () => void) {
    this.#parser = parser;
    this.#onError = onError;
    // Its own way with WebP asks before ours and would fetch.
    delete parser.plugins['EXT_texture_webp'];
  }

  loadTexture(index: number): Promise<Texture> | null {
    const { textures = [], images = [] } = this.#parser.json as Document;
    const definition = textures[index];
    const source = definition?.extensions?.EXT_texture_webp?.source ?? definition?.source ?? -1;
    if (definition === undefined || images[source]?.bufferView === undefined) return null;
    return this.#load(definition, source, index).catch((thrown: unknown) => {
      this.#onError();
      throw thrown;
    });
  }

  async #load(definition: TextureDefinition, source: number, index: number): Promise<Texture> {
    const { images = [], samplers = [] } = this.#parser.json as Document;
    const texture = new Texture(await this.#image(source));
    const sampler = samplers[definition.sampler ?? -1] ?? {};
    texture.flipY = false;
    texture.name = definition.name ?? images[source]?.name ?? '';
    texture.magFilter = MAG[sampler.magFilter ?? 0] ?? LinearFilter;
    texture.minFilter = MIN[sampler.minFilter ?? 0] ?? LinearMipmapLinearFilter;
    texture.wrapS = WRAP[sampler.wrapS ?? 0] ?? RepeatWrapping;
    texture.wrapT = WRAP[sampler.wrapT ?? 0] ?? RepeatWrapping;
    texture.generateMipmaps = texture.minFilter !== NearestFilter && texture.minFilter !== LinearFilter;
    texture.needsUpdate = true;
    this.#parser.associations.set(texture, { textures: index });
    return texture;
  }

  #image(source: number): Promise<ImageBitmap> {
    const known = this.#images.get(source);
    if (known !== undefined) return known;
    const { images = [] } = this.#parser.json as Document;
    const decoded = this.#parser
      .getDependency('bufferView', images[source]?.bufferView ?? -1)
      .then((bytes: ArrayBuffer) => {
        const blob = new Blob([bytes], { type: images[source]?.mimeType ?? 'image/png' });
        return createImageBitmap(blob, { colorSpaceConversion: 'none' });
      });
    this.#images.set(source, decoded);
    return decoded;
  }
}
