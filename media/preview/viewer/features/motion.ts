/** How the body is held and moves: a pose, breathing, or a VRM animation. */
import { VRMAnimation, createVRMAnimationClip } from '@pixiv/three-vrm-animation';
import { AnimationMixer } from 'three';
import type { AnimationAction } from 'three';
import type { Pose } from '../../../../src/protocol/preview.ts';
import type { Model } from '../model.ts';
import { hangArms, signOf } from '../pose.ts';
import type { Feature } from './feature.ts';

interface Clip {
  readonly name: string;
  readonly animation: VRMAnimation;
}

interface Running {
  readonly mixer: AnimationMixer;
  readonly action: AnimationAction;
}

export class Motion implements Feature {
  #model: Model | null = null;
  #pose: Pose = 'rest';
  #clip: Clip | null = null;
  #running: Running | null = null;
  #timeS = 0;
  paused = false;

  get pose(): Pose {
    return this.#pose;
  }

  /** Of the animation that plays; null for a pose. */
  get clip(): { readonly name: string; readonly durationS: number } | null {
    return this.#clip === null ? null : { name: this.#clip.name, durationS: this.#clip.animation.duration };
  }

  get timeS(): number {
    return this.#running?.action.time ?? this.#timeS;
  }

  show(model: Model | null): void {
    this.#timeS = this.timeS;
    this.#stop();
    this.#model = model;
    if (this.#clip === null) this.#hold();
    else this.#start(this.#clip, this.#timeS);
  }

  setPose(pose: Pose): void {
    this.#pose = pose;
    this.#clip = null;
    this.#timeS = 0;
    this.#stop();
    this.#hold();
  }

  play(name: string, animation: VRMAnimation): void {
    this.#clip = { name, animation };
    this.paused = false;
    this.#stop();
    this.#start(this.#clip, 0);
  }

  /** Does as another does, on its own model. */
  mirror(other: Motion): void {
    if (other.#clip !== this.#clip) {
      this.#clip = other.#clip;
      this.#stop();
      if (this.#clip === null) this.#hold();
      else this.#start(this.#clip, 0);
    } else if (other.#pose !== this.#pose) this.setPose(other.#pose);
    this.#pose = other.#pose;
    this.paused = other.paused;
    if (this.#running !== null) this.#running.action.time = other.timeS;
    else this.#timeS = other.#timeS;
  }

  update(seconds: number): void {
    if (this.paused) return;
    if (this.#running !== null) this.#running.mixer.update(seconds);
    else if (this.#pose === 'idle') {
      this.#timeS += seconds;
      this.#breathe();
    }
  }

  #start({ animation }: Clip, timeS: number): void {
    if (this.#model === null) return;
    const { vrm } = this.#model;
    vrm.humanoid.resetNormalizedPose();
    const mixer = new AnimationMixer(vrm.scene);
    const action = mixer.clipAction(createVRMAnimationClip(animation, vrm));
    action.play();
    action.time = timeS;
    mixer.update(0);
    this.#running = { mixer, action };
    this.#model.settle();
  }

  #stop(): void {
    if (this.#running === null) return;
    const { mixer } = this.#running;
    mixer.stopAllAction();
    mixer.uncacheRoot(mixer.getRoot());
    this.#running = null;
    this.#model?.vrm.expressionManager?.resetValues();
    this.#model?.vrm.lookAt?.reset();
  }

  #hold(): void {
    if (this.#model === null) return;
    const { vrm } = this.#model;
    vrm.humanoid.resetNormalizedPose();
    if (this.#pose !== 'rest') hangArms(vrm, 0);
    this.#model.settle();
  }

  /** Two slow waves that never meet, so that it does not look like a machine. */
  #breathe(): void {
    if (this.#model === null) return;
    const { vrm } = this.#model;
    const { humanoid } = vrm;
    const sign = signOf(vrm);
    const breath = Math.sin((2 * Math.PI * this.#timeS) / 3.7);
    const sway = Math.sin((2 * Math.PI * this.#timeS) / 7.3);
    hangArms(vrm, 0.012 * breath);
    humanoid.getNormalizedBoneNode('chest')?.rotation.set(sign * -0.018 * breath, 0.01 * sway, 0);
    humanoid.getNormalizedBoneNode('spine')?.rotation.set(0, 0.012 * sway, sign * 0.008 * sway);
    humanoid.getNormalizedBoneNode('head')?.rotation.set(sign * 0.012 * breath, -0.02 * sway, 0);
  }
}
