import type { Task } from '../task.ts';

export const makeAvatar: readonly Task[] = [
  {
    name: 'companion',
    kind: 'make',
    prompt:
      'Make an anime girl about 1.45 m tall with a pink bob, in coat and boots, who can speak and blink.',
    ours: [
      {
        tool: 'avatar_scaffold',
        arguments: {
          name: 'Momo',
          style: 'anime',
          height: 1.45,
          hair: 'bob',
          outfit: ['vest', 'coat', 'skirt', 'stockings', 'boots'],
          palette: { hair: '#f2a0c4', hair_tip: '#ffd0e4' },
        },
      },
    ],
    stock: {
      unsolved:
        'body, face, hair, clothes, weights and 18 expressions in Python: the library behind our tool is some 4,000 lines of it',
    },
    check: `
armatures = [o for o in bpy.context.scene.objects if o.type == "ARMATURE"]
if len(armatures) != 1: wrong.append("no figure")
else:
    meshes = [o for o in bpy.context.scene.objects if o.type == "MESH" and o.find_armature() == armatures[0]]
    low, high = facts.box(*[o.name for o in meshes])
    if abs(high.z - low.z - 1.45) > 0.08: wrong.append(f"{high.z - low.z:.2f} m tall")
    for key in ("aa", "ih", "ou", "ee", "oh", "blink.L", "blink.R"):
        if not any(o.data.shape_keys and facts.moved(o.name, key)[1] > 2 for o in meshes): wrong.append(f"no {key}")
    for o in meshes:
        if facts.weights(o.name)[0]: wrong.append(f"{o.name} has vertices that no bone holds")
    hair = next((o for o in meshes if "Hair" in o.name), None)
    r, g, b = facts.color(hair.active_material) if hair else (0, 1, 0)
    if not r > b > g: wrong.append(f"hair of {(r, g, b)}")
`,
    mayChange: [/./],
  },
  {
    name: 'chibi-hero',
    kind: 'make',
    prompt: 'Make a chibi hero of about 1 m in armour, with short hair, and export it as Hero for the app.',
    ours: [
      {
        tool: 'avatar_scaffold',
        arguments: {
          name: 'Hero',
          style: 'chibi',
          hair: 'short',
          outfit: ['tunic', 'trousers', 'boots', 'gloves', 'armour'],
        },
      },
      { tool: 'vrm_export', arguments: { name: 'Hero', meta: { name: 'Hero', authors: ['Bench'] } } },
      { tool: 'vrm_check', arguments: { file: 'Hero.vrm', profile: 'app' } },
    ],
    stock: { unsolved: 'as companion' },
    file: {
      name: 'Hero.vrm',
      profile: 'app',
      wrong: ({ facts: { heightM } }) =>
        heightM === null || heightM < 0.8 || heightM > 1.2 ? [`${heightM ?? 0} m tall`] : [],
    },
    mayChange: [/./],
  },
];
