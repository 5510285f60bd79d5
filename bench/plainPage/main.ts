/** What three-vrm's own example does and no more: loads a model, turns it, draws it. Speaks as our page does, to be timed alike. */
import { VRM, VRMLoaderPlugin, VRMUtils } from '@pixiv/three-vrm';
import { DirectionalLight, LoadingManager, PerspectiveCamera, Scene, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import type { PreviewFault } from '../../src/protocol/preview.ts';

interface LoadRequest {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly source: { readonly url: string } };
}

const canvas = document.querySelector('canvas');
if (canvas === null) throw new Error('The page has no canvas.');
const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
renderer.setSize(canvas.clientWidth, canvas.clientHeight, false);
const camera = new PerspectiveCamera(30, canvas.clientWidth / canvas.clientHeight, 0.1, 20);
camera.position.set(0, 1, 5);
const controls = new OrbitControls(camera, canvas);
controls.target.set(0, 1, 0);
controls.update();
const scene = new Scene();
const light = new DirectionalLight(0xffffff, Math.PI);
light.position.set(1, 1, 1);
scene.add(light);

window.addEventListener('message', ({ data }: MessageEvent<LoadRequest>) => {
  if (data.method !== 'load') return;
  const lost: string[] = [];
  const loader = new GLTFLoader(new LoadingManager(undefined, undefined, (url) => lost.push(url)));
  loader.register((parser) => new VRMLoaderPlugin(parser));
  loader.load(data.params.source.url, ({ userData }) => {
    const vrm: unknown = userData['vrm'];
    if (!(vrm instanceof VRM)) throw new Error('That is no VRM.');
    VRMUtils.rotateVRM0(vrm);
    scene.add(vrm.scene);
    vrm.update(0);
    renderer.render(scene, camera);
    const fault: PreviewFault = {
      code: 'model-unreadable',
      message: `It was drawn without ${lost.join(', ')}.`,
      next: '',
    };
    window.avatarForgeHost?.({
      type: 'reply',
      id: data.id,
      ...(lost.length === 0 ? { result: null } : { fault }),
    });
  });
});
window.avatarForgeHost?.({ type: 'ready', renderer: '' });
