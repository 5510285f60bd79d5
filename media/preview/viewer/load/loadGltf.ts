/** Bytes to a glTF: with what three needs for VRM and VRM animations, and decoders where the file asks for them. */
import { VRMLoaderPlugin } from '@pixiv/three-vrm';
import { VRMAnimationLoaderPlugin } from '@pixiv/three-vrm-animation';
import { LoadingManager } from 'three';
import type { WebGLRenderer } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import type { GLTF } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { PageFault } from '../../fault.ts';
import { extensionsIn } from './extensionsIn.ts';
import { EmbeddedTextures } from './embeddedTextures.ts';

/** Some decoders never settle where a page's policy stops them: better an error than a spinner. */
const LOAD_TIMEOUT_MS = 60_000;
const DECODE_TIMEOUT_MS = 20_000;

const COMPRESSED: Readonly<Record<string, string>> = {
  KHR_texture_basisu: 'KTX2 textures',
  KHR_draco_mesh_compression: 'Draco meshes',
  EXT_meshopt_compression: 'meshopt buffers',
};

/** Rejects with a {@link PageFault} `model-unreadable`. `warnings` collects what was thrown away on the way. */
export async function loadGltf(
  bytes: ArrayBuffer,
  renderer: WebGLRenderer,
  warnings: string[],
): Promise<GLTF> {
  const manager = new LoadingManager();
  const lost = (picture: string): void => {
    const warning = `The picture ${picture} cannot be decoded: what it lies on is shown without it.`;
    if (!warnings.includes(warning)) warnings.push(warning);
  };
  manager.onError = lost;
  const loader = new GLTFLoader(manager);
  loader.register((parser) => new EmbeddedTextures(parser, lost));
  loader.register((parser) => new VRMLoaderPlugin(parser));
  loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
  const compressed = extensionsIn(bytes).filter((name) => Object.hasOwn(COMPRESSED, name));
  const timeoutMs = compressed.length > 0 ? DECODE_TIMEOUT_MS : LOAD_TIMEOUT_MS;
  const read = async (): Promise<GLTF> => {
    if (compressed.length > 0) {
      const { attachDecoders } = await import('./decoders.ts'); // as large as a third of the page: loaded on use
      attachDecoders(loader, compressed, renderer);
    }
    return loader.parseAsync(bytes, '');
  };
  try {
    return await withTimeout(read(), timeoutMs);
  } catch (thrown) {
    const what = compressed.map((name) => COMPRESSED[name]).join(', ');
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw unreadable(what === '' ? reason : `${reason.replace(/\.$/, '')} (it has ${what})`);
  }
}

export function unreadable(reason: string): PageFault {
  return new PageFault(
    'model-unreadable',
    `The model cannot be read: ${reason.replace(/\.?$/, '.')}`,
    'Check the file with the VRM check.',
  );
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new Error(`it took more than ${ms / 1000} s.`)), ms);
  });
  return Promise.race([work, late]).finally(() => window.clearTimeout(timer));
}
