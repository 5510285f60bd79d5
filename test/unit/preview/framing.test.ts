import assert from 'node:assert/strict';
import { FIELD_OF_VIEW_DEG, frame } from '../../../media/preview/viewer/framing.ts';
import type { Figure, Point, Shot } from '../../../media/preview/viewer/framing.ts';

const FIGURE: Figure = {
  min: { x: -0.75, y: 0, z: -0.15 },
  max: { x: 0.75, y: 1.64, z: 0.2 },
  head: { x: 0, y: 1.38, z: 0 },
  eyes: { x: 0, y: 1.46, z: 0.08 },
};

/** Where a point is in the picture: −1…1 across and up. */
function project(point: Point, shot: Shot, aspect: number): { readonly across: number; readonly up: number } {
  const [dx, dz] = [shot.target.x - shot.position.x, shot.target.z - shot.position.z];
  const distance = Math.hypot(dx, dz);
  const [fx, fz] = [dx / distance, dz / distance];
  const [px, pz] = [point.x - shot.position.x, point.z - shot.position.z];
  const depth = px * fx + pz * fz;
  const half = Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360) * depth;
  return { across: (-px * fz + pz * fx) / (half * aspect), up: (point.y - shot.position.y) / half };
}

function corners({ min, max }: Figure): readonly Point[] {
  return [min.x, max.x].flatMap((x) =>
    [min.y, max.y].flatMap((y) => [min.z, max.z].map((z) => ({ x, y, z }))),
  );
}

describe('framing', () => {
  for (const aspect of [0.5, 0.75, 1, 16 / 9]) {
    for (const turnDeg of [0, 35, 90, 180]) {
      it(`keeps the whole figure in a picture of ${aspect.toFixed(2)}, turned by ${turnDeg}°`, () => {
        const shot = frame(FIGURE, { framing: 'full', turnDeg }, aspect);
        const places = corners(FIGURE).map((corner) => project(corner, shot, aspect));
        for (const { across, up } of places) assert(Math.abs(across) <= 1 && Math.abs(up) <= 1);
        const largest = Math.max(...places.flatMap(({ across, up }) => [Math.abs(across), Math.abs(up)]));
        assert(largest > 0.75, `the figure fills ${largest} only`);
      });
    }
  }

  it('stands before the face, and at the model’s left when turned by 90°', () => {
    const front = frame(FIGURE, { framing: 'full', turnDeg: 0 }, 1);
    assert(front.position.z > 1 && Math.abs(front.position.x) < 1e-6);
    const left = frame(FIGURE, { framing: 'full', turnDeg: 90 }, 1);
    assert(left.position.x > 1);
  });

  it('shows the face large, its eyes near the middle', () => {
    const shot = frame(FIGURE, { framing: 'face', turnDeg: 0 }, 1);
    const eyes = project(FIGURE.eyes ?? FIGURE.min, shot, 1);
    assert(Math.abs(eyes.up) < 0.35 && Math.abs(eyes.across) < 1e-6);
    assert(project(FIGURE.head ?? FIGURE.min, shot, 1).up > -1);
  });

  it('is not misled by a hat: eyes bound the head', () => {
    const hat = { ...FIGURE, max: { ...FIGURE.max, y: 2.4 } };
    const [plain, hatted] = [FIGURE, hat].map((figure) => frame(figure, { framing: 'face', turnDeg: 0 }, 1));
    assert.deepEqual(hatted, plain);
  });

  it('manages without a head and without eyes', () => {
    const shot = frame({ ...FIGURE, head: null, eyes: null }, { framing: 'face', turnDeg: 0 }, 1);
    assert(shot.target.y > 1.2 && shot.target.y < 1.6);
  });
});
