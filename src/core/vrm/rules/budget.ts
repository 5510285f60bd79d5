import { drawnBy, textureBytes } from '../facts.ts';
import type { VrmModel } from '../model.ts';
import type { Budget } from '../profile.ts';
import { defineRule } from '../rule.ts';
import { NO_CLAUSE } from '../specLinks.ts';

const code = (title: string, next: string) => ({
  severity: 'warning' as const,
  title,
  next,
  spec: NO_CLAUSE,
});

export const budget = defineRule({
  name: 'budget',
  codes: {
    'budget-triangles': code(
      'More triangles than the budget has',
      'Simplify the meshes (Blender: Decimate).',
    ),
    'budget-materials': code(
      'More materials than the budget has',
      'Join materials, with one atlas for their textures.',
    ),
    'budget-bones': code('More bones than the budget has', 'Take out bones that hold no vertex.'),
    'budget-texture-memory': code(
      'More texture memory than the budget has',
      'Scale the largest pictures down by half: each takes a quarter then.',
    ),
  },
  check(model: VrmModel, report, profile) {
    const limits = profile.budget;
    if (limits === undefined) return;
    const { gltf } = model;
    const costs: Readonly<Record<keyof Budget, number>> = {
      triangles: drawnBy(model).triangles,
      materials: gltf.materials.length,
      bones: new Set(gltf.skins.flatMap(({ joints }) => joints)).size,
      textureMiB: Math.round((textureBytes(model) ?? 0) / 2 ** 20),
    };
    const over = (key: keyof Budget): boolean => costs[key] > (limits[key] ?? Infinity);
    const words = (key: keyof Budget, what: string): { message: string } => ({
      message: `The model has ${costs[key]} ${what}; the budget is ${limits[key]}.`,
    });
    if (over('triangles')) report('budget-triangles', words('triangles', 'triangles'));
    if (over('materials')) report('budget-materials', words('materials', 'materials'));
    if (over('bones')) report('budget-bones', words('bones', 'bones'));
    if (over('textureMiB')) report('budget-texture-memory', words('textureMiB', 'MiB of textures'));
  },
});
