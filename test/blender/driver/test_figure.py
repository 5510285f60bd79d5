# SPDX-License-Identifier: GPL-3.0-or-later
"""A small rigged figure for the tests of vrm_export: boxes for limbs, and all that VRM can say."""

from __future__ import annotations

import json

import bpy
import numpy as np

# bone: (parent, head, tail), the left side and the middle; metres, the figure faces -Y
CENTRE = {
    "root": (None, (0, 0, 0), (0, 0.1, 0)),
    "hips": ("root", (0, 0, 0.80), (0, 0, 0.90)),
    "spine": ("hips", (0, 0, 0.90), (0, 0, 1.10)),
    "neck": ("spine", (0, 0, 1.25), (0, 0, 1.30)),
    "head": ("neck", (0, 0, 1.30), (0, 0, 1.50)),
    "hair.1": ("head", (0, 0.10, 1.45), (0, 0.15, 1.35)),
    "hair.2": ("hair.1", (0, 0.15, 1.35), (0, 0.15, 1.20)),
}
LEFT = {
    "eye.L": ("head", (0.04, -0.08, 1.40), (0.04, -0.12, 1.40)),
    "upper_arm.L": ("spine", (0.15, 0, 1.20), (0.40, 0, 1.20)),
    "forearm.L": ("upper_arm.L", (0.40, 0, 1.20), (0.60, 0, 1.20)),
    "hand.L": ("forearm.L", (0.60, 0, 1.20), (0.70, 0, 1.20)),
    "thigh.L": ("hips", (0.10, 0, 0.80), (0.10, 0, 0.45)),
    "shin.L": ("thigh.L", (0.10, 0, 0.45), (0.10, 0, 0.08)),
    "foot.L": ("shin.L", (0.10, 0, 0.08), (0.10, -0.12, 0.02)),
}
HUMANOID = {
    "hips": "hips", "spine": "spine", "neck": "neck", "head": "head",
    **{
        f"{side}{human}": f"{bone}.{letter}"
        for side, letter in (("left", "L"), ("right", "R"))
        for human, bone in {
            "Eye": "eye", "UpperArm": "upper_arm", "LowerArm": "forearm", "Hand": "hand",
            "UpperLeg": "thigh", "LowerLeg": "shin", "Foot": "foot",
        }.items()
    },
}  # fmt: skip
KEYS = ("aa", "ih", "ou", "ee", "oh", "blink", "happy")
CUBE = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def bones() -> dict[str, tuple]:
    table = dict(CENTRE)
    for name, (parent, head, tail) in LEFT.items():
        table[name] = (parent, head, tail)
        mirrored = parent.replace(".L", ".R")
        table[name.replace(".L", ".R")] = (mirrored, (-head[0], *head[1:]), (-tail[0], *tail[1:]))
    return table


def build(name: str = "Rig") -> bpy.types.Object:
    """Empties the file and puts the figure in; returns the armature."""
    for kind in ("objects", "meshes", "armatures", "materials", "images"):
        bpy.data.batch_remove(list(getattr(bpy.data, kind)))
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone, (parent, head, tail) in bones().items():
        made = armature.data.edit_bones.new(bone)
        made.head, made.tail = head, tail
        made.parent = armature.data.edit_bones[parent] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    skinned(
        "Body",
        armature,
        [bone for bone in bones() if bone not in {"root", "head", "eye.L", "eye.R"}],
        cloth(),
    )
    face = skinned("Face", armature, ["head", "eye.L", "eye.R"], skin())
    add_keys(face)
    hat = bpy.data.objects.new("Hat", box_mesh("Hat", [((0, 0, 1.52), 0.05, 0.05)], None))
    bpy.context.scene.collection.objects.link(hat)
    hat.parent, hat.parent_type, hat.parent_bone = armature, "BONE", "head"
    hat.matrix_world.identity()
    armature["avatar_forge_vrm"] = json.dumps(annotation())
    return armature


def box_mesh(name: str, boxes: list, material: bpy.types.Material | None) -> bpy.types.Mesh:
    """One box for each (centre, half width, half height)."""
    vertices = np.concatenate([CUBE * (w, w, h) + c for c, w, h in boxes])
    faces = [tuple(8 * box + corner for corner in face) for box in range(len(boxes)) for face in FACES]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), [], faces)
    mesh.uv_layers.new(name="UVMap")
    if material:
        mesh.materials.append(material)
    return mesh


def skinned(
    name: str, armature: bpy.types.Object, on: list[str], material: bpy.types.Material
) -> bpy.types.Object:
    table = bones()
    centres = [(np.add(table[bone][1], table[bone][2]) / 2).tolist() for bone in on]
    item = bpy.data.objects.new(name, box_mesh(name, [(centre, 0.03, 0.04) for centre in centres], material))
    bpy.context.scene.collection.objects.link(item)
    for number, bone in enumerate(on):
        item.vertex_groups.new(name=bone).add(range(8 * number, 8 * number + 8), 1.0, "REPLACE")
    item.modifiers.new("Armature", "ARMATURE").object = armature
    item.parent = armature
    return item


def add_keys(face: bpy.types.Object) -> None:
    face.shape_key_add(name="Basis", from_mix=False)
    for number, name in enumerate(KEYS):
        key = face.shape_key_add(name=name, from_mix=False)
        key.value = 0.0  # 5.2 starts new keys at 1
        key.data[number % 8].co.z -= 0.01 * (number + 1)
    face.data.shape_keys.key_blocks["happy"].value = 0.5


def material(name: str, mtoon: dict | None) -> bpy.types.Material:
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    if mtoon is not None:
        made["avatar_forge_mtoon"] = json.dumps(mtoon)
    return made


def skin() -> bpy.types.Material:
    shade = bpy.data.images.new("Shade", 4, 4)
    shade.generated_color = (0.8, 0.5, 0.5, 1)
    shade.pack()
    mask = bpy.data.images.new("Mask", 4, 4, float_buffer=False)
    mask.colorspace_settings.name = "Non-Color"
    return material(
        "Skin",
        {
            "baseColor": "#fde3d3",
            "shadeColorFactor": [0.8, 0.5, 0.4],
            "shadeMultiplyTexture": {"image": "Shade"},
            "shadingShiftFactor": -0.1,
            "shadingToonyFactor": 0.95,
            "outlineWidthMode": "worldCoordinates",
            "outlineWidthFactor": 0.002,
            "outlineColorFactor": [0.2, 0.1, 0.1],
            "outlineWidthMultiplyTexture": {"image": "Mask", "offset": [0.25, 0], "tiling": [2, 2]},
            "alphaMode": "MASK",
            "doubleSided": True,
        },
    )


def cloth() -> bpy.types.Material:
    return material("Cloth", None)


def annotation() -> dict:
    expressions = {
        key: {
            "isBinary": False,
            "overrideBlink": "block" if key == "happy" else "none",
            "overrideLookAt": "none",
            "overrideMouth": "none",
            "morphs": [{"mesh": "Face", "key": key, "weight": 1.0}],
        }
        for key in KEYS
    }
    expressions["blush"] = {
        "colors": [{"material": "Skin", "type": "color", "targetValue": [1, 0.5, 0.5, 1]}],
        "uv": [{"material": "Skin", "offset": [0.5, 0]}],
    }
    return {
        "humanoid": HUMANOID,
        "expressions": expressions,
        "lookAt": {"type": "bone", "offsetFromHeadBone": [0, -0.08, 0.10]},
        "firstPerson": {"meshAnnotations": [{"mesh": "Face", "type": "thirdPersonOnly"}]},
        "springs": [
            {
                "name": "Hair",
                "joints": [
                    {"bone": "hair.2", "stiffness": 0.5, "dragForce": 0.3},
                    {"bone": "hair.1", "hitRadius": 0.02, "gravityPower": 0.2, "gravityDir": [0, 0, -1]},
                ],
                "colliderGroups": ["Head"],
                "center": "hips",
            }
        ],
        "colliders": [
            {"group": "Head", "bone": "head", "sphere": {"offset": [0, 0.1, 0], "radius": 0.1}},
            {
                "group": "Head",
                "bone": "neck",
                "capsule": {"offset": [0, 0, 0], "radius": 0.05, "tail": [0, 0.05, 0]},
            },
        ],
        "meta": {"authors": ["The tests"], "version": "1"},
    }
