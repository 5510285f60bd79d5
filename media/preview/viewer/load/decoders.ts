/** Decoders of what VRM 1.0 does not have but models on the web do. Their programs lie beside the page. */
import type { WebGLRenderer } from 'three';
import { DRACOLoader } from 'three/examples/jsm/loaders/DRACOLoader.js';
import type { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { KTX2Loader } from 'three/examples/jsm/loaders/KTX2Loader.js';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';

let draco: DRACOLoader | undefined;
let ktx2: KTX2Loader | undefined;

/** `extensions` are those of the file; workers are started for these alone, and once for a page. */
export function attachDecoders(
  loader: GLTFLoader,
  extensions: readonly string[],
  renderer: WebGLRenderer,
): void {
  if (extensions.includes('EXT_meshopt_compression')) loader.setMeshoptDecoder(MeshoptDecoder);
  if (extensions.includes('KHR_draco_mesh_compression')) {
    draco ??= new DRACOLoader().setDecoderPath(programs()).setWorkerLimit(2);
    loader.setDRACOLoader(draco);
  }
  if (extensions.includes('KHR_texture_basisu')) {
    ktx2 ??= new KTX2Loader().setTranscoderPath(programs()).setWorkerLimit(2).detectSupport(renderer);
    loader.setKTX2Loader(ktx2);
  }
}

function programs(): string {
  return new URL('decoders/', import.meta.url).href;
}
