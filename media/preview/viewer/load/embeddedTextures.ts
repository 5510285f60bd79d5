/**
 * Decodes pictures that lie in the file straight from its bytes. three's own way makes a `blob:` address of them and fetches
 * that, which a strict policy (a chat's, for one) forbids: the model would come up without its textures and say nothing.
 */
import {
  ClampToEdgeWrapping,
  CompressedTexture,
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
  readonly extensions?: {
    readonly EXT_texture_webp?: { readonly source?: number };
    readonly KHR_texture_basisu?: { readonly source?: number };
  };
}

export class EmbeddedTextures implements GLTFLoaderPlugin {
  readonly name = 'AVATAR_FORGE_embedded_textures';
  readonly #parser: GLTFParser;
  readonly #onLost: (picture: string) => void;
  /** One picture is decoded once, and lies on the graphics card once, however many textures show it. */
  readonly #pictures = new Map<number, Promise<Texture>>();

  constructor(parser: GLTFParser, onLost: (picture: string) => void) {
    this.#parser = parser;
    this.#onLost = onLost;
  }

  beforeRoot(): null {
    // three's own ways with these are asked before ours, and would fetch.
    for (const name of ['EXT_texture_webp', 'KHR_texture_basisu']) {
      Reflect.deleteProperty(this.#parser.plugins, name);
    }
    return null;
  }

  /** Gives null in the end, as three's own ways do, for a picture that cannot be decoded: the model is shown without it. */
  loadTexture(index: number): Promise<Texture> | null {
    const { textures = [], images = [] } = this.#parser.json as Document;
    const definition = textures[index];
    if (definition === undefined) return null;
    const { EXT_texture_webp: webp, KHR_texture_basisu: basis } = definition.extensions ?? {};
    const source = basis?.source ?? webp?.source ?? definition.source ?? -1;
    if (images[source]?.bufferView === undefined) return null;
    const work = basis === undefined ? this.#load(source) : this.#transcode(source);
    return work
      .then((texture) => this.#dress(texture, definition, source, index))
      .catch(() => {
        this.#onLost(images[source]?.name ?? `number ${source}`);
        return null;
      }) as Promise<Texture>;
  }

  async #load(source: number): Promise<Texture> {
    const texture = (await this.#picture(source)).clone();
    texture.needsUpdate = true;
    return texture;
  }

  async #transcode(source: number): Promise<Texture> {
    const { ktx2Loader } = this.#parser.options;
    const bytes = (await this.#bytes(source)).slice(0); // it is given away to a worker
    return new Promise((resolve, reject) => {
      ktx2Loader.parse(bytes, resolve, (thrown) => reject(new Error('KTX2', { cause: thrown })));
    });
  }

  #dress(texture: Texture, definition: TextureDefinition, source: number, index: number): Texture {
    const { images = [], samplers = [] } = this.#parser.json as Document;
    const sampler = samplers[definition.sampler ?? -1] ?? {};
    texture.flipY = false;
    texture.name = definition.name ?? images[source]?.name ?? '';
    texture.magFilter = MAG[sampler.magFilter ?? 0] ?? LinearFilter;
    texture.minFilter = MIN[sampler.minFilter ?? 0] ?? LinearMipmapLinearFilter;
    texture.wrapS = WRAP[sampler.wrapS ?? 0] ?? RepeatWrapping;
    texture.wrapT = WRAP[sampler.wrapT ?? 0] ?? RepeatWrapping;
    const smooth = texture.minFilter !== NearestFilter && texture.minFilter !== LinearFilter;
    texture.generateMipmaps = smooth && !(texture instanceof CompressedTexture);
    // A compressed picture has the smaller versions of it that it came with, and none can be made.
    if (texture instanceof CompressedTexture && texture.mipmaps.length < 2) texture.minFilter = LinearFilter;
    this.#parser.associations.set(texture, { textures: index });
    return texture;
  }

  #bytes(source: number): Promise<ArrayBuffer> {
    const { images = [] } = this.#parser.json as Document;
    const view = images[source]?.bufferView ?? -1;
    return this.#parser.getDependency('bufferView', view) as Promise<ArrayBuffer>;
  }

  #picture(source: number): Promise<Texture> {
    const known = this.#pictures.get(source);
    if (known !== undefined) return known;
    const { images = [] } = this.#parser.json as Document;
    const decoded = this.#bytes(source).then(async (bytes) => {
      const blob = new Blob([bytes], { type: images[source]?.mimeType ?? 'image/png' });
      const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
      return new Texture(await createImageBitmap(blob, options));
    });
    this.#pictures.set(source, decoded);
    return decoded;
  }
}
