import type { Stage } from '../stage.ts';
import { Comparison } from './comparison.ts';
import { EyesView } from './eyesView.ts';
import { Face } from './face.ts';
import type { Feature } from './feature.ts';
import { Gaze } from './gaze.ts';
import { Marker } from './marker.ts';
import { Motion } from './motion.ts';
import { Overlays } from './overlays.ts';
import { Shading } from './shading.ts';
import { Springs } from './springs.ts';
import { Turntable } from './turntable.ts';

/** Every feature, in the order time passes for them: the body before the face, whose weights win. */
export function createFeatures(stage: Stage) {
  const motion = new Motion();
  const face = new Face();
  return {
    motion,
    face,
    gaze: new Gaze(stage),
    springs: new Springs(),
    shading: new Shading(),
    overlays: new Overlays(stage),
    marker: new Marker(stage),
    eyesView: new EyesView(stage),
    turntable: new Turntable(stage),
    comparison: new Comparison(stage, { motion, face }),
  } satisfies Record<string, Feature>;
}

export type Features = ReturnType<typeof createFeatures>;
