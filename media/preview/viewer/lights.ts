/** Light for a purpose. A model of several materials may look well in one of them and poor in another. */
import { AmbientLight, DirectionalLight } from 'three';
import type { Object3D } from 'three';

export const LIGHTINGS = ['studio', 'soft', 'side', 'back', 'night'] as const;
export type Lighting = (typeof LIGHTINGS)[number];

/** A light of this strength shows a matt or MToon surface in its own colour. */
const FULL = Math.PI;

interface Lamp {
  readonly colour: number;
  readonly strength: number;
  /** Beside, above and before the figure, as the camera sees it. */
  readonly from: readonly [number, number, number];
}

const LAMPS: Readonly<Record<Lighting, { readonly lamps: readonly Lamp[]; readonly all: number }>> = {
  // A key from above and beside the camera, a weak fill from the other side, and enough from everywhere to keep shade soft.
  studio: {
    lamps: [
      { colour: 0xfffaf2, strength: 0.86, from: [-0.9, 1.3, 1.3] },
      { colour: 0xe4ebff, strength: 0.08, from: [1.2, 0.2, 0.8] },
    ],
    all: 0.14,
  },
  soft: { lamps: [{ colour: 0xffffff, strength: 0.45, from: [0, 0.6, 1.4] }], all: 0.55 },
  side: { lamps: [{ colour: 0xfff4e4, strength: 1, from: [-1.4, 0.3, 0.1] }], all: 0.08 },
  back: {
    lamps: [
      { colour: 0xffffff, strength: 1, from: [0.5, 1.1, -1.3] },
      { colour: 0xdfe8ff, strength: 0.25, from: [-0.6, 0.4, 1.2] },
    ],
    all: 0.12,
  },
  night: {
    lamps: [
      { colour: 0x86a4ff, strength: 0.35, from: [-0.8, 1.2, 0.8] },
      { colour: 0xffa46a, strength: 0.3, from: [1.2, -0.2, 0.5] },
    ],
    all: 0.06,
  },
};

export function lightsOf(lighting: Lighting): readonly Object3D[] {
  const { lamps, all } = LAMPS[lighting];
  const directed = lamps.flatMap(({ colour, strength, from }) => {
    const light = new DirectionalLight(colour, strength * FULL);
    light.position.set(...from);
    return [light, light.target];
  });
  return [...directed, new AmbientLight(0xf4f2ff, all * FULL)];
}
