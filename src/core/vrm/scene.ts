/** The tree of nodes: who is above whom, and where each is in the world at rest. */
import type { Gltf } from './gltf.ts';
import { IDENTITY, multiply } from './linear.ts';
import type { Affine, Vec3 } from './linear.ts';

export class Scene {
  readonly #gltf: Gltf;
  readonly #parents: readonly (number | null)[];
  readonly #world = new Map<number, Affine>();
  /** Nodes reached from the scene's roots, each once, parents first. */
  readonly reachable: readonly number[];

  constructor(gltf: Gltf) {
    this.#gltf = gltf;
    const parents: (number | null)[] = gltf.nodes.map(() => null);
    gltf.nodes.forEach((node, parent) => {
      for (const child of node.children) {
        if (child < parents.length && child !== parent) parents[child] ??= parent;
      }
    });
    this.#parents = parents;
    this.reachable = walk(gltf, gltf.sceneRoots);
  }

  /** Names are the file's: untrusted text. */
  nameOf(node: number | null): string {
    return node === null ? 'no node' : (this.#gltf.nodes[node]?.name ?? `node ${node} (there is none)`);
  }

  /** The node, or `null` where the file has no such one. */
  existing(node: number | null): number | null {
    return node !== null && node < this.#gltf.nodes.length ? node : null;
  }

  /** From the parent up to the root; a loop in the tree ends it. */
  ancestorsOf(node: number): readonly number[] {
    const ancestors: number[] = [];
    const seen = new Set([node]);
    for (let at = this.#parents[node] ?? null; at !== null && !seen.has(at); at = this.#parents[at] ?? null) {
      ancestors.push(at);
      seen.add(at);
    }
    return ancestors;
  }

  /** The node itself and all below it. */
  subtreeOf(node: number): readonly number[] {
    return walk(this.#gltf, [node]);
  }

  world(node: number): Affine {
    const known = this.#world.get(node);
    if (known !== undefined) return known;
    let matrix = IDENTITY;
    for (const step of [node, ...this.ancestorsOf(node)].reverse()) {
      matrix = this.#world.get(step) ?? multiply(matrix, this.#gltf.nodes[step]?.local ?? IDENTITY);
      this.#world.set(step, matrix);
    }
    return matrix;
  }

  position(node: number): Vec3 {
    return this.world(node).t;
  }
}

function walk(gltf: Gltf, roots: readonly number[]): readonly number[] {
  const seen = new Set<number>();
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const children = gltf.nodes[node]?.children;
    if (children === undefined || seen.has(node)) continue;
    seen.add(node);
    for (let n = children.length - 1; n >= 0; n--) waiting.push(children[n] ?? -1);
  }
  return [...seen];
}
