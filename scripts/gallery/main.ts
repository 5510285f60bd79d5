/** The gallery: every design of designs.json made by the real server and Blender, side by side in out/gallery. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from '../demo/agent.ts';
import { Steps } from '../demo/steps.ts';

const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'out', 'gallery');
const steps = new Steps();
const designs = JSON.parse(await readFile(join(import.meta.dirname, 'designs.json'), 'utf8')) as {
  readonly name: string;
}[];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const agent = new Agent({
  cli: join(root, 'dist', 'cli.js'),
  out,
  steps,
  env: { AVATAR_FORGE_HOME: join(out, 'workstation'), AVATAR_FORGE_AUDIT: join(out, 'audit.jsonl') },
});
await agent.connect();
try {
  const columns = Math.ceil(designs.length / 2);
  for (const [i, design] of designs.entries()) {
    const location = [(i % columns) * 1.15, 0, i < columns ? 2 : 0];
    await steps.run(design.name, async () => {
      await agent.call('avatar_scaffold', design);
      await agent.call('execute_blender_code', { code: standing(design.name, location) });
    });
  }
  for (const view of ['front', 'back'])
    await steps.run(view, () =>
      agent.picture('get_screenshot', { view, max_size: 1024 }, join(out, `${view}.png`)),
    );
} finally {
  await agent.close();
}

/** Python that sets a figure down at its place with its arms lowered. */
function standing(name: string, location: readonly number[]): string {
  return `
import bpy, math
from mathutils import Matrix
armature = bpy.data.objects[${JSON.stringify(name)}]
armature.location = ${JSON.stringify(location)}
for bone, degrees in (("upperArm.L", 66), ("upperArm.R", -66), ("lowerArm.L", 8), ("lowerArm.R", -8)):
    pose = armature.pose.bones[bone]
    bpy.context.view_layer.update()
    at = Matrix.Translation(pose.matrix.to_translation())
    pose.matrix = at @ Matrix.Rotation(math.radians(degrees), 4, "Y") @ at.inverted() @ pose.matrix
`;
}
