/** The little linear algebra a checker needs: column vectors, affine maps, quaternions as glTF has them (x, y, z, w). */

export type Vec3 = readonly [x: number, y: number, z: number];
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

/** v ↦ x·v₀ + y·v₁ + z·v₂ + t */
export interface Affine {
  readonly x: Vec3;
  readonly y: Vec3;
  readonly z: Vec3;
  readonly t: Vec3;
}

export interface Box {
  readonly min: Vec3;
  readonly max: Vec3;
}

const ZERO: Vec3 = [0, 0, 0];
export const IDENTITY: Affine = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1], t: ZERO };

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function length(v: Vec3): number {
  return Math.hypot(v[0], v[1], v[2]);
}

/** The angle between two directions, 0…180; `null` where one of them has no length. */
export function angleDeg(a: Vec3, b: Vec3): number | null {
  const lengths = length(a) * length(b);
  if (lengths === 0) return null;
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / lengths;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

function turn(m: Affine, v: Vec3): Vec3 {
  return [
    m.x[0] * v[0] + m.y[0] * v[1] + m.z[0] * v[2],
    m.x[1] * v[0] + m.y[1] * v[1] + m.z[1] * v[2],
    m.x[2] * v[0] + m.y[2] * v[1] + m.z[2] * v[2],
  ];
}

export function transform(m: Affine, v: Vec3): Vec3 {
  const turned = turn(m, v);
  return [turned[0] + m.t[0], turned[1] + m.t[1], turned[2] + m.t[2]];
}

/** First b, then a. */
export function multiply(a: Affine, b: Affine): Affine {
  return { x: turn(a, b.x), y: turn(a, b.y), z: turn(a, b.z), t: transform(a, b.t) };
}

export function fromTrs(translation: Vec3, rotation: Quaternion, scale: Vec3): Affine {
  const [x, y, z, w] = rotation;
  const [sx, sy, sz] = scale;
  return {
    x: [(1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx],
    y: [2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy],
    z: [2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz],
    t: translation,
  };
}

/** From a 4 × 4 matrix in column order; `null` if there are not 16 numbers from `offset` on. */
export function fromColumns(values: ArrayLike<number>, offset = 0): Affine | null {
  if (values.length < offset + 16) return null;
  const column = (n: number): Vec3 => [
    values[offset + 4 * n] ?? 0,
    values[offset + 4 * n + 1] ?? 0,
    values[offset + 4 * n + 2] ?? 0,
  ];
  return { x: column(0), y: column(1), z: column(2), t: column(3) };
}

/** How much longer a length becomes, on average over the directions. */
export function scaleOf(m: Affine): number {
  const cross =
    m.x[0] * (m.y[1] * m.z[2] - m.y[2] * m.z[1]) -
    m.x[1] * (m.y[0] * m.z[2] - m.y[2] * m.z[0]) +
    m.x[2] * (m.y[0] * m.z[1] - m.y[1] * m.z[0]);
  return Math.cbrt(Math.abs(cross));
}

/** The largest difference between members of two maps. */
export function difference(a: Affine, b: Affine): number {
  return Math.max(apart(a.x, b.x), apart(a.y, b.y), apart(a.z, b.z), apart(a.t, b.t));
}

function apart(a: Vec3, b: Vec3): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}

/** The box around a box that was moved by `m`. */
export function transformBox(m: Affine, box: Box): Box {
  const min: [number, number, number] = [...m.t];
  const max: [number, number, number] = [...m.t];
  for (const axis of [0, 1, 2] as const) {
    for (const [n, column] of [m.x, m.y, m.z].entries()) {
      const [a, b] = [column[axis] * (box.min[n] ?? 0), column[axis] * (box.max[n] ?? 0)];
      min[axis] += Math.min(a, b);
      max[axis] += Math.max(a, b);
    }
  }
  return { min, max };
}

export function unite(a: Box, b: Box): Box {
  return {
    min: [Math.min(a.min[0], b.min[0]), Math.min(a.min[1], b.min[1]), Math.min(a.min[2], b.min[2])],
    max: [Math.max(a.max[0], b.max[0]), Math.max(a.max[1], b.max[1]), Math.max(a.max[2], b.max[2])],
  };
}
