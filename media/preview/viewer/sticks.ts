/** An animation by itself, without an avatar: its bones as sticks. */
import { AnimationMixer, Group } from 'three';
import type { Object3D } from 'three';
import type { GLTF } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { BoneLines } from './boneLines.ts';
import type { Figure } from './framing.ts';

/** Where a figure of sticks stands. */
export const STICKS_STAND: Figure = {
  min: { x: -0.8, y: 0, z: -0.4 },
  max: { x: 0.8, y: 1.7, z: 0.4 },
  head: null,
  eyes: null,
};

export class Sticks {
  readonly root = new Group();
  readonly #lines: BoneLines;
  readonly #mixer: AnimationMixer;

  constructor(gltf: GLTF) {
    const bones = new Set<Object3D>();
    gltf.scene.traverse((object) => {
      if (object !== gltf.scene) bones.add(object);
    });
    this.#lines = new BoneLines(bones);
    this.root.add(gltf.scene, this.#lines);
    this.#mixer = new AnimationMixer(gltf.scene);
    for (const clip of gltf.animations) this.#mixer.clipAction(clip).play();
    this.update(0);
  }

  update(seconds: number): void {
    this.#mixer.update(seconds);
    this.root.updateMatrixWorld(true);
    this.#lines.follow();
  }

  dispose(): void {
    this.#mixer.stopAllAction();
    this.#lines.dispose();
  }
}
