import { look, python, type Task } from '../task.ts';

const bystander = 'seeds.add("cube", "Prop", (2, 0, 0.5), size=1)\n';
const turnOut = `
import bmesh, bpy
for o in bpy.context.scene.objects:
    if o.type == "MESH":
        bm = bmesh.new()
        bm.from_mesh(o.data)
        bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
        bm.to_mesh(o.data)
        bm.free()
        print(o.name)
`;
const whoFollows = `
import bpy
for o in bpy.context.scene.objects:
    print(o.name, o.parent and o.parent.name, [(m.type, m.object and m.object.name) for m in o.modifiers if m.type == "ARMATURE"], len(o.vertex_groups))
`;
const bindHair = `
import bpy
modifier = bpy.data.objects["Hair"].modifiers.new("Armature", "ARMATURE")
modifier.object = bpy.data.objects["Companion"]
print("bound")
`;

export const repair: readonly Task[] = [
  {
    name: 'loose-vertices',
    kind: 'repair',
    prompt: 'Some vertices of the skirt stay behind when she moves. No bone holds them; mend that.',
    figure: 'companion',
    seed: `${bystander}
cloth = bpy.data.objects["Skirt"]
for group in cloth.vertex_groups: group.remove(range(0, len(cloth.data.vertices), 40))`,
    ours: [{ tool: 'vrm_rig', arguments: {} }],
    stock: [
      look,
      python(`
import bpy
from mathutils.kdtree import KDTree
for o in bpy.context.scene.objects:
    if not o.find_armature():
        continue
    held = [v for v in o.data.vertices if v.groups]
    loose = [v for v in o.data.vertices if not v.groups]
    tree = KDTree(len(held))
    for i, v in enumerate(held):
        tree.insert(v.co, i)
    tree.balance()
    for v in loose:
        near = held[tree.find(v.co)[1]]
        for g in [(g.group, g.weight) for g in near.groups]:
            o.vertex_groups[g[0]].add([v.index], g[1], "REPLACE")
    print(o.name, len(loose))
`),
    ],
    check: `
loose, _, off = facts.weights("Skirt")
if loose: wrong.append(f"{loose} vertices are loose")
if off > 0.01: wrong.append(f"weights are off by {off:.2f}")
`,
    mayChange: [/^mesh Skirt weights$/],
  },
  {
    name: 'uneven-weights',
    kind: 'repair',
    prompt:
      'The body shrinks oddly when she moves: weights do not add up to one, and some vertices hang on more than four bones. Clean them.',
    figure: 'companion',
    seed: `${bystander}
body = bpy.data.objects["Body"]
names = [g.name for g in body.vertex_groups]
for v in body.data.vertices:
    if v.index % 3 == 0:
        for g in v.groups: g.weight *= 0.6
for name in ("head", "neck", "foot.L", "foot.R", "chest"):
    group = body.vertex_groups.get(name) or body.vertex_groups.new(name=name)
    group.add(range(0, 60), 0.02, "ADD")`,
    ours: [{ tool: 'vrm_rig', arguments: {} }],
    stock: [
      look,
      python(`
import bpy
for o in bpy.context.scene.objects:
    rig = o.find_armature()
    if rig is None:
        continue
    bones = {b.name for b in rig.data.bones}
    changed = 0
    for v in o.data.vertices:
        groups = sorted((g for g in v.groups if o.vertex_groups[g.group].name in bones), key=lambda g: -g.weight)
        pairs = [(g.group, g.weight) for g in groups]
        total = sum(w for _, w in pairs[:4])
        if len(pairs) <= 4 and abs(total - 1) < 1e-4:
            continue
        changed += 1
        for group, weight in pairs[:4]:
            o.vertex_groups[group].add([v.index], weight / total, "REPLACE")
        for group, _ in pairs[4:]:
            o.vertex_groups[group].remove([v.index])
    print(o.name, changed)
`),
    ],
    check: `
_, many, off = facts.weights("Body")
if many: wrong.append(f"{many} vertices of more than four bones")
if off > 0.01: wrong.append(f"weights are off by {off:.2f}")
`,
    mayChange: [/^mesh Body weights$/],
  },
  {
    name: 'lost-visemes',
    kind: 'repair',
    prompt:
      'She has lost the shape keys of her speech and of blinking. Make them anew: aa, ih, ou, ee, oh and the blink.',
    figure: 'companion',
    seed: `${bystander}
face = bpy.data.objects["Face"]
for name in ("aa", "ih", "ou", "ee", "oh", "blink.L", "blink.R"): face.shape_key_remove(face.data.shape_keys.key_blocks[name])`,
    ours: [{ tool: 'vrm_face', arguments: {} }],
    stock: {
      unsolved:
        'lips and lids have to be found in the mesh, parted and closed without a gap: the library behind our tool takes some 700 lines',
    },
    check: `
keys = facts.get("Face").data.shape_keys.key_blocks
names = [name for name in keys.keys() if name in ("aa", "ih", "ou", "ee", "oh") or name.startswith("blink")]
for name in ("aa", "ih", "ou", "ee", "oh"):
    if facts.moved("Face", name)[1] < 2: wrong.append(f"{name} moves nothing")
if not any(facts.moved("Face", name)[1] > 5 for name in names if name.startswith("blink")): wrong.append("no blink")
shapes = {name: [round(c, 4) for p in keys[name].data for c in p.co] for name in names if name in keys}
if len({str(v) for v in shapes.values()}) < len(names): wrong.append("two are the same")
`,
    mayChange: [/^mesh Face (key|value) (aa|ih|ou|ee|oh|blink)/, /^object Companion avatar_forge_vrm /],
  },
  {
    name: 'inside-out',
    kind: 'repair',
    prompt: 'The chest and the barrel look inside out. Turn their faces the right way.',
    seed: `
seeds.add("cube", "Chest", (0, 0, 0.5), size=1).data.flip_normals()
seeds.add("cylinder", "Barrel", (2, 0, 0.5), radius=0.4, depth=1).data.flip_normals()
seeds.light("Sun", "SUN")`,
    // Neither server has a tool for it.
    ours: [python(turnOut)],
    stock: [python(turnOut)],
    check: `
import bmesh
for name in ("Chest", "Barrel"):
    bm = bmesh.new()
    bm.from_mesh(facts.get(name).data)
    if bm.calc_volume(signed=True) < 0: wrong.append(f"{name} is inside out")
    bm.free()
`,
    mayChange: [/^mesh (Chest|Barrel) (faces|uv)/],
  },
  {
    name: 'unbound-hair',
    kind: 'repair',
    prompt: 'When she turns her head, the hair stays behind. Find out why and mend it.',
    figure: 'companion',
    seed: `${bystander}
hair = bpy.data.objects["Hair"]
hair.modifiers.remove(hair.modifiers[0])`,
    ours: [python(whoFollows), python(bindHair)],
    stock: [python(whoFollows), python(bindHair)],
    check: `
rig, hair = facts.get("Companion"), facts.get("Hair")
before = facts.box("Hair")[0].copy()
rig.pose.bones["head"].rotation_mode = "XYZ"
rig.pose.bones["head"].rotation_euler.x = 0.5
bpy.context.view_layer.update()
if (facts.box("Hair")[0] - before).length < 0.02: wrong.append("it stays behind")
rig.pose.bones["head"].rotation_euler.x = 0
bpy.context.view_layer.update()
`,
    mayChange: [/^object Hair modifiers$/],
  },
];
