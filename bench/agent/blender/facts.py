"""Facts of a scene for the checkers, measured apart from our command library.

digest() names every fact that a change can touch: `object NAME location`, `mesh NAME weights` … with a short
value or hash, so that two digests tell what else a solution changed.
"""

from __future__ import annotations

import hashlib
import json

import bpy
import numpy as np
from mathutils import Vector


def digest() -> dict[str, str]:
    bpy.context.view_layer.update()
    found: dict[str, str] = {}
    materials = set()
    for obj in bpy.context.scene.objects:
        of = f"object {obj.name} "
        found[of + "type"] = obj.type
        found[of + "location"] = _short(obj.location)
        found[of + "rotation"] = _short(obj.matrix_basis.to_quaternion())
        found[of + "scale"] = _short(obj.scale)
        found[of + "world"] = _short(v for row in obj.matrix_world for v in row)
        found[of + "parent"] = f"{obj.parent.name} {obj.parent_bone}" if obj.parent else ""
        found[of + "hidden"] = f"{obj.hide_viewport} {obj.hide_render} {obj.hide_get()}"
        found[of + "modifiers"] = _hash([(m.name, m.type, _pointer(m)) for m in obj.modifiers])
        slots = [slot.material for slot in obj.material_slots]
        found[of + "materials"] = " ".join(m.name if m else "-" for m in slots)
        materials |= {m for m in slots if m}
        for name in obj.keys():  # noqa: SIM118 - an ID is no dict
            _property(found, of, name, obj[name])
        _data(found, obj)
    for material in materials:
        of = f"material {material.name} "
        found[of + "nodes"] = _hash(_nodes(material))
        for name in material.keys():  # noqa: SIM118
            _property(found, of, name, material[name])
    found["scene camera"] = getattr(bpy.context.scene.camera, "name", "")
    found["scene world"] = getattr(bpy.context.scene.world, "name", "")
    return found


def _data(found: dict[str, str], obj: bpy.types.Object) -> None:
    if obj.type == "MESH":
        of, mesh = f"mesh {obj.name} ", obj.data
        found[of + "vertices"] = _hash(_floats(mesh.vertices, "co", 3))
        found[of + "faces"] = _hash([list(p.vertices) for p in mesh.polygons])
        found[of + "smooth"] = _hash([p.use_smooth for p in mesh.polygons])
        found[of + "slots"] = _hash([p.material_index for p in mesh.polygons])
        for layer in mesh.uv_layers:
            found[f"{of}uv {layer.name}"] = _hash(_floats(layer.data, "uv", 2))
        names = [group.name for group in obj.vertex_groups]
        weights = [[(names[g.group], round(g.weight, 4)) for g in v.groups] for v in mesh.vertices]
        found[of + "weights"] = _hash(weights)
        for key in mesh.shape_keys.key_blocks if mesh.shape_keys else ():
            found[f"{of}key {key.name}"] = _hash(_floats(key.data, "co", 3))
            found[f"{of}value {key.name}"] = _short([key.value])
    elif obj.type == "ARMATURE":
        of = f"armature {obj.name} "
        bones = [(b.name, b.parent.name if b.parent else "") for b in obj.data.bones]
        found[of + "bones"] = _hash(bones)
        found[of + "rest"] = _hash(_short(v for b in obj.data.bones for v in (*b.head_local, *b.tail_local)))
        found[of + "pose"] = _hash(_short(v for b in obj.pose.bones for row in b.matrix_basis for v in row))
    elif obj.type == "LIGHT":
        found[f"light {obj.name}"] = f"{obj.data.type} {_short([obj.data.energy, *obj.data.color])}"
    elif obj.type == "CAMERA":
        found[f"camera {obj.name}"] = _short([obj.data.lens, obj.data.sensor_width])
    elif obj.type == "FONT":
        found[f"text {obj.name}"] = f"{obj.data.body} {_short([obj.data.size])}"


def _property(found: dict[str, str], of: str, name: str, value) -> None:
    """JSON in a property is told apart by its members."""
    if not isinstance(value, (str, int, float)):
        return
    try:
        members = json.loads(value)
    except (TypeError, ValueError):
        members = None
    if isinstance(members, dict):
        for member, inner in members.items():
            found[f"{of}{name} {member}"] = _hash(inner)
    else:
        found[of + name] = str(value)


def _nodes(material: bpy.types.Material) -> list:
    if not material.use_nodes:
        return [_short(material.diffuse_color)]
    rows = []
    for node in sorted(material.node_tree.nodes, key=lambda n: n.name):
        values = [
            [*v] if hasattr(v, "__len__") and not isinstance(v, str) else v
            for v in (getattr(s, "default_value", None) for s in node.inputs)
        ]
        image = getattr(node, "image", None)
        rows.append([node.name, node.type, str(values), image.name if image else ""])
    links = [
        (link.from_node.name, link.from_socket.name, link.to_node.name, link.to_socket.name)
        for link in material.node_tree.links
    ]
    return [rows, sorted(links)]


def _pointer(modifier: bpy.types.Modifier) -> str:
    return getattr(getattr(modifier, "object", None), "name", "")


def _floats(items, name: str, width: int) -> list[float]:
    values = np.empty(len(items) * width, np.float32)
    items.foreach_get(name, values)
    return np.round(values, 4).tolist()


def _short(values) -> str:
    return " ".join(f"{round(float(value), 4) + 0.0:g}" for value in values)


def _hash(value) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:12]


def box(*names: str) -> tuple[Vector, Vector]:
    """The least and greatest corner of these objects in the world, modifiers and shape keys counted."""
    graph = bpy.context.evaluated_depsgraph_get()
    points = []
    for name in names:
        seen = bpy.data.objects[name].evaluated_get(graph)
        mesh = seen.to_mesh()
        points += [seen.matrix_world @ v.co for v in mesh.vertices]
        seen.to_mesh_clear()
    return Vector(map(min, zip(*points, strict=True))), Vector(map(max, zip(*points, strict=True)))


def figure() -> tuple[Vector, Vector]:
    """The box of all that the companion's armature moves."""
    return box(*(obj.name for obj in bpy.context.scene.objects if obj.find_armature() == get("Companion")))


def get(name: str, kind: str = "") -> bpy.types.Object | None:
    """The scene's object of that name, of that type where one is told."""
    obj = bpy.context.scene.objects.get(name)
    return obj if obj is not None and (not kind or obj.type == kind) else None


def principled(material: bpy.types.Material) -> bpy.types.Node | None:
    if material is None or not material.use_nodes:
        return None
    return next((n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED"), None)


def color(material: bpy.types.Material) -> tuple[float, float, float]:
    """The base colour, linear; of pictures their mean, of mixes what they multiply to."""
    node = principled(material)
    return _color(node.inputs["Base Color"]) if node else (0.0, 0.0, 0.0)


def worn_color(name: str) -> tuple[float, float, float]:
    """The base colour of a mesh's first material where its faces have it: of a picture, at their middles."""
    mesh, node = bpy.data.objects[name].data, principled(bpy.data.objects[name].active_material)
    uv = np.empty(len(mesh.loops) * 2)
    mesh.uv_layers.active.data.foreach_get("uv", uv)
    middles = [uv.reshape(-1, 2)[list(p.loop_indices)].mean(axis=0) for p in mesh.polygons]
    return _color(node.inputs["Base Color"], np.array(middles)) if node else (0.0, 0.0, 0.0)


def _color(socket, at: np.ndarray | None = None) -> tuple[float, float, float]:
    if not socket.is_linked:
        return tuple(socket.default_value)[:3]
    node = socket.links[0].from_node
    if node.type == "TEX_IMAGE":
        pixels = np.empty(len(node.image.pixels), np.float32)
        node.image.pixels.foreach_get(pixels)
        rgba = pixels.reshape(-1, 4)
        if at is not None:
            wide, high = node.image.size
            column, row = (at % 1 * [wide, high]).astype(int).T
            rgba = rgba[row * wide + column]
        seen = rgba[rgba[:, 3] > 0.5, :3]
        if node.image.colorspace_settings.name == "sRGB" and not node.image.is_float:
            seen = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
        return tuple(float(x) for x in seen.mean(axis=0))
    if node.type in ("MIX", "MIX_RGB"):
        sides = [s for s in node.inputs if s.type == "RGBA" and s.enabled]
        a, b = (_color(s, at) for s in sides[-2:])
        return b if node.blend_type == "MIX" else tuple(x * y for x, y in zip(a, b, strict=True))
    if node.type == "RGBTOBW":
        r, g, b = _color(node.inputs[0], at)
        return (0.2126 * r + 0.7152 * g + 0.0722 * b,) * 3
    return tuple(node.outputs[0].default_value)[:3] if node.type == "RGB" else (0.0, 0.0, 0.0)


def contrast(material: bpy.types.Material) -> float:
    """How far its base picture's texels lie from their mean, 0…1; 0 where it has no picture."""
    nodes = material.node_tree.nodes
    image = next((n.image for n in nodes if n.type == "TEX_IMAGE" and n.outputs[0].is_linked), None)
    if image is None:
        return 0.0
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    return float(pixels.reshape(-1, 4)[:, :3].std(axis=0).mean())


def value(material: bpy.types.Material, name: str) -> float:
    """A number of the shader; -1 where there is none."""
    node = principled(material)
    return float(node.inputs[name].default_value) if node else -1.0


def emission(material: bpy.types.Material) -> tuple[float, float, float]:
    """What it gives off: colour times strength."""
    if material is None or not material.use_nodes:
        return (0.0, 0.0, 0.0)
    for node in material.node_tree.nodes:
        if node.type == "EMISSION":
            strength = node.inputs["Strength"].default_value
            return tuple(c * strength for c in node.inputs["Color"].default_value[:3])
    node = principled(material)
    socket = node.inputs.get("Emission Color") or node.inputs["Emission"]
    strength = node.inputs["Emission Strength"].default_value
    return tuple(c * strength for c in socket.default_value[:3])


def weights(name: str) -> tuple[int, int, float]:
    """Of a skinned mesh: vertices no bone holds, vertices of more than four bones, farthest sum from 1."""
    obj = bpy.data.objects[name]
    bones = {b.name for b in obj.find_armature().data.bones}
    deforming = {g.index for g in obj.vertex_groups if g.name in bones}
    rows = [[g.weight for g in v.groups if g.group in deforming and g.weight > 0] for v in obj.data.vertices]
    off = max((abs(sum(row) - 1) for row in rows if row), default=0)
    return sum(not row for row in rows), sum(len(row) > 4 for row in rows), off


def moved(name: str, key: str) -> tuple[int, float]:
    """How many vertices a shape key moves by more than half a millimetre, and how far at most, in mm."""
    keys = bpy.data.objects[name].data.shape_keys.key_blocks
    if key not in keys:
        return 0, 0.0
    base = keys[key].relative_key.data
    far = [(a.co - b.co).length * 1000 for a, b in zip(keys[key].data, base, strict=True)]
    return sum(mm > 0.5 for mm in far), max(far)
