import { indexIn, numberIn, objectIn, objectOrNull } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const CONSTRAINT = clauses('VRMC_node_constraint-1.0/README.md', null);
const KINDS = ['roll', 'aim', 'rotation'];

export const constraints = defineRule({
  name: 'constraints',
  codes: {
    'constraint-kind': {
      severity: 'error',
      title: 'A constraint that is not just one of roll, aim and rotation',
      next: 'Keep one constraint on the node and export again.',
      spec: CONSTRAINT,
    },
    'constraint-source': {
      severity: 'error',
      title: 'A constraint that follows no node',
      next: 'Choose its source again, or take the constraint out.',
      spec: CONSTRAINT,
    },
    'constraint-weight': {
      severity: 'error',
      title: 'A constraint with a weight beyond 0 and 1',
      next: 'Set the weight between 0 and 1.',
      spec: CONSTRAINT,
    },
    'constraint-cycle': {
      severity: 'error',
      title: 'Constraints that follow each other in a circle',
      next: 'Break the circle: take one of its constraints out.',
      spec: CONSTRAINT,
    },
  },
  check({ gltf, scene }: VrmModel, report) {
    const sources = new Map<number, number>();
    gltf.nodes.forEach(({ extensions }, node) => {
      const declared = objectOrNull(extensions['VRMC_node_constraint']);
      if (declared === null) return;
      const name = scene.nameOf(node);
      const where = { node: name, pointer: `/nodes/${node}/extensions/VRMC_node_constraint` };
      const kinds = objectIn(declared['constraint']);
      const found = KINDS.map((kind) => objectOrNull(kinds[kind])).filter((one) => one !== null);
      const [constraint] = found;
      if (found.length !== 1 || constraint === undefined) {
        report('constraint-kind', { message: `${name} has ${found.length} constraints in one.`, where });
        return;
      }
      const source = sourceOf(constraint, gltf.nodes.length);
      if (source === null)
        report('constraint-source', { message: `${name} follows a node that is not there.`, where });
      else sources.set(node, source);
      const weight = numberIn(constraint['weight']) ?? 1;
      if (weight < 0 || weight > 1) {
        report('constraint-weight', {
          message: `The constraint of ${name} has the weight ${weight}.`,
          where,
        });
      }
    });
    const inCircle = [...sources.keys()].find((node) => returns(sources, node));
    if (inCircle !== undefined) {
      const name = scene.nameOf(inCircle);
      report('constraint-cycle', {
        message: `${name} follows itself by way of others.`,
        where: { node: name },
      });
    }
  },
});

function sourceOf(constraint: JsonObject, nodes: number): number | null {
  const source = indexIn(constraint['source']);
  return source !== null && source < nodes ? source : null;
}

function returns(sources: ReadonlyMap<number, number>, start: number): boolean {
  const seen = new Set<number>();
  for (let at = sources.get(start); at !== undefined && !seen.has(at); at = sources.get(at)) {
    if (at === start) return true;
    seen.add(at);
  }
  return false;
}
