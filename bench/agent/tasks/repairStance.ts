import { look, python, type Task } from '../task.ts';

const bystander = 'seeds.add("cube", "Prop", (2, 0, 0.5), size=1)\n';
const ofTheFigure = /^(object|mesh|armature) (?!Prop )/;

/** Where the figure stands, how large, and in which pose. */
export const repairStance: readonly Task[] = [
  {
    name: 'backwards',
    kind: 'repair',
    prompt:
      'The figure floats, stands to the side and looks backwards. For VRM it has to stand at the origin, facing the front.',
    figure: 'companion',
    seed: `${bystander}
figure = bpy.data.objects["Companion"]
figure.location = (0.4, 0, 0.5)
figure.rotation_euler.z = 3.14159265`,
    ours: [{ tool: 'vrm_rig', arguments: {} }],
    stock: [
      look,
      python(`
import bpy
rig = bpy.data.objects["Companion"]
print(rig.location, rig.rotation_euler, rig.scale)
rig.location = (0, 0, 0)
rig.rotation_euler = (0, 0, 0)
`),
    ],
    check: `
low, high = facts.figure()
if abs(low.z) > 0.01 or abs(low.x + high.x) > 0.03: wrong.append(f"stands at {low.x + high.x:.2f}, {low.z:.2f}")
rig = facts.get("Companion")
eye, head = (rig.matrix_world @ rig.data.bones[name].head_local for name in ("eye.L", "head"))
if not (eye.y < head.y and eye.x > 0): wrong.append("looks backwards")
if abs(high.z - low.z - 1.56) > 0.03: wrong.append(f"{high.z - low.z:.2f} m tall")
`,
    mayChange: [ofTheFigure],
  },
  {
    name: 'centimetres',
    kind: 'repair',
    prompt:
      'The figure came in as 156 m tall: its numbers are centimetres. Make it metres, without a scale left on its objects.',
    figure: 'companion',
    seed: `${bystander}
from mathutils import Matrix
big = Matrix.Scale(100, 4)
for o in bpy.context.scene.objects:
    if o.name == "Companion": o.data.transform(big)
    elif o.find_armature(): o.data.transform(big, shape_keys=True)`,
    ours: [{ tool: 'vrm_rig', arguments: {} }],
    stock: [
      look,
      python(`
import bpy
from mathutils import Matrix
small = Matrix.Scale(0.01, 4)
rig = bpy.data.objects["Companion"]
rig.data.transform(small)
for o in bpy.context.scene.objects:
    if o.find_armature() == rig:
        o.data.transform(small, shape_keys=True)
        o.data.update()
rig.update_tag()
bpy.context.view_layer.update()
print(rig.dimensions)
`),
    ],
    check: `
low, high = facts.figure()
if abs(high.z - low.z - 1.56) > 0.03: wrong.append(f"{high.z - low.z:.2f} m tall")
rig = facts.get("Companion")
if abs(rig.data.bones["head"].head_local.z - 1.2) > 0.15: wrong.append("bones of another size")
if any(abs(s - 1) > 1e-4 for o in (rig, facts.get("Face")) for s in o.matrix_world.to_scale()): wrong.append("a scale is left")
if not 3 < facts.moved("Face", "aa")[1] < 60: wrong.append("aa moves otherwise")
`,
    mayChange: [ofTheFigure],
  },
  {
    name: 'a-pose',
    kind: 'repair',
    prompt: 'The figure rests in an A. VRM wants a T: make the T its rest pose.',
    figure: 'makehuman',
    seed: bystander,
    ours: [{ tool: 'vrm_rig', arguments: {} }],
    stock: [
      look,
      python(`
import bpy
for b in bpy.data.objects["Rig"].data.bones:
    print(b.name, b.parent and b.parent.name, [round(v, 2) for v in b.head_local])
`),
      python(`
import bpy, math
from mathutils import Matrix, Vector
rig, body = bpy.data.objects["Rig"], bpy.data.objects["Body"]
turns = {}
for side, sign in (("L", 1), ("R", -1)):
    first, hand = rig.data.bones[f"upperarm01.{side}"], rig.data.bones[f"wrist.{side}"]
    along = hand.head_local - first.head_local
    at = Matrix.Translation(first.head_local)
    turn = at @ Matrix.Rotation(-sign * math.atan2(-along.z, abs(along.x)), 4, "Y") @ at.inverted()
    turns.update({b.name: turn for b in (first, *first.children_recursive)})
names = [g.name for g in body.vertex_groups]
rows = [[(names[g.group], g.weight) for g in v.groups] for v in body.data.vertices]
def turned(co, row):
    total = sum(w for _, w in row)
    return sum((w / total * (turns.get(n, Matrix()) @ co) for n, w in row), Vector()) if total else co
for points in (body.data.vertices, *(k.data for k in body.data.shape_keys.key_blocks)):
    for point, row in zip(points, rows):
        point.co = turned(point.co.copy(), row)
bpy.context.view_layer.objects.active = rig
bpy.ops.object.mode_set(mode="EDIT")
for name, turn in turns.items():
    rig.data.edit_bones[name].use_connect = False
    rig.data.edit_bones[name].transform(turn)
bpy.ops.object.mode_set(mode="OBJECT")
print(len(turns), "bones turned")
`),
    ],
    check: `
rig = facts.get("Rig")
for side in "LR":
    a, b = (rig.matrix_world @ rig.data.bones[f"{name}.{side}"].head_local for name in ("upperarm01", "wrist"))
    if abs(b.z - a.z) > 0.04 * (b - a).length: wrong.append(f"arm {side} is not level")
low, high = facts.box("Body")
if high.x < 0.8 or low.x > -0.8: wrong.append("the mesh did not follow")
if facts.moved("Body", "aa")[1] < 15: wrong.append("a shape key is lost")
`,
    mayChange: [/^(object|mesh|armature) (Rig|Body) /],
  },
];
