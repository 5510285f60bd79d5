import type { Facts } from '../../src/core/vrm/facts.ts';
import type { JsonObject } from '../../src/core/vrm/json.ts';

export const kinds = ['make', 'change', 'restyle', 'repair', 'rig', 'export'] as const;
export type Kind = (typeof kinds)[number];

/** A figure that a seed is built on (blender/make_seeds.py). */
export type Figure = 'companion' | 'blue-companion' | 'mixamo' | 'vroid' | 'vroid-nonsense' | 'makehuman';

export interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The call is to fail: the solver learns from what it says. */
  readonly fails?: boolean;
}

/** An exported VRM 1.0, read back. */
export interface Exported {
  readonly facts: Facts;
  /** The member `VRMC_vrm`. */
  readonly vrm: JsonObject;
  /** VRM bone → its node's name. */
  readonly bones: ReadonlyMap<string, string>;
}

/** One thing to ask of an agent, its solution by either server's tools, and how to tell that it is done. */
export interface Task {
  readonly name: string;
  readonly kind: Kind;
  /** What a person would say. `{exports}` is the folder for files. */
  readonly prompt: string;
  readonly figure?: Figure;
  /** Python over blender/seeds.py, after the figure is there: the scene as the person has it. */
  readonly seed?: string;
  readonly ours: readonly Call[];
  /** By a server of three tools; or why it is not solved with them. */
  readonly stock: readonly Call[] | { readonly unsolved: string };
  /** A picture is to be shown. */
  readonly show?: boolean;
  /** Python over blender/facts.py that appends to `wrong` what is not as asked for. */
  readonly check?: string;
  /** The VRM to be exported: without an error by the profile and Khronos' validator, and what else would be wrong with it. */
  readonly file?: {
    readonly name: string;
    readonly profile: 'spec' | 'app';
    readonly wrong?: (exported: Exported) => readonly string[];
  };
  /** Facts (blender/facts.py) that may be other than before; all others must not. */
  readonly mayChange: readonly RegExp[];
}

/** The only tools of the stock-style server: looking, and Python. */
export const look: Call = { tool: 'get_scene_info', arguments: {} };
export const stockPicture: Call = { tool: 'get_viewport_screenshot', arguments: { max_size: 800 } };
export const python = (code: string): Call => ({
  tool: 'execute_blender_code',
  arguments: { code: code.trim() },
});
