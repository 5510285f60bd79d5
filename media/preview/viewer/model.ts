/** A VRM in three: loading, measuring, freeing. Upright, in metres, facing +Z whichever version it is. */
import { VRM, VRMUtils } from '@pixiv/three-vrm';
import type {
  VRMExpressionManager,
  VRMLookAt,
  VRMSpringBoneCollider,
  VRMSpringBoneJoint,
} from '@pixiv/three-vrm';
import { VRMLookAtQuaternionProxy } from '@pixiv/three-vrm-animation';
import { Box3, Mesh, Vector3 } from 'three';
import type { Object3D, WebGLRenderer } from 'three';
import type { GLTFParser } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { PageFault } from '../fault.ts';
import type { Figure } from './framing.ts';
import { loadGltf, unreadable } from './load/loadGltf.ts';
import { hangArms } from './pose.ts';

/** Springs swing in steps of this length, however long a frame took. */
export const STEP_S = 1 / 60;

/** How long hair and cloth may swing until they hang still. */
const SETTLE_S = 1;

/** A mesh tells its size by this many of its vertices at most. */
const SAMPLES = 20_000;

export class Model {
  readonly vrm: VRM;
  /** Knows which object came from which place in the file. */
  readonly parser: GLTFParser;
  readonly warnings: readonly string[];
  /** All that the file has, whichever of them swing just now. */
  readonly joints: readonly VRMSpringBoneJoint[];
  readonly colliders: readonly VRMSpringBoneCollider[];

  private constructor(vrm: VRM, parser: GLTFParser, warnings: readonly string[]) {
    this.vrm = vrm;
    this.parser = parser;
    this.warnings = warnings;
    this.joints = [...(vrm.springBoneManager?.joints ?? [])];
    this.colliders = [...(vrm.springBoneManager?.colliders ?? [])];
  }

  /** Rejects with a {@link PageFault} `model-unreadable`. */
  static async load(bytes: ArrayBuffer, renderer: WebGLRenderer): Promise<Model> {
    const warnings: string[] = [];
    const gltf = await loadGltf(bytes, renderer, warnings);
    const vrm: unknown = gltf.userData['vrm'];
    if (!(vrm instanceof VRM)) {
      VRMUtils.deepDispose(gltf.scene);
      throw unreadable('it is a glTF, but no VRM.');
    }
    VRMUtils.rotateVRM0(vrm);
    // A skinned mesh is where its bones are, not where three's culling looks for it.
    for (const mesh of meshesOf(vrm)) mesh.frustumCulled = false;
    const lookAt = orNull<VRMLookAt>(vrm.lookAt);
    if (lookAt !== null) {
      const proxy = new VRMLookAtQuaternionProxy(lookAt); // what an animation's look-at track turns
      proxy.name = 'lookAtQuaternionProxy';
      vrm.scene.add(proxy);
    }
    return new Model(vrm, gltf.parser, warnings);
  }

  get version(): '1.0' | '0.x' {
    return this.vrm.meta.metaVersion === '1' ? '1.0' : '0.x';
  }

  get name(): string {
    const { meta } = this.vrm;
    return (meta.metaVersion === '1' ? meta.name : meta.title) ?? '';
  }

  get bones(): readonly string[] {
    return Object.keys(this.vrm.humanoid.humanBones);
  }

  get expressions(): readonly string[] {
    return this.vrm.expressionManager?.expressions.map((expression) => expression.expressionName) ?? [];
  }

  get lookAt(): VRMLookAt | null {
    return orNull(this.vrm.lookAt);
  }

  get expressionManager(): VRMExpressionManager | null {
    return orNull(this.vrm.expressionManager);
  }

  get triangles(): number {
    return meshesOf(this.vrm).reduce((sum, { geometry }) => {
      const corners = geometry.index?.count ?? geometry.getAttribute('position').count;
      return sum + Math.floor(corners / 3);
    }, 0);
  }

  /** Error: `unknown-expression`. */
  setExpression(name: string, weight: number): void {
    const manager = this.expressionManager;
    const expression = manager?.getExpression(name) ?? null;
    if (manager === null || expression === null) {
      throw new PageFault(
        'unknown-expression',
        `The model has no expression ${JSON.stringify(name)}.`,
        `Use one of: ${this.expressions.join(', ')}.`,
      );
    }
    manager.setValue(name, weight);
    this.vrm.update(0);
  }

  resetExpressions(): void {
    this.vrm.expressionManager?.resetValues();
    this.vrm.update(0);
  }

  /** Arms hanging, nothing on the face, as if just loaded. */
  rest(): void {
    this.vrm.expressionManager?.resetValues();
    this.vrm.lookAt?.reset();
    this.vrm.humanoid.resetNormalizedPose();
    hangArms(this.vrm, 0);
    this.settle();
  }

  /** In real time. */
  advance(seconds: number): void {
    this.vrm.update(seconds);
  }

  /** The figure as it stands now. */
  figure(): Figure {
    const box = new Box3();
    const point = new Vector3();
    for (const mesh of meshesOf(this.vrm)) {
      const { count } = mesh.geometry.getAttribute('position');
      const stride = Math.ceil(count / SAMPLES);
      for (let n = 0; n < count; n += stride) {
        box.expandByPoint(mesh.getVertexPosition(n, point).applyMatrix4(mesh.matrixWorld));
      }
    }
    if (box.isEmpty()) box.set(new Vector3(-0.5, 0, -0.5), new Vector3(0.5, 1.6, 0.5));
    const [left, right] = [this.#place('leftEye'), this.#place('rightEye')];
    return {
      min: box.min,
      max: box.max,
      head: this.#place('head'),
      eyes: left === null || right === null ? null : left.lerp(right, 0.5),
    };
  }

  /** Frees what lies on the graphics card; three does not by itself. */
  dispose(): void {
    VRMUtils.deepDispose(this.vrm.scene);
  }

  /** Without fresh matrices and a reset the springs would fly from where they were before a turn or a pose. */
  settle(): void {
    this.vrm.update(0);
    this.vrm.scene.updateMatrixWorld(true);
    this.vrm.springBoneManager?.reset();
    for (let n = Math.round(SETTLE_S / STEP_S); n > 0; n--) this.vrm.update(STEP_S);
    this.vrm.scene.updateMatrixWorld(true);
  }

  #place(bone: 'head' | 'leftEye' | 'rightEye'): Vector3 | null {
    return this.vrm.humanoid.getRawBoneNode(bone)?.getWorldPosition(new Vector3()) ?? null;
  }
}

/** three-vrm declares what a file may lack as optional, and sets it to null. */
function orNull<T>(part: T | null | undefined): T | null {
  return part ?? null;
}

export function meshesOf(vrm: VRM): readonly Mesh[] {
  const meshes: Mesh[] = [];
  vrm.scene.traverse((object) => {
    if (isMesh(object)) meshes.push(object);
  });
  return meshes;
}

function isMesh(object: Object3D): object is Mesh {
  return object instanceof Mesh;
}
