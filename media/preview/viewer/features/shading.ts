/** What surfaces show: themselves, or what a maker of materials wants to see of them. */
import { MToonMaterial } from '@pixiv/three-vrm';
import { MeshNormalMaterial } from 'three';
import type { Material, Mesh } from 'three';
import { materialsOf } from '../materials.ts';
import { meshesOf } from '../model.ts';
import type { Model } from '../model.ts';
import type { Feature } from './feature.ts';

export const SHADINGS = ['none', 'normal', 'litShadeRate', 'uv'] as const;
export type Shade = (typeof SHADINGS)[number];

export class Shading implements Feature {
  #model: Model | null = null;
  #mode: Shade = 'none';
  /** Materials that know no such modes are replaced, and come back. */
  readonly #replaced = new Map<Mesh, Material | Material[]>();
  readonly #normals = new MeshNormalMaterial();

  get mode(): Shade {
    return this.#mode;
  }

  set mode(mode: Shade) {
    this.#mode = mode;
    this.#apply();
  }

  /** Others have no shade and no UV to look at. */
  get hasMToon(): boolean {
    return this.#model !== null && materialsOf(this.#model.vrm).some((one) => one instanceof MToonMaterial);
  }

  show(model: Model | null): void {
    this.#debug('none');
    this.#restore();
    this.#model = model;
    this.#apply();
  }

  #apply(): void {
    this.#restore();
    if (this.#model === null) return;
    this.#debug(this.#mode);
    if (this.#mode !== 'normal') return;
    for (const mesh of meshesOf(this.#model.vrm)) {
      if ([mesh.material].flat().some((material) => material instanceof MToonMaterial)) continue;
      this.#replaced.set(mesh, mesh.material);
      mesh.material = this.#normals;
    }
  }

  #debug(mode: Shade): void {
    if (this.#model === null) return;
    for (const material of materialsOf(this.#model.vrm)) {
      if (material instanceof MToonMaterial) material.debugMode = mode;
    }
  }

  #restore(): void {
    for (const [mesh, material] of this.#replaced) mesh.material = material;
    this.#replaced.clear();
  }
}
