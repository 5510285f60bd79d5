import assert from 'node:assert/strict';
import { z } from 'zod';
import { readAccessorValues } from '../../../src/core/vrm/accessorData.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { readGltf } from '../../../src/core/vrm/gltf.ts';

const index = z.int().min(0);
const node = z.object({ node: index });
const vector = z.tuple([z.number(), z.number(), z.number()]);
const document = z.object({
  nodes: z.array(
    z.object({ name: z.string(), translation: vector.optional(), children: z.array(index).optional() }),
  ),
  animations: z.tuple([
    z.object({
      channels: z.array(
        z.object({
          sampler: index,
          target: z.object({ node: index, path: z.enum(['translation', 'rotation']) }),
        }),
      ),
      samplers: z.array(z.object({ input: index, output: index })),
    }),
  ]),
  extensions: z.object({
    VRMC_vrm_animation: z.object({
      specVersion: z.literal('1.0'),
      humanoid: z.object({ humanBones: z.record(z.string(), node) }),
      expressions: z.object({ preset: z.record(z.string(), node) }).optional(),
      lookAt: node.optional(),
    }),
  }),
});

export type Numbers = readonly number[];
export interface Track {
  readonly times: Numbers;
  readonly values: readonly Numbers[];
}

/** A .vrma as it plays. Quaternions are x y z w. */
export interface Movement {
  readonly seconds: number;
  readonly bones: readonly string[];
  readonly tracks: readonly Track[];
  readonly expressions: Readonly<Record<string, Track>>;
  weight(expression: string, seconds: number): number;
  readonly gaze: Track | undefined;
  /** Where a bone is in the model, and how it is turned from its rest. */
  pose(bone: string, seconds: number): { readonly place: Numbers; readonly turn: Numbers };
}

export function readMovement(bytes: Uint8Array): Movement {
  const glb = readGlb(bytes);
  const gltf = readGltf(glb.json, glb.bin);
  const { nodes, animations, extensions } = document.parse(glb.json);
  const [{ channels, samplers }] = animations;
  const { humanoid, expressions, lookAt } = extensions.VRMC_vrm_animation;
  const rows = (accessor: number, width: number): Numbers[] => {
    const values = Array.from(readAccessorValues(gltf, accessor)?.base ?? []);
    return Array.from({ length: values.length / width }, (_, row) =>
      values.slice(row * width, (row + 1) * width),
    );
  };
  const tracks = new Map<string, Track>();
  for (const { sampler, target } of channels) {
    const { input = 0, output = 0 } = samplers[sampler] ?? {};
    tracks.set(`${target.node} ${target.path}`, {
      times: rows(input, 1).flat(),
      values: rows(output, target.path === 'rotation' ? 4 : 3),
    });
  }
  const parents = new Map(
    nodes.flatMap(({ children }, at) => (children ?? []).map((child) => [child, at] as const)),
  );
  const poseOf = (at: number, seconds: number): { place: Numbers; turn: Numbers } => {
    const moved = valueAt(tracks.get(`${at} translation`), seconds) ?? nodes[at]?.translation ?? [0, 0, 0];
    const turned = unit(valueAt(tracks.get(`${at} rotation`), seconds) ?? [0, 0, 0, 1]);
    const above = parents.get(at);
    if (above === undefined) return { place: moved, turn: turned };
    const base = poseOf(above, seconds);
    return { place: add(base.place, rotate(base.turn, moved)), turn: multiply(base.turn, turned) };
  };
  const faces = Object.entries(expressions?.preset ?? {}).map(
    ([name, one]) => [name, tracks.get(`${one.node} translation`)] as const,
  );
  const weights: Record<string, Track> = Object.fromEntries(
    faces.flatMap(([name, track]) => (track === undefined ? [] : [[name, track]])),
  );
  return {
    seconds: Math.max(...[...tracks.values()].map(({ times }) => times.at(-1) ?? 0)),
    bones: Object.keys(humanoid.humanBones),
    tracks: [...tracks.values()],
    expressions: weights,
    weight: (expression, seconds) => valueAt(weights[expression], seconds)?.[0] ?? 0,
    gaze: lookAt && tracks.get(`${lookAt.node} rotation`),
    pose: (bone, seconds) => {
      const found = humanoid.humanBones[bone];
      assert(found !== undefined, `no bone ${bone}`);
      return poseOf(found.node, seconds);
    },
  };
}

export function distance(one: Numbers, other: Numbers): number {
  return Math.hypot(...one.map((value, axis) => value - (other[axis] ?? NaN)));
}

/** Degrees between two turns. */
export function angle(one: Numbers, other: Numbers): number {
  const dot = one.reduce((sum, value, axis) => sum + value * (other[axis] ?? NaN), 0);
  return (360 / Math.PI) * Math.acos(Math.min(Math.abs(dot), 1));
}

function valueAt(track: Track | undefined, seconds: number): Numbers | undefined {
  if (track === undefined) return undefined;
  const next = track.times.findIndex((time) => time >= seconds);
  if (next <= 0) return track.values.at(next);
  const [start = 0, end = 1] = track.times.slice(next - 1);
  const [one = [], other = []] = track.values.slice(next - 1);
  const part = (seconds - start) / (end - start);
  return one.map((value, axis) => value + part * ((other[axis] ?? NaN) - value));
}

function unit(q: Numbers): Numbers {
  const length = Math.hypot(...q);
  return q.map((value) => value / length);
}

function add(one: Numbers, other: Numbers): Numbers {
  return one.map((value, axis) => value + (other[axis] ?? NaN));
}

function multiply([x = 0, y = 0, z = 0, w = 1]: Numbers, [a = 0, b = 0, c = 0, d = 1]: Numbers): Numbers {
  return [
    w * a + x * d + y * c - z * b,
    w * b - x * c + y * d + z * a,
    w * c + x * b - y * a + z * d,
    w * d - x * a - y * b - z * c,
  ];
}

function rotate(turn: Numbers, [x = 0, y = 0, z = 0]: Numbers): Numbers {
  const [a = 0, b = 0, c = 0, d = 1] = turn;
  return multiply(multiply(turn, [x, y, z, 0]), [-a, -b, -c, d]).slice(0, 3);
}
