import { indexIn, numberIn, objectIn, objectOrNull, textIn } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import type { Scene } from '../scene.ts';
import { clauses } from '../specLinks.ts';

const FILE = 'VRMC_node_constraint-1.0/README.md';
const CONSTRAINT = clauses(FILE, null);
/** Each kind with the member that names its axis, and what that may be. */
const KINDS: Readonly<Record<string, { readonly axis: string; readonly values: readonly string[] } | null>> =
  {
    roll: { axis: 'rollAxis', values: ['X', 'Y', 'Z'] },
    aim: {
      axis: 'aimAxis',
      values: ['PositiveX', 'NegativeX', 'PositiveY', 'NegativeY', 'PositiveZ', 'NegativeZ'],
    },
    rotation: null,
  };

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
      spec: clauses(`${FILE}#weight`, null),
    },
    'constraint-axis': {
      severity: 'error',
      title: 'A constraint about no axis that there is',
      next: 'Choose the axis in the constraint again and export.',
      spec: CONSTRAINT,
    },
    'constraint-cycle': {
      severity: 'error',
      title: 'Constraints that follow each other in a circle: viewers refuse the file',
      next: 'Take a constraint of the circle out, or choose a source that is not below what follows it.',
      spec: clauses(`${FILE}#sources`, null),
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
      const [kind = '', ...others] = Object.keys(KINDS).filter((one) => objectOrNull(kinds[one]) !== null);
      if (kind === '' || others.length > 0) {
        const count = kind === '' ? 0 : 1 + others.length;
        report('constraint-kind', { message: `${name} has ${count} constraints in one.`, where });
        return;
      }
      const constraint = objectIn(kinds[kind]);
      const source = scene.existing(indexIn(constraint['source']));
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
      const { axis, values } = KINDS[kind] ?? { axis: '', values: [''] };
      const value = textIn(constraint[axis]) ?? '';
      if (!values.includes(value)) {
        report('constraint-axis', {
          message: `The ${axis} of ${name} is ${value === '' ? 'missing' : JSON.stringify(value)}; it can be ${values.join(', ')}.`,
          where,
        });
      }
    });
    const inCircle = firstInCircle(sources, scene);
    if (inCircle !== null) {
      const name = scene.nameOf(inCircle);
      report('constraint-cycle', {
        message: `${name} follows itself, by way of others or of a node above its source.`,
        where: { node: name, pointer: `/nodes/${inCircle}/extensions/VRMC_node_constraint` },
      });
    }
  },
});

/**
 * A source is where it is by all nodes above it: viewers bring those up to date first, then the constraint. So step 2n is the
 * constraint of node n, step 2n + 1 is n with all that is above it, and a circle among steps is one of constraints. That an aim
 * waits for its own parent, too, makes no other circle: whoever waits for the aim waits for that parent.
 */
function firstInCircle(sources: ReadonlyMap<number, number>, scene: Scene): number | null {
  const before = (step: number): readonly number[] => {
    const node = step >> 1;
    const [source, parent] = [sources.get(node), scene.parentOf(node)];
    if (step % 2 === 0) return source === undefined ? [] : [2 * source + 1];
    return [...(parent === null ? [] : [2 * parent + 1]), ...(source === undefined ? [] : [2 * node])];
  };
  const states = new Map<number, 'open' | 'done'>();
  for (const start of sources.keys()) {
    const waiting = [2 * start];
    for (let step = waiting.at(-1); step !== undefined; step = waiting.at(-1)) {
      if (states.has(step)) {
        states.set(step, 'done');
        waiting.pop();
        continue;
      }
      states.set(step, 'open');
      const steps = before(step);
      const met = steps.find((one) => states.get(one) === 'open');
      if (met !== undefined) {
        const circle = waiting.slice(waiting.lastIndexOf(met)).filter((one) => states.get(one) === 'open');
        return (circle.find((one) => one % 2 === 0) ?? met) >> 1;
      }
      for (const one of steps) if (!states.has(one)) waiting.push(one);
    }
  }
  return null;
}
