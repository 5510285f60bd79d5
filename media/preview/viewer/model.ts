/** A VRM in three: loading, posing, measuring, freeing. Upright, in metres, facing +Z whichever version it is. */
import { VRM, VRMLoaderPlugin, VRMUtils } from '@pixiv/three-vrm';
import { Box3, LoadingManager, Mesh, Vector3 } from 'three';
import type { Object3D } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import type { Pose } from '../../../src/protocol/preview.ts';
import { PageFault } from '../fault.ts';
import type { Figure } from './framing.ts';

/** Some decoders never settle: better an error than a spinner. */
const LOAD_TIMEOUT_MS = 60_000;

/** Springs swing in steps of this length, however long a frame took. */
const STEP_S = 1 / 60;

/** How long hair and cloth may swing until they hang still. */
const SETTLE_S = 1;

/** A mesh tells its size by this many of its vertices at most. */
const SAMPLES = 20_000;

export class Model {
  readonly vrm: VRM;
  readonly warnings: readonly string[];

  private constructor(vrm: VRM, warnings: readonly string[]) {
    this.vrm = vrm;
    this.warnings = warnings;
  }

  /** Rejects with a {@link PageFault} `model-unreadable`. */
  static async load(bytes: ArrayBuffer): Promise<Model> {
    const warnings: string[] = [];
    const manager = new LoadingManager();
    manager.onError = () => warnings.push('A texture of the model could not be decoded.');
    const loader = new GLTFLoader(manager);
    loader.register((parser) => new VRMLoaderPlugin(parser));
    const fail = (reason: string): PageFault =>
      new PageFault(
        'model-unreadable',
        `The model cannot be read: ${reason.replace(/\.?$/, '.')}`,
        'Check the file with the VRM check.',
      );
    const vrm = await withTimeout(loader.parseAsync(bytes, ''), LOAD_TIMEOUT_MS).then(
      (gltf): unknown => gltf.userData['vrm'],
      (thrown: unknown) => {
        throw fail(thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
    if (!(vrm instanceof VRM)) throw fail('it is a glTF, but no VRM.');
    VRMUtils.rotateVRM0(vrm);
    // A skinned mesh is where its bones are, not where three's culling looks for it.
    for (const mesh of meshesOf(vrm)) mesh.frustumCulled = false;
    const model = new Model(vrm, warnings);
    model.setPose('rest');
    return model;
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

  get triangles(): number {
    return meshesOf(this.vrm).reduce((sum, { geometry }) => {
      const corners = geometry.index?.count ?? geometry.getAttribute('position').count;
      return sum + Math.floor(corners / 3);
    }, 0);
  }

  setExpression(name: string, weight: number): void {
    const manager = this.vrm.expressionManager;
    const expression = manager?.getExpression(name) ?? null;
    if (manager === undefined || expression === null) {
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

  setPose(pose: Pose): void {
    const { humanoid, meta } = this.vrm;
    humanoid.resetNormalizedPose();
    if (pose === 'relaxed') {
      // A model of 0.x faces the other way in its own space: turns about X and Z change their sign.
      const sign = meta.metaVersion === '1' ? 1 : -1;
      for (const [side, mirror] of [
        ['left', 1],
        ['right', -1],
      ] as const) {
        humanoid.getNormalizedBoneNode(`${side}UpperArm`)?.rotation.set(0, 0, sign * mirror * -1.22);
        humanoid
          .getNormalizedBoneNode(`${side}LowerArm`)
          ?.rotation.set(0, mirror * -0.12, sign * mirror * -0.08);
        humanoid.getNormalizedBoneNode(`${side}Hand`)?.rotation.set(0, 0, sign * mirror * -0.06);
      }
    }
    this.#settle();
  }

  /** Lets time pass in equal steps, so that the same seconds always end in the same picture. */
  step(seconds: number): void {
    for (let n = Math.round(seconds / STEP_S); n > 0; n--) this.vrm.update(STEP_S);
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

  #place(bone: 'head' | 'leftEye' | 'rightEye'): Vector3 | null {
    return this.vrm.humanoid.getRawBoneNode(bone)?.getWorldPosition(new Vector3()) ?? null;
  }

  /** Without fresh matrices and a reset the springs would fly from where they were before the turn or the pose. */
  #settle(): void {
    this.vrm.update(0);
    this.vrm.scene.updateMatrixWorld(true);
    this.vrm.springBoneManager?.reset();
    this.step(SETTLE_S);
    this.vrm.scene.updateMatrixWorld(true);
  }
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

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new Error(`it took more than ${ms / 1000} s.`)), ms);
  });
  return Promise.race([work, late]).finally(() => window.clearTimeout(timer));
}
