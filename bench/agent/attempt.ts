import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KhronosValidator } from '../../src/adapters/vrm/khronos.ts';
import { readGlb } from '../../src/core/vrm/glb.ts';
import { readGltf } from '../../src/core/vrm/gltf.ts';
import { objectIn } from '../../src/core/vrm/json.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { readVrm1 } from '../../src/core/vrm/readVrm1.ts';
import { checkWhole } from '../../src/core/vrm/validator.ts';
import { type Cost, costOf, noCost, plus } from '../../scripts/demo/cost.ts';
import { callTool, pythonFolder, type Side } from './side.ts';
import type { Call, Task } from './task.ts';

/** How a task went on a side. */
export interface Attempt {
  readonly task: string;
  readonly kind: Task['kind'];
  readonly side: Side['name'];
  /** Why no solution was tried; null: one was. */
  readonly unsolved: string | null;
  /** What is not as asked for; nothing: solved. */
  readonly wrong: readonly string[];
  /** Facts that changed and should not have. */
  readonly collateral: readonly string[];
  readonly cost: Cost;
  readonly seconds: number;
}

const state = z.object({ wrong: z.array(z.string()), digest: z.record(z.string(), z.string()) });
type State = z.infer<typeof state>;

/** Seeds the scene, lets the side's solution at it and checks it. Throws where the checker is content before the work. */
export async function attempt(side: Side, task: Task, seeds: string): Promise<Attempt> {
  const about = { task: task.name, kind: task.kind, side: side.name };
  const calls = side.name === 'ours' ? task.ours : task.stock;
  if ('unsolved' in calls) {
    return { ...about, unsolved: calls.unsolved, wrong: [], collateral: [], cost: noCost, seconds: 0 };
  }
  await side.python(seedCode(task, seeds));
  if (task.file !== undefined) await rm(join(side.exports, task.file.name), { force: true });
  const before = await look(side, task);
  if (before.wrong.length === 0)
    throw new Error(`${task.name}: its checker finds nothing wrong before anything is done`);
  const start = performance.now();
  const { cost, failed } = await solve(side, calls);
  const seconds = (performance.now() - start) / 1000;
  const after = await look(side, task);
  return {
    ...about,
    unsolved: null,
    wrong: [
      ...failed,
      ...after.wrong,
      ...(task.show === true && cost.pictures === 0 ? ['no picture was shown'] : []),
    ],
    collateral: collateral(before.digest, after.digest, task.mayChange),
    cost,
    seconds,
  };
}

async function solve(side: Side, calls: readonly Call[]): Promise<{ cost: Cost; failed: string[] }> {
  let cost = noCost;
  const failed: string[] = [];
  for (const { tool, arguments: args, fails = false } of calls) {
    const placed = JSON.parse(JSON.stringify(args).replaceAll('{exports}', side.exports)) as object;
    const result = await callTool(side.client, tool, placed);
    cost = plus(cost, costOf({ name: tool, arguments: placed }, result));
    if ((result.isError === true) !== fails) {
      const [said] = result.content;
      failed.push(
        `${tool} ${fails ? 'did not fail' : 'failed'}: ${said?.type === 'text' ? said.text.slice(0, 300) : ''}`,
      );
    }
  }
  return { cost, failed };
}

function seedCode({ figure, seed = '' }: Task, seeds: string): string {
  return `
import sys
sys.dont_write_bytecode = True
if ${JSON.stringify(pythonFolder)} not in sys.path: sys.path.insert(0, ${JSON.stringify(pythonFolder)})
import bpy, seeds
seeds.reset()
${figure === undefined ? '' : `seeds.append(${JSON.stringify(join(seeds, `${figure}.blend`))})`}
${seed}
bpy.context.view_layer.update()
result = None
`;
}

async function look(side: Side, task: Task): Promise<State> {
  const code = `
import bpy, math, facts
from mathutils import Vector
wrong = []
bpy.context.view_layer.update()
${(task.check ?? '').replaceAll('{exports}', side.exports)}
result = {"wrong": wrong, "digest": facts.digest()}
`;
  const { wrong, digest } = state.parse(await side.python(code));
  return { digest, wrong: [...wrong, ...(task.file === undefined ? [] : await wrongWith(side, task.file))] };
}

async function wrongWith(
  side: Side,
  { name, profile, wrong }: NonNullable<Task['file']>,
): Promise<readonly string[]> {
  const bytes = await readFile(join(side.exports, name)).catch(() => null);
  if (bytes === null) return [`there is no ${name}`];
  const report = await checkWhole(new KhronosValidator(), bytes, { profile: PROFILES[profile] });
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  if (report.version !== '1.0' || report.facts === null || errors.length > 0)
    return [`${name}: ${errors.map(({ code }) => code).join(' ') || 'no VRM 1.0'}`];
  const { json, bin } = readGlb(bytes);
  const gltf = readGltf(json, bin);
  const bones = readVrm1(gltf).bones.flatMap(({ bone, node }) => {
    const name = node === null ? undefined : gltf.nodes[node]?.name;
    return name === undefined ? [] : [[bone, name] as const];
  });
  const vrm = objectIn(objectIn(objectIn(json)['extensions'])['VRMC_vrm']);
  return wrong?.({ facts: report.facts, vrm, bones: new Map(bones) }) ?? [];
}

/** New materials harm nobody; that an object wears one is a fact of the object. */
function collateral(before: State['digest'], after: State['digest'], mayChange: Task['mayChange']): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((fact) => {
    const same = before[fact] === after[fact];
    const material = fact.startsWith('material ') && (!(fact in before) || !(fact in after));
    return !same && !material && !mayChange.some((pattern) => pattern.test(fact));
  });
}
