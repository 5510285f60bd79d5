/** Lines over the model: its skeleton, its colliders and springs, its wires. */
import { VRMSpringBoneColliderHelper, VRMSpringBoneJointHelper } from '@pixiv/three-vrm';
import { Bone, Group } from 'three';
import type { Material, Object3D } from 'three';
import { BoneLines } from '../boneLines.ts';
import { bringForward } from '../forward.ts';
import type { Model } from '../model.ts';
import { materialsOf } from '../materials.ts';
import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

export const OVERLAYS = ['skeleton', 'colliders', 'springs', 'wireframe'] as const;
export type Overlay = (typeof OVERLAYS)[number];

interface Disposable {
  dispose(): void;
}

export class Overlays implements Feature {
  readonly #stage: Stage;
  readonly #on = new Set<Overlay>();
  #model: Model | null = null;
  #lines: Group | null = null;
  #disposables: Disposable[] = [];
  #bones: BoneLines | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  has(overlay: Overlay): boolean {
    return this.#on.has(overlay);
  }

  set(overlay: Overlay, on: boolean): void {
    if (on) this.#on.add(overlay);
    else this.#on.delete(overlay);
    this.#draw();
  }

  show(model: Model | null): void {
    this.#wire(false);
    this.#model = model;
    this.#draw();
  }

  update(): void {
    this.#bones?.follow();
  }

  #draw(): void {
    if (this.#lines !== null) this.#stage.remove(this.#lines);
    for (const one of this.#disposables) one.dispose();
    this.#disposables = [];
    this.#lines = null;
    this.#bones = null;
    if (this.#model === null) return;
    this.#wire(this.#on.has('wireframe'));
    const helpers = [
      ...(this.#on.has('skeleton') ? this.#skeleton(this.#model) : []),
      ...(this.#on.has('colliders') ? this.#colliders(this.#model) : []),
      ...(this.#on.has('springs') ? this.#joints(this.#model) : []),
    ];
    if (helpers.length === 0) return;
    this.#lines = new Group();
    this.#lines.add(...helpers);
    bringForward(this.#lines);
    this.#stage.add(this.#lines);
  }

  #wire(on: boolean): void {
    if (this.#model === null) return;
    for (const material of materialsOf(this.#model.vrm)) if (isWired(material)) material.wireframe = on;
  }

  #skeleton({ vrm }: Model): readonly Object3D[] {
    const bones = new Set<Object3D>();
    vrm.scene.traverse((object) => {
      if (object instanceof Bone) bones.add(object);
    });
    for (const bone of Object.values(vrm.humanoid.rawHumanBones)) bones.add(bone.node);
    const lines = new BoneLines(bones);
    this.#bones = lines;
    this.#disposables.push(lines);
    return [lines];
  }

  #colliders({ colliders }: Model): readonly Object3D[] {
    return colliders.map((collider) => {
      const helper = new VRMSpringBoneColliderHelper(collider);
      this.#disposables.push(helper);
      return helper;
    });
  }

  #joints({ joints }: Model): readonly Object3D[] {
    return joints.map((joint) => {
      const helper = new VRMSpringBoneJointHelper(joint);
      this.#disposables.push(helper);
      return helper;
    });
  }
}

function isWired(material: Material): material is Material & { wireframe: boolean } {
  return 'wireframe' in material;
}
