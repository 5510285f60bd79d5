import { python, stockPicture, type Task } from '../task.ts';

const columns = `
import bpy, math
for i in range(12):
    a = i * math.tau / 12
    bpy.ops.mesh.primitive_cylinder_add(radius=0.2, depth=3, location=(4 * math.cos(a), 4 * math.sin(a), 1.5))
    bpy.context.object.name = f"Column {i + 1}"
print("12 columns")
`;

export const make: readonly Task[] = [
  {
    name: 'three-lights',
    kind: 'make',
    prompt:
      'Light the figure for a showcase: lights named Key, Fill (both in front) and Rim (behind), and a camera named Showcase that sees all of it from the front. Show me what it sees.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: {} },
      {
        tool: 'create_object',
        arguments: {
          objects: [
            {
              kind: 'light',
              name: 'Key',
              location: [1.6, -2.2, 2.4],
              rotation_deg: [52, 0, 36],
              light: { kind: 'area', energy: 160 },
            },
            {
              kind: 'light',
              name: 'Fill',
              location: [-2, -1.6, 1.5],
              rotation_deg: [70, 0, -50],
              light: { kind: 'area', energy: 60 },
            },
            {
              kind: 'light',
              name: 'Rim',
              location: [0.6, 2.2, 2.2],
              rotation_deg: [-55, 0, -15],
              light: { kind: 'area', energy: 120 },
            },
            { kind: 'camera', name: 'Showcase', location: [0, -4.8, 0.75], rotation_deg: [90, 0, 0] },
          ],
        },
      },
      { tool: 'get_screenshot', arguments: { view: 'camera', shading: 'rendered' } },
    ],
    stock: [
      python(`
import bpy
for o in bpy.context.scene.objects:
    print(o.name, o.type, [round(v, 2) for v in o.location], [round(v, 2) for v in o.dimensions])
`),
      python(`
import bpy
from mathutils import Vector
aim = Vector((0, 0, 0.75))
def put(name, data, at):
    o = bpy.data.objects.new(name, data)
    o.location = at
    o.rotation_euler = (aim - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(o)
    return o
for name, energy, at in (("Key", 160, (1.6, -2.2, 2.4)), ("Fill", 60, (-2, -1.6, 1.5)), ("Rim", 120, (0.6, 2.2, 2.2))):
    light = bpy.data.lights.new(name, "AREA")
    light.energy = energy
    put(name, light, at)
bpy.context.scene.camera = put("Showcase", bpy.data.cameras.new("Showcase"), (0, -4.8, 0.75))
for area in bpy.context.window_manager.windows[0].screen.areas:
    if area.type == "VIEW_3D":
        area.spaces[0].region_3d.view_perspective = "CAMERA"
print("3 lights, 1 camera")
`),
      stockPicture,
    ],
    show: true,
    check: `
from bpy_extras.object_utils import world_to_camera_view
for name, front in (("Key", True), ("Fill", True), ("Rim", False)):
    o = facts.get(name, "LIGHT")
    if o is None or o.data.energy <= 0: wrong.append(f"no light {name}")
    elif (o.matrix_world.translation.y < 0) != front: wrong.append(f"{name} is on the wrong side")
eye = facts.get("Showcase", "CAMERA")
if eye is None: wrong.append("no camera")
else:
    corners = facts.figure()
    for x in (0, 1):
        for z in (0, 1):
            seen = world_to_camera_view(bpy.context.scene, eye, Vector((corners[x].x, 0, corners[z].z)))
            if not (0 <= seen.x <= 1 and 0 <= seen.y <= 1 and seen.z > 0): wrong.append("the camera cuts it off")
`,
    mayChange: [/^(object|light|camera) (Key|Fill|Rim|Showcase)/, /^scene camera$/],
  },
  {
    name: 'snowman',
    kind: 'make',
    prompt:
      'Make a snowman facing the front: three balls named Bottom, Middle and Head, a carrot named Nose and a top hat named Hat, standing on the ground. Show me.',
    ours: [
      {
        tool: 'create_object',
        arguments: {
          objects: [
            { kind: 'sphere', name: 'Bottom', size: 1, location: [0, 0, 0.5] },
            { kind: 'sphere', name: 'Middle', size: 0.7, location: [0, 0, 1.25] },
            { kind: 'sphere', name: 'Head', size: 0.5, location: [0, 0, 1.78] },
            {
              kind: 'cone',
              name: 'Nose',
              size: 0.3,
              location: [0, -0.35, 1.78],
              rotation_deg: [90, 0, 0],
              scale: [0.35, 0.35, 1],
            },
            { kind: 'cylinder', name: 'Hat', size: 0.35, location: [0, 0, 2.14] },
          ],
        },
      },
      { tool: 'get_screenshot', arguments: { view: 'front' } },
    ],
    stock: [
      python(`
import bpy, math
add = bpy.ops.mesh
for name, radius, z in (("Bottom", 0.5, 0.5), ("Middle", 0.35, 1.25), ("Head", 0.25, 1.78)):
    add.primitive_uv_sphere_add(radius=radius, location=(0, 0, z))
    bpy.context.object.name = name
add.primitive_cone_add(radius1=0.05, depth=0.3, location=(0, -0.35, 1.78), rotation=(math.pi / 2, 0, 0))
bpy.context.object.name = "Nose"
add.primitive_cylinder_add(radius=0.17, depth=0.35, location=(0, 0, 2.14))
bpy.context.object.name = "Hat"
print("5 objects")
`),
      stockPicture,
    ],
    show: true,
    check: `
names = ("Bottom", "Middle", "Head", "Nose", "Hat")
missing = [name for name in names if facts.get(name, "MESH") is None]
if missing: wrong.append(f"missing {missing}")
else:
    at = {name: facts.box(name) for name in names}
    if abs(at["Bottom"][0].z) > 0.02: wrong.append("not on the ground")
    for low, high in (("Bottom", "Middle"), ("Middle", "Head"), ("Head", "Hat")):
        if not at[low][0].z < at[high][0].z <= at[low][1].z < at[high][1].z: wrong.append(f"{high} is not on {low}")
    sizes = [at[name][1].x - at[name][0].x for name in names[:3]]
    if not sizes[0] > sizes[1] > sizes[2]: wrong.append("the balls do not get smaller")
    if at["Nose"][0].y > at["Head"][0].y - 0.05: wrong.append("the nose does not stick out")
`,
    mayChange: [/^(object|mesh) (Bottom|Middle|Head|Nose|Hat) /],
  },
  {
    name: 'table',
    kind: 'make',
    prompt: 'Make a table 0.75 m high, 1.2 by 0.8 m: a top named Table, and four legs that are its children.',
    ours: [
      {
        tool: 'create_object',
        arguments: {
          objects: [
            { kind: 'cube', name: 'Table', location: [0, 0, 0.73], scale: [1.2, 0.8, 0.04] },
            ...[1, 2, 3, 4].map((n) => ({
              kind: 'cube',
              name: `Leg ${n}`,
              location: [n % 2 === 1 ? 0.55 : -0.55, n < 3 ? 0.35 : -0.35, 0.355],
              scale: [0.06, 0.06, 0.71],
              parent: 'Table',
            })),
          ],
        },
      },
    ],
    stock: [
      python(`
import bpy
def box(name, at, size, parent=None):
    bpy.ops.mesh.primitive_cube_add(size=1, location=at)
    o = bpy.context.object
    o.name, o.scale = name, size
    bpy.context.view_layer.update()
    if parent:
        o.parent = parent
        o.matrix_parent_inverse = parent.matrix_world.inverted()
    return o
top = box("Table", (0, 0, 0.73), (1.2, 0.8, 0.04))
for i, (x, y) in enumerate(((0.55, 0.35), (-0.55, 0.35), (0.55, -0.35), (-0.55, -0.35))):
    box(f"Leg {i + 1}", (x, y, 0.355), (0.06, 0.06, 0.71), top)
print("table with", len(top.children), "legs")
`),
    ],
    check: `
top = facts.get("Table", "MESH")
legs = [o for o in top.children if o.type == "MESH"] if top else []
if len(legs) != 4: wrong.append(f"{len(legs)} legs")
else:
    low, high = facts.box("Table", *[leg.name for leg in legs])
    if max(abs(a - b) for a, b in zip((*low, *high), (-0.6, -0.4, 0, 0.6, 0.4, 0.75))) > 0.01:
        wrong.append(f"from {[*low]} to {[*high]}")
`,
    mayChange: [/^(object|mesh) /],
  },
  {
    name: 'sign',
    kind: 'make',
    prompt:
      'Put up the word HELLO as text named Sign, 2 m above the ground, readable from the front, glowing pink.',
    ours: [
      {
        tool: 'create_object',
        arguments: {
          objects: [
            {
              kind: 'text',
              name: 'Sign',
              text: 'HELLO',
              size: 0.4,
              location: [0, 0, 2],
              rotation_deg: [90, 0, 0],
            },
          ],
        },
      },
      {
        tool: 'set_material',
        arguments: { objects: ['Sign'], name: 'Pink glow', base_color: '#ff5fa2', emission: '#ff5fa2' },
      },
    ],
    stock: [
      python(`
import bpy, math
curve = bpy.data.curves.new("Sign", "FONT")
curve.body, curve.size, curve.align_x = "HELLO", 0.4, "CENTER"
sign = bpy.data.objects.new("Sign", curve)
sign.location, sign.rotation_euler = (0, 0, 2), (math.pi / 2, 0, 0)
bpy.context.scene.collection.objects.link(sign)
glow = bpy.data.materials.new("Pink glow")
glow.use_nodes = True
nodes = glow.node_tree.nodes
light = nodes.new("ShaderNodeEmission")
light.inputs["Color"].default_value, light.inputs["Strength"].default_value = (1, 0.11, 0.36, 1), 2
glow.node_tree.links.new(light.outputs[0], nodes["Material Output"].inputs["Surface"])
curve.materials.append(glow)
print(sign.name, glow.name)
`),
    ],
    check: `
sign = facts.get("Sign", "FONT")
if sign is None or sign.data.body != "HELLO": wrong.append("no such text")
else:
    if abs(sign.matrix_world.translation.z - 2) > 0.3: wrong.append("at another height")
    if (sign.matrix_world.to_3x3() @ Vector((0, 0, 1))).y > -0.9: wrong.append("does not face the front")
    r, g, b = facts.emission(sign.active_material)
    if not r > b > g or r < 0.3: wrong.append(f"glows {(r, g, b)}")
`,
    mayChange: [/^(object|text) Sign/],
  },
  {
    name: 'colonnade',
    kind: 'make',
    prompt:
      'Put twelve columns, Column 1 to Column 12, in a circle of 4 m radius: 3 m tall, 0.4 m thick, standing on the ground.',
    // Sums over a circle are Python's business, ours too.
    ours: [python(columns)],
    stock: [python(columns)],
    check: `
found = [facts.get(f"Column {i + 1}", "MESH") for i in range(12)]
if None in found: wrong.append("columns are missing")
else:
    for o in found:
        low, high = facts.box(o.name)
        middle = (low + high) / 2
        if abs(low.z) > 0.01 or abs(high.z - 3) > 0.01 or abs(high.x - low.x - 0.4) > 0.02: wrong.append(f"{o.name} measures {[*(high - low)]}")
        if abs(math.hypot(middle.x, middle.y) - 4) > 0.01: wrong.append(f"{o.name} is off the circle")
    angles = sorted(math.atan2(o.matrix_world.translation.y, o.matrix_world.translation.x) for o in found)
    if max(b - a for a, b in zip(angles, angles[1:])) > 0.53: wrong.append("unevenly spread")
`,
    mayChange: [/^(object|mesh) Column /],
  },
];
