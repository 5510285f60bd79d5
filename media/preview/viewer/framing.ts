/** Where the camera stands, by geometry alone. Metres and degrees; the model faces +Z, Y is up. */
import type { CameraPlace } from '../../../src/protocol/preview.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Figure {
  readonly min: Point;
  readonly max: Point;
  /** The joint the head turns about; `null` for a model without one. */
  readonly head: Point | null;
  /** Midway between the eyes, where there are eye bones. */
  readonly eyes: Point | null;
}

export interface Shot {
  readonly position: Point;
  readonly target: Point;
  readonly near: number;
  readonly far: number;
}

/** A long lens, as for portraits: little distortion of the face. */
export const FIELD_OF_VIEW_DEG = 20;

const MARGIN = 1.12;

/** A head with its hair, measured from its joint, for each metre the eyes are above that. */
const HEAD_BY_EYES = 2.8;

export function frame(figure: Figure, place: CameraPlace, aspect: number): Shot {
  const turn = (place.turnDeg * Math.PI) / 180;
  const box = place.framing === 'face' ? faceOf(figure) : wholeOf(figure);
  const width = Math.abs(box.width * Math.cos(turn)) + Math.abs(box.depth * Math.sin(turn));
  const depth = Math.abs(box.width * Math.sin(turn)) + Math.abs(box.depth * Math.cos(turn));
  const half = Math.max(box.height, width / aspect) / 2;
  const distance = (half * MARGIN) / Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360) + depth / 2;
  return {
    target: box.centre,
    position: {
      x: box.centre.x + distance * Math.sin(turn),
      y: box.centre.y,
      z: box.centre.z + distance * Math.cos(turn),
    },
    near: distance / 50,
    far: distance * 10,
  };
}

interface Block {
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

function wholeOf({ min, max }: Figure): Block {
  return {
    centre: { x: (min.x + max.x) / 2, y: (min.y + max.y) / 2, z: (min.z + max.z) / 2 },
    width: max.x - min.x,
    height: max.y - min.y,
    depth: max.z - min.z,
  };
}

/**
 * The head reaches from its joint to the top of the model, but hats, ears and raised hands do, too: where there are eyes,
 * which lie near the middle of a head, they bound it.
 */
function faceOf(figure: Figure): Block {
  const tall = figure.max.y - figure.min.y;
  const joint = figure.head ?? { x: 0, y: figure.max.y - tall / 7, z: 0 };
  const toTop = Math.max(figure.max.y - joint.y, tall / 20);
  const byEyes = figure.eyes === null ? Infinity : HEAD_BY_EYES * (figure.eyes.y - joint.y);
  const size = byEyes > tall / 20 ? Math.min(toTop, byEyes) : toTop;
  return {
    centre: { x: joint.x, y: joint.y + 0.42 * size, z: joint.z },
    width: 1.3 * size,
    height: 1.45 * size,
    depth: size,
  };
}
