/** The tree of nodes: who is above whom, and where each is in the world at rest. */
import type { Gltf } from './gltf.ts';
import { IDENTITY, multiply } from './linear.ts';
import type { Affine, Vec3 } from './linear.ts';

/** For each node its place in the order of the tree, parents first, and the place after the last node below it. */
interface Spans {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

export class Scene {
  readonly #gltf: Gltf;
  readonly #parents: readonly (number | null)[];
  readonly #spans: Spans;
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
    this.#spans = spansOf(gltf, parents);
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

  /** A loop in the tree is cut: the first of its nodes has no parent. */
  parentOf(node: number): number | null {
    return this.#parents[node] ?? null;
  }

  isBelow(node: number, above: number): boolean {
    const [at, start, end] = [this.#spans.first[node], this.#spans.first[above], this.#spans.end[above]];
    return at !== undefined && start !== undefined && end !== undefined && start < at && at < end;
  }

  world(node: number): Affine {
    const known = this.#world.get(node);
    if (known !== undefined) return known;
    const steps: number[] = [];
    let at: number | null = node;
    for (; at !== null && !this.#world.has(at); at = this.parentOf(at)) steps.push(at);
    let matrix = (at === null ? undefined : this.#world.get(at)) ?? IDENTITY;
    for (const step of steps.reverse()) {
      matrix = multiply(matrix, this.#gltf.nodes[step]?.local ?? IDENTITY);
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

/** Cuts the loops it meets out of `parents`. */
function spansOf(gltf: Gltf, parents: (number | null)[]): Spans {
  const first = new Int32Array(parents.length).fill(-1);
  const end = new Int32Array(parents.length);
  let place = 0;
  const number = (root: number): void => {
    // A node is on the stack twice: to be entered, and, as its complement, to be left.
    const waiting = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node < 0) {
        end[~node] = place;
        continue;
      }
      if (first[node] !== -1) continue;
      first[node] = place++;
      waiting.push(~node);
      for (const child of gltf.nodes[node]?.children ?? []) if (parents[child] === node) waiting.push(child);
    }
  };
  parents.forEach((parent, node) => {
    if (parent === null) number(node);
  });
  parents.forEach((_, node) => {
    if (first[node] !== -1) return;
    parents[node] = null;
    number(node);
  });
  return { first, end };
}
