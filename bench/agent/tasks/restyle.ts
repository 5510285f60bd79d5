import { look, python, stockPicture, type Task } from '../task.ts';

const props = ['Chair', 'Shelf', 'Barrel', 'Door', 'Bench', 'Box'];

export const restyle: readonly Task[] = [
  {
    name: 'golden-armour',
    kind: 'restyle',
    prompt: 'Put metallic gold on the armour, and show me.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 20 } },
      { tool: 'set_material', arguments: { objects: ['Armor'], preset: 'metal', base_color: '#e8b030' } },
      { tool: 'get_screenshot', arguments: { view: 'front' } },
    ],
    stock: [
      look,
      python(`
import bpy
gold = bpy.data.materials.new("Gold")
gold.use_nodes = True
node = gold.node_tree.nodes["Principled BSDF"]
node.inputs["Base Color"].default_value = (0.8, 0.43, 0.03, 1)
node.inputs["Metallic"].default_value = 1
node.inputs["Roughness"].default_value = 0.25
armor = bpy.data.objects["Armor"]
armor.data.materials.clear()
armor.data.materials.append(gold)
print(armor.name, [m.name for m in armor.data.materials])
`),
      stockPicture,
    ],
    show: true,
    check: `
material = facts.get("Armor").active_material
r, g, b = facts.color(material)
if not r > g > 2 * b: wrong.append(f"of {(r, g, b)}")
if facts.value(material, "Metallic") < 0.9: wrong.append("no metal")
`,
    mayChange: [/^object Armor materials$/, /^material Armor /],
  },
  {
    name: 'copper-hair',
    kind: 'restyle',
    prompt: 'Dye her silver hair copper red; keep the strands and highlights painted on it.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 20 } },
      { tool: 'set_material', arguments: { objects: ['Hair'], base_color: '#c8452a' } },
    ],
    stock: [
      look,
      python(`
import bpy
for m in bpy.data.objects["Hair"].data.materials:
    for n in m.node_tree.nodes:
        print(m.name, n.name, n.type, [(i.name, i.is_linked) for i in n.inputs if i.is_linked])
`),
      python(`
import bpy
material = bpy.data.objects["Hair"].data.materials[0]
tree = material.node_tree
socket = next(n for n in tree.nodes if n.type == "BSDF_PRINCIPLED").inputs["Base Color"]
source = socket.links[0].from_socket
mix = tree.nodes.new("ShaderNodeMixRGB")
mix.blend_type = "MULTIPLY"
mix.inputs[0].default_value = 1
tree.links.new(source, mix.inputs[1])
mix.inputs[2].default_value = (0.58, 0.06, 0.023, 1)
tree.links.new(mix.outputs[0], socket)
print("tinted", material.name)
`),
    ],
    check: `
material = facts.get("Hair").active_material
r, g, b = facts.color(material)
if not (r > 3 * g and r > 3 * b and r > 0.15): wrong.append(f"of {(r, g, b)}")
if not any(n.type == "TEX_IMAGE" for n in material.node_tree.nodes): wrong.append("the painting is gone")
`,
    mayChange: [/^material Hair (nodes|avatar_forge_mtoon)/],
  },
  {
    name: 'red-boots',
    kind: 'restyle',
    prompt:
      'Dye her boots wine red, #8a1f2b, with the laces and creases painted on them. All else keeps its colour.',
    figure: 'companion',
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 20 } },
      { tool: 'set_material', arguments: { objects: ['Boots'], base_color: '#8a1f2b' } },
    ],
    stock: [
      look,
      python(`
import bpy
boots = bpy.data.objects["Boots"]
for m in boots.data.materials:
    users = [o.name for o in bpy.context.scene.objects if o.type == "MESH" and m.name in o.data.materials]
    print(m.name, users, [(n.name, n.type) for n in m.node_tree.nodes])
`),
      python(`
import bpy
boots = bpy.data.objects["Boots"]
material = boots.data.materials[0].copy()
material.name = "Boots"
boots.data.materials[0] = material
tree = material.node_tree
socket = next(n for n in tree.nodes if n.type == "BSDF_PRINCIPLED").inputs["Base Color"]
source = socket.links[0].from_socket
grey = tree.nodes.new("ShaderNodeRGBToBW")
tree.links.new(source, grey.inputs[0])
mix = tree.nodes.new("ShaderNodeMixRGB")
mix.blend_type = "MULTIPLY"
mix.inputs[0].default_value = 1
tree.links.new(grey.outputs[0], mix.inputs[1])
mix.inputs[2].default_value = (1, 0.05, 0.1, 1)
tree.links.new(mix.outputs[0], socket)
print("tinted", material.name)
`),
    ],
    check: `
material = facts.get("Boots").active_material
r, g, b = facts.worn_color("Boots")
if not (0.06 < r < 0.5 and r > 3 * g and r > 3 * b): wrong.append(f"of {(r, g, b)}")
if not any(n.type == "TEX_IMAGE" for n in material.node_tree.nodes): wrong.append("the painting is gone")
`,
    mayChange: [/^object Boots materials$/, /^material (?!Outfit )/],
  },
  {
    name: 'copper-from-blue',
    kind: 'restyle',
    prompt: 'Dye her blue hair copper, #c8452a; keep the strands and highlights painted on it.',
    figure: 'blue-companion',
    ours: [
      { tool: 'get_scene_info', arguments: { limit: 20 } },
      { tool: 'set_material', arguments: { objects: ['Hair'], base_color: '#c8452a' } },
    ],
    stock: [
      look,
      python(`
import bpy
for m in bpy.data.objects["Hair"].data.materials:
    for n in m.node_tree.nodes:
        print(m.name, n.name, n.type, getattr(n, "image", None), [i.name for i in n.inputs if i.is_linked])
`),
      python(`
import bpy
import numpy as np
material = bpy.data.objects["Hair"].data.materials[0]
node = next(n for n in material.node_tree.nodes if n.type == "TEX_IMAGE" and n.outputs[0].is_linked)
pixels = np.empty(len(node.image.pixels), np.float32)
node.image.pixels.foreach_get(pixels)
rgba = pixels.reshape(-1, 4)
light = rgba[:, :3] @ np.array([0.3, 0.6, 0.1], np.float32)
ratio = (light / np.median(light))[:, None]
copper = np.array([200, 69, 42], np.float32) / 255
rgba[:, :3] = np.where(ratio < 1, copper * ratio, copper + (1 - copper) * np.clip((ratio - 1) * 0.8, 0, 1))
image = node.image.copy()
image.name = "Hair copper"
image.pixels.foreach_set(rgba.ravel())
image.update()
image.pack()
node.image = image
print(image.name, rgba[:, :3].mean(axis=0))
`),
    ],
    check: `
material = facts.get("Hair").active_material
r, g, b = facts.color(material)
if not (0.3 < r < 0.8 and 3 * g < r and 3 * b < r): wrong.append(f"of {(r, g, b)}")
if facts.contrast(material) < 0.03: wrong.append("the painting is gone")
`,
    mayChange: [/^material Hair (nodes|avatar_forge_mtoon)/],
  },
  {
    name: 'all-of-oak',
    kind: 'restyle',
    prompt: `Give ${props.join(', ')} one material named Oak: brown, matt wood. Leave the floor.`,
    seed: `
grey = seeds.paint("Grey", (0.5, 0.5, 0.5))
seeds.add("plane", "Floor", material=grey, size=6)
for i, name in enumerate(${JSON.stringify(props)}): seeds.add("cube", name, (i, 0, 0.5), grey if i % 2 else seeds.paint(f"Paint {i}", (0.1, 0.2, 0.9)), size=1)
`,
    ours: [
      {
        tool: 'set_material',
        arguments: {
          objects: props,
          name: 'Oak',
          shader: 'principled',
          base_color: '#7a4f2a',
          roughness: 0.8,
        },
      },
    ],
    stock: [
      python(`
import bpy
oak = bpy.data.materials.new("Oak")
oak.use_nodes = True
node = oak.node_tree.nodes["Principled BSDF"]
node.inputs["Base Color"].default_value = (0.195, 0.078, 0.023, 1)
node.inputs["Roughness"].default_value = 0.8
for name in ${JSON.stringify(props)}:
    mesh = bpy.data.objects[name].data
    mesh.materials.clear()
    mesh.materials.append(oak)
print("done")
`),
    ],
    check: `
for name in ${JSON.stringify(props)}:
    material = facts.get(name).active_material
    if len(facts.get(name).material_slots) != 1 or material.name != "Oak": wrong.append(f"{name} is not of oak")
    r, g, b = facts.color(material)
    if not r > g > b or facts.value(material, "Roughness") < 0.6: wrong.append(f"{name} looks otherwise")
`,
    mayChange: [new RegExp(`^object (${props.join('|')}) materials$`)],
  },
  {
    name: 'glowing-gem',
    kind: 'restyle',
    prompt: 'Let Gem glow cyan. Its facets keep their material otherwise.',
    seed: `
seeds.add("ico_sphere", "Gem", (0, 0, 1), seeds.paint("Crystal", (0.1, 0.4, 0.5), 0.1), radius=0.2)
seeds.add("cylinder", "Stand", (0, 0, 0.4), seeds.paint("Stone", (0.3, 0.3, 0.3)), radius=0.3, depth=0.8)
`,
    ours: [{ tool: 'set_material', arguments: { objects: ['Gem'], emission: '#30f0ff' } }],
    stock: [
      python(`
import bpy
node = bpy.data.objects["Gem"].active_material.node_tree.nodes["Principled BSDF"]
socket = node.inputs.get("Emission Color") or node.inputs["Emission"]
socket.default_value = (0.03, 0.87, 1, 1)
node.inputs["Emission Strength"].default_value = 1
print("glows")
`),
    ],
    check: `
material = facts.get("Gem").active_material
r, g, b = facts.emission(material)
if not (g > 0.3 and b > 0.3 and r < g / 2): wrong.append(f"glows {(r, g, b)}")
if max(abs(x - y) for x, y in zip(facts.color(material), (0.1, 0.4, 0.5))) > 0.01: wrong.append("another colour")
if abs(facts.value(material, "Roughness") - 0.1) > 0.01: wrong.append("another roughness")
`,
    mayChange: [/^material Crystal /],
  },
  {
    name: 'one-red-pillar',
    kind: 'restyle',
    prompt: 'Paint the left pillar red. The other two stay as they are.',
    seed: `
marble = seeds.paint("Marble", (0.8, 0.8, 0.78), 0.3)
for name, x in (("Pillar left", -1), ("Pillar middle", 0), ("Pillar right", 1)): seeds.add("cylinder", name, (x, 0, 1), marble, radius=0.2, depth=2)
`,
    ours: [
      { tool: 'get_scene_info', arguments: {} },
      { tool: 'set_material', arguments: { objects: ['Pillar left'], base_color: '#c02020' } },
    ],
    stock: [
      look,
      python(`
import bpy
slot = bpy.data.objects["Pillar left"].material_slots[0]
red = slot.material.copy()
red.name = "Red"
red.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.53, 0.014, 0.014, 1)
bpy.data.objects["Pillar left"].data.materials[0] = red
print(slot.material.name)
`),
    ],
    check: `
r, g, b = facts.color(facts.get("Pillar left").active_material)
if not r > 5 * max(g, b): wrong.append(f"of {(r, g, b)}")
`,
    mayChange: [/^object Pillar left materials$/],
  },
];
