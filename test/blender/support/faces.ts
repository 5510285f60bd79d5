import assert from 'node:assert/strict';
import { z } from 'zod';
import { runInBlender, type Case, type Outcome } from './library.ts';

/** The scaffold's figure as it comes. */
export const whole = [
  'import avatar_forge.commands as c',
  'bpy.data.batch_remove(list(bpy.data.objects))',
  'rig = bpy.data.objects[c.run("avatar_scaffold", {}, context)["armature"]]',
].join('\n');

/** It with neither shape keys nor annotation: a face as a modeller leaves it. */
export const bare = `${whole}
del rig["avatar_forge_vrm"]
bpy.data.objects["Face"].shape_key_clear()`;

/** The test figure without an annotation, with shape keys of other names. */
export const rename = (names: Readonly<Record<string, string>>): string =>
  [
    'del armature["avatar_forge_vrm"]',
    'keys = bpy.data.objects["Face"].data.shape_keys.key_blocks',
    `for old, new in ${JSON.stringify(names)}.items(): keys[old].name = new`,
  ].join('\n');

export const visemes = ['aa', 'ih', 'ou', 'ee', 'oh'];

const faced = z.object({
  expressions: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  made_mm: z.record(z.string(), z.number()),
  missing: z.array(z.string()),
  look_at: z.string().nullable(),
  notes: z.array(z.string()),
});

export interface Faces<Name extends string> {
  outcome(name: Name): Outcome;
  /** Of vrm_face. */
  result(name: Name): z.infer<typeof faced>;
  read(root: string, name: string): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** All cases in one Blender. */
export async function faces<Name extends string>(cases: Readonly<Record<Name, Case>>): Promise<Faces<Name>> {
  const names = Object.keys(cases);
  const run = await runInBlender(Object.values<Case>(cases));
  const outcome = (name: Name): Outcome => {
    const found = run.outcomes[names.indexOf(name)];
    assert.ok(found, name);
    return found;
  };
  return {
    outcome,
    result: (name) => faced.parse(outcome(name).result),
    read: (root, name) => run.read(root, name),
    remove: () => run.remove(),
  };
}
