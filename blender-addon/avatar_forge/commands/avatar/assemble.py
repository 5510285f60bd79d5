# SPDX-License-Identifier: GPL-3.0-or-later
"""From parts to Blender: armature, materials, meshes with weights and keys, and what VRM needs to know."""

from __future__ import annotations

import json
from collections.abc import Mapping

import bpy
import numpy as np
from mathutils import Vector

from .. import compat
from ..materials import TONE_PROPERTY, mtoon_of, principled_of, set_mtoon
from ..params import to_hex
from ..scene import object_mode, target_collection
from ..set_material import Wish, apply
from . import expressions, springs
from .curves import Array
from .dress import Design, meshes
from .eyes import eye_centre
from .figure import Figure
from .meshbuilder import Part
from .paint_hair import HAIR, HAIR_OUTLINE
from .palette import Colour, decode
from .skeleton import Bone, chain_bones, humanoid_bones, vrm_name
from .textures import Atlas

# material: preset of set_material, outline in metres of a 1.5 m figure, which colour set_material is to take
# for the painting's where the commonest one would not be it
_MATERIALS = {
    "Skin": ("skin", 0.0013, "skin"),
    "Features": ("eye", 0.0, "eyes"),
    "Hair": ("hair", 0.0013, "hair"),
    "Outfit": ("cloth", 0.0016, None),
    "Armor": ("metal", 0.0016, None),
}
_ON_HEAD = ("Face", "Hair", "Ribbons")  # what a camera at the eyes would see from within
_LOOK_RANGE = {
    "rangeMapHorizontalInner": (90, 8),
    "rangeMapHorizontalOuter": (90, 8),
    "rangeMapVerticalDown": (90, 7),
    "rangeMapVerticalUp": (90, 7),
}


class Figurine:
    """What was made: the armature and the meshes, for the command to report."""

    def __init__(self, armature: bpy.types.Object, made: dict[str, bpy.types.Object]) -> None:
        self.armature = armature
        self.meshes = made

    @property
    def materials(self) -> list[str]:
        slots = [slot.material.name for obj in self.meshes.values() for slot in obj.material_slots]
        return list(dict.fromkeys(slots))

    @property
    def triangles(self) -> int:
        return sum(len(p.vertices) - 2 for obj in self.meshes.values() for p in obj.data.polygons)


def assemble(name: str, design: Design, palette: Mapping[str, Colour]) -> Figurine:
    """Makes the whole figure in the open scene; object mode."""
    figure = design.figure
    bones = humanoid_bones(figure)
    for chain in (*design.hair, *design.skirt):
        bones.update(chain_bones(chain))
    armature = _armature(name, bones)
    materials: dict[str, bpy.types.Material] = {}
    made = {}
    for label, pieces in meshes(design).items():
        for part in pieces:
            if part.atlas.name not in materials:
                materials[part.atlas.name] = _material(part.atlas, palette, figure)
        made[label] = _mesh(label, pieces, [materials[p.atlas.name] for p in pieces], armature, list(bones))
    _annotate(armature, made, design)
    return Figurine(armature, made)


def _armature(name: str, bones: Mapping[str, Bone]) -> bpy.types.Object:
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    target_collection().objects.link(armature)
    armature.show_in_front = True
    with object_mode():
        bpy.context.view_layer.objects.active = armature
        bpy.ops.object.mode_set(mode="EDIT")
        for bone_name, bone in bones.items():
            edit = data.edit_bones.new(bone_name)
            edit.head, edit.tail = Vector(bone.head), Vector(bone.tail)
            edit.align_roll(Vector(bone.axis))
            if bone.parent:
                edit.parent = data.edit_bones[bone.parent]
        bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def _image(atlas: Atlas, palette: Mapping[str, Colour]) -> bpy.types.Image:
    pixels = np.ones((atlas.size, atlas.size, 4), np.float32)
    pixels[..., :3] = atlas.paint(palette)
    image = bpy.data.images.new(atlas.name, atlas.size, atlas.size, alpha=False)
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    image.pack()
    return image


def _material(atlas: Atlas, palette: Mapping[str, Colour], figure: Figure) -> bpy.types.Material:
    """A Principled material that shows the painting as it is, and its MToon twin in the annotation."""
    preset, outline, role = _MATERIALS[atlas.name]
    material = bpy.data.materials.new(atlas.name)
    compat.enable_nodes(material)
    shader = principled_of(material)
    texture = material.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image = _image(atlas, palette)
    if role is not None:
        texture.image[TONE_PROPERTY] = to_hex(decode(palette[role]))
    texture.location = (shader.location.x - 500, shader.location.y)
    material.node_tree.links.new(texture.outputs["Color"], compat.principled_socket(shader, "base_color"))
    material.node_tree.nodes.active = texture
    tint = tuple(float(c) for c in decode(palette["metal"])) if preset == "metal" else None
    wish = Wish(
        preset=preset,
        shader="mtoon",
        base_color=tint,
        metallic=None,
        roughness=None if tint else 1.0,
        emission=None,
        shade_color=None,
        outline_mm=outline * 1000 * figure.height / 1.5,
        outline_color=None,
        alpha_mode=None,
        double_sided=False,
    )
    apply(material, wish, True)
    if preset != "metal":
        compat.principled_socket(shader, "specular").default_value = 0.0
    annotation = mtoon_of(material) or {}
    annotation["shadeMultiplyTexture"] = {"image": texture.image.name}
    if atlas is HAIR:
        width = _image(HAIR_OUTLINE, palette)
        width.colorspace_settings.name = "Non-Color"
        annotation["outlineWidthMultiplyTexture"] = {"image": width.name}
    set_mtoon(material, annotation)
    return material


def _mesh(
    label: str,
    parts: list[Part],
    materials: list[bpy.types.Material],
    armature: bpy.types.Object,
    bones: list[str],
) -> bpy.types.Object:
    points = np.vstack([part.points for part in parts])
    starts = np.cumsum([0] + [part.count for part in parts])
    faces = [
        tuple(i + int(start) for i in face)
        for part, start in zip(parts, starts[:-1], strict=True)
        for face in part.faces
    ]
    mesh = bpy.data.meshes.new(label)
    mesh.from_pydata(points.tolist(), [], faces)
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", np.vstack([part.uv for part in parts]).astype(np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    slots = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.faces) for part in parts])
    mesh.polygons.foreach_set("material_index", slots)
    for material in materials:
        mesh.materials.append(material)
    mesh.update()
    obj = bpy.data.objects.new(label, mesh)
    target_collection().objects.link(obj)
    obj.parent = armature
    _add_weights(obj, parts, bones)
    _add_keys(obj, parts, points)
    modifier = obj.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    return obj


def _add_weights(obj: bpy.types.Object, parts: list[Part], bones: list[str]) -> None:
    table = np.vstack([part.influences({bone: i for i, bone in enumerate(bones)}) for part in parts])
    for column in np.flatnonzero(table.any(axis=0)):
        group = obj.vertex_groups.new(name=bones[column])
        weights = table[:, column]
        held = np.flatnonzero(weights)
        whole = held[weights[held] == 1]
        if len(whole):
            group.add(whole.tolist(), 1.0, "REPLACE")
        for index in held[weights[held] != 1].tolist():
            group.add([index], float(weights[index]), "REPLACE")


def _add_keys(obj: bpy.types.Object, parts: list[Part], points: Array) -> None:
    names = [name for name in expressions.KEYS if any(name in part.keys for part in parts)]
    if not names:
        return
    obj.shape_key_add(name="Basis", from_mix=False)
    for name in names:
        moved = points + np.vstack([part.displacement(name) for part in parts])
        key = obj.shape_key_add(name=name, from_mix=False)
        key.value = 0.0  # Blender 5.2 begins with 1
        key.data.foreach_set("co", moved.astype(np.float32).ravel())


def _annotate(armature: bpy.types.Object, made: Mapping[str, bpy.types.Object], design: Design) -> None:
    data, figure = armature.data, design.figure

    def to_bone(bone: str, point: Array) -> list[float]:
        return list(data.bones[bone].matrix_local.inverted() @ Vector(point))

    eyes = figure.from_face(eye_centre()) * [0, 1, 1]
    annotation = {
        "humanoid": {vrm_name(bone): bone for bone in humanoid_bones(figure)},
        "expressions": expressions.annotation(made["Face"].name),
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [float(v) for v in eyes - np.array(data.bones["head"].head_local)],
            **{
                name: {"inputMaxValue": most, "outputScale": scale}
                for name, (most, scale) in _LOOK_RANGE.items()
            },
        },
        "firstPerson": {
            "meshAnnotations": [
                {"mesh": obj.name, "type": "thirdPersonOnly" if label in _ON_HEAD else "both"}
                for label, obj in made.items()
            ]
        },
        "springs": springs.springs(design.hair, design.skirt),
        "colliders": springs.colliders(figure, to_bone),
        "meta": {"name": armature.name, "authors": ["Avatar Forge"], "version": "1.0"},
    }
    armature["avatar_forge_vrm"] = json.dumps(annotation)
