/** Hair and cloth: on, off, let go anew, and in a wind. */
import type { VRMSpringBoneJoint } from '@pixiv/three-vrm';
import { Vector3 } from 'three';
import type { Model } from '../model.ts';
import type { Feature } from './feature.ts';

interface Gravity {
  readonly power: number;
  readonly direction: Vector3;
}

export class Springs implements Feature {
  #isOn = true;
  #wind = 0;
  #timeS = 0;
  /** As the file has it; the wind comes on top. */
  #gravity = new Map<VRMSpringBoneJoint, Gravity>();
  #manager: NonNullable<Model['vrm']['springBoneManager']> | null = null;

  get joints(): number {
    return this.#gravity.size;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    this.#switch();
  }

  get wind(): number {
    return this.#wind;
  }

  /** 0 is calm, 1 a storm. */
  set wind(wind: number) {
    this.#wind = wind;
    this.#blow();
  }

  show(model: Model | null): void {
    this.#undo();
    this.#manager = model?.vrm.springBoneManager ?? null;
    this.#gravity = new Map(
      (model?.joints ?? []).map((joint) => [
        joint,
        { power: joint.settings.gravityPower, direction: joint.settings.gravityDir.clone() },
      ]),
    );
    this.#switch();
    if (this.#wind > 0) this.#blow();
  }

  /** Lets them fall from where the file has them. */
  reset(): void {
    this.#manager?.reset();
  }

  update(seconds: number): void {
    if (this.#wind === 0 || !this.#isOn) return;
    this.#timeS += seconds;
    this.#blow();
  }

  #undo(): void {
    for (const [joint, { power, direction }] of this.#gravity) {
      joint.settings.gravityPower = power;
      joint.settings.gravityDir = direction;
      this.#manager?.addJoint(joint);
    }
  }

  #switch(): void {
    if (this.#manager === null) return;
    this.#manager.reset();
    for (const joint of this.#gravity.keys()) {
      if (this.#isOn) this.#manager.addJoint(joint);
      else this.#manager.deleteJoint(joint);
    }
  }

  /** From the model's right, in gusts. */
  #blow(): void {
    const gust = 0.7 + 0.3 * Math.sin(2.1 * this.#timeS) + 0.25 * Math.sin(5.3 * this.#timeS);
    const wind = new Vector3(1, 0.1, -0.35).normalize().multiplyScalar(1.2 * this.#wind * gust);
    for (const [{ settings }, { power, direction }] of this.#gravity) {
      const force = direction.clone().multiplyScalar(power).add(wind);
      settings.gravityPower = force.length();
      if (settings.gravityPower > 0) settings.gravityDir = force.normalize();
    }
  }
}
