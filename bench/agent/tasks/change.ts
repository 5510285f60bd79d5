import { look, python, type Task } from '../task.ts';

/** A small scene of furniture with a lamp whose bulb hangs on it. */
const room = `
wood = seeds.paint("Wood", (0.3, 0.16, 0.07), 0.7)
seeds.add("plane", "Floor", size=6)
seeds.add("cube", "Desk", (1, 0.5, 0.4), wood, size=0.8)
lamp = seeds.add("cone", "Lamp", (1, 0.5, 1), radius1=0.15, depth=0.3)
bulb = seeds.light("Bulb", location=(0, 0, -0.1))
bulb.parent = lamp
seeds.add("cylinder", "Stool", (-1, 0.2, 0.25), wood, radius=0.2, depth=0.5)
seeds.camera("Camera")
`;
const shapes = ['Ball', 'Cone', 'Drum', 'Ring', 'Egg'];

export const change: readonly Task[] = [
  {
    name: 'move-lamp',
    kind: 'change',
    prompt: 'Lift Lamp by half a metre and turn it by 45° counter-clockwise as seen from above.',
    seed: room,
    ours: [
      { tool: 'get_scene_info', arguments: { filter: 'Lamp' } },
      {
        tool: 'modify_object',
        arguments: { changes: [{ name: 'Lamp', location: [1, 0.5, 1.5], rotation_deg: [0, 0, 45] }] },
      },
    ],
    stock: [
      python(`
import bpy, math
lamp = bpy.data.objects["Lamp"]
lamp.location.z += 0.5
lamp.rotation_euler.z += math.radians(45)
print(lamp.location, lamp.rotation_euler)
`),
    ],
    check: `
at, turn, _ = facts.get("Lamp").matrix_world.decompose()
if (at - Vector((1, 0.5, 1.5))).length > 1e-3: wrong.append(f"at {[*at]}")
if abs(math.degrees(turn.to_euler().z) - 45) > 0.1: wrong.append("not turned so")
`,
    mayChange: [/^object Lamp (location|rotation|world)$/, /^object Bulb world$/],
  },
  {
    name: 'tidy-names',
    kind: 'change',
    prompt:
      'Call Cube, Cube.001 and Cube.002 Crate 1 to Crate 3, and put them under an empty named Crates. They stay where they are.',
    seed: 'for i, x in enumerate((1, 2, 3.5)): seeds.add("cube", "Cube" + (f".{i:03}" if i else ""), (x, 0.5 * i, 0.5), size=1)',
    ours: [
      { tool: 'create_object', arguments: { objects: [{ kind: 'empty', name: 'Crates' }] } },
      {
        tool: 'modify_object',
        arguments: {
          changes: ['Cube', 'Cube.001', 'Cube.002'].map((name, i) => ({
            name,
            rename: `Crate ${i + 1}`,
            parent: 'Crates',
          })),
        },
      },
    ],
    stock: [
      python(`
import bpy
crates = bpy.data.objects.new("Crates", None)
bpy.context.scene.collection.objects.link(crates)
for i, name in enumerate(("Cube", "Cube.001", "Cube.002")):
    o = bpy.data.objects[name]
    o.name = f"Crate {i + 1}"
    o.parent = crates
    print(o.name)
`),
    ],
    check: `
for i, x in enumerate((1, 2, 3.5)):
    o = facts.get(f"Crate {i + 1}", "MESH")
    if o is None: wrong.append(f"no Crate {i + 1}")
    else:
        if o.parent is None or o.parent.name != "Crates": wrong.append(f"{o.name} is elsewhere in the tree")
        if (o.matrix_world.translation - Vector((x, 0.5 * i, 0.5))).length > 1e-3: wrong.append(f"{o.name} moved")
`,
    mayChange: [/^(object|mesh) (Cube|Crate)/],
  },
  {
    name: 'hide-armour',
    kind: 'change',
    prompt: 'Hide the armour, in the view and in renders.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 20 } },
      { tool: 'modify_object', arguments: { changes: [{ name: 'Armor', visible: false }] } },
    ],
    stock: [
      look,
      python(
        'import bpy\no = bpy.data.objects["Armor"]\no.hide_viewport = o.hide_render = True\nprint("hidden", o.name)',
      ),
    ],
    check: `
o = facts.get("Armor")
if not (o.hide_render and (o.hide_viewport or o.hide_get())): wrong.append("still to be seen")
`,
    mayChange: [/^object Armor hidden$/],
  },
  {
    name: 'clear-lights',
    kind: 'change',
    prompt: 'Take all lights away; leave everything else.',
    seed: `${room}
seeds.light("Sun", "SUN"); seeds.light("Spot.003", "SPOT"); seeds.light("Neon", "AREA")`,
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 200 } },
      {
        tool: 'modify_object',
        arguments: { changes: ['Bulb', 'Sun', 'Spot.003', 'Neon'].map((name) => ({ name, delete: true })) },
      },
    ],
    stock: [
      python(`
import bpy
for o in [o for o in bpy.context.scene.objects if o.type == "LIGHT"]:
    print("removed", o.name)
    bpy.data.objects.remove(o)
`),
    ],
    check: 'wrong += [o.name for o in bpy.context.scene.objects if o.type == "LIGHT"]',
    mayChange: [/^(object|light) (Bulb|Sun|Spot\.003|Neon)/],
  },
  {
    name: 'smile',
    kind: 'change',
    prompt: 'Make her smile: the expression happy, fully.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: { fields: ['shape_keys'], filter: 'happy' } },
      { tool: 'modify_object', arguments: { changes: [{ name: 'Face', shape_keys: { happy: 1 } }] } },
    ],
    stock: [
      python(`
import bpy
for o in bpy.context.scene.objects:
    keys = getattr(o.data, "shape_keys", None)
    if keys and "happy" in keys.key_blocks:
        keys.key_blocks["happy"].value = 1
        print(o.name)
`),
    ],
    check: `
for o in bpy.context.scene.objects:
    keys = getattr(o.data, "shape_keys", None)
    if keys and "happy" in keys.key_blocks and keys.key_blocks["happy"].value != 1: wrong.append(f"{o.name} does not smile")
`,
    mayChange: [/^mesh \S+ value happy$/],
  },
  {
    name: 'two-metres',
    kind: 'change',
    prompt: 'Make Statue exactly 2 m tall. It keeps its proportions and stands on the ground.',
    seed: `${room}
seeds.add("cone", "Statue", (-1.5, 1, 0.85), radius1=0.4, depth=1.7)`,
    ours: [
      { tool: 'get_scene_info', arguments: { filter: 'Statue' } },
      {
        tool: 'modify_object',
        arguments: {
          changes: [{ name: 'Statue', scale: [1.176471, 1.176471, 1.176471], location: [-1.5, 1, 1] }],
        },
      },
    ],
    stock: [
      python(`
import bpy
o = bpy.data.objects["Statue"]
o.scale *= 2 / o.dimensions.z
bpy.context.view_layer.update()
low = min((o.matrix_world @ v.co).z for v in o.data.vertices)
o.location.z -= low
bpy.context.view_layer.update()
print(o.dimensions, o.location)
`),
    ],
    check: `
low, high = facts.box("Statue")
if abs(high.z - low.z - 2) > 0.001: wrong.append(f"{high.z - low.z:.3f} m tall")
if abs(low.z) > 0.001: wrong.append("off the ground")
if abs((high.x - low.x) / (high.z - low.z) - 0.8 / 1.7) > 0.01: wrong.append("other proportions")
`,
    mayChange: [/^object Statue (location|scale|world)$/, /^mesh Statue vertices$/],
  },
  {
    name: 'smooth-all',
    kind: 'change',
    prompt: 'Shade all the models smooth.',
    seed: `
for i, (name, kind) in enumerate(zip(${JSON.stringify(shapes)}, ("uv_sphere", "cone", "cylinder", "torus", "ico_sphere"))):
    seeds.add(kind, name, (i, 0, 1))
seeds.light("Sun", "SUN")
`,
    ours: [
      { tool: 'get_scene_info', arguments: {} },
      { tool: 'modify_object', arguments: { changes: shapes.map((name) => ({ name, smooth: true })) } },
    ],
    stock: [
      python(`
import bpy
for o in bpy.context.scene.objects:
    if o.type == "MESH":
        for p in o.data.polygons:
            p.use_smooth = True
        print(o.name)
`),
    ],
    check:
      'wrong += [o.name for o in bpy.context.scene.objects if o.type == "MESH" and not all(p.use_smooth for p in o.data.polygons)]',
    mayChange: [/^mesh \S+ smooth$/],
  },
];
