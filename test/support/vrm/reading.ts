import type { Gltf } from '../../../src/core/vrm/gltf.ts';
import { type JsonObject, listIn, objectIn } from '../../../src/core/vrm/json.ts';
import type { Scene } from '../../../src/core/vrm/scene.ts';

export type Value = string | number | boolean | null | readonly Value[];

/** A file that a portrait is made of. */
export interface Reading {
  readonly json: JsonObject;
  readonly gltf: Gltf;
  readonly scene: Scene;
  /** 0.x looks to -Z: what is told in the world is turned. */
  readonly old: boolean;
  readonly put: (key: string, value: unknown) => void;
}

export const objects = (value: unknown): readonly JsonObject[] => listIn(value).map(objectIn);
