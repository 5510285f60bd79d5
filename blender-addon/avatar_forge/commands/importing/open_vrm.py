# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a VRM of either version as a figure that all commands can go on with."""

from __future__ import annotations

import json
import struct

import bpy

from .. import materials as blender_materials
from ..errors import CommandError
from ..vrm import annotation as annotations
from ..vrm import humanoid
from ..vrm.glb import Glb
from . import materials, vrm0, vrm1
from .bring import bring
from .prepare import Names, prepare
from .read import Source, rename


def open_vrm(data: bytes, notes: list[str]) -> list[bpy.types.Object]:
    """The armature and its meshes; what a file has and a figure here has not is said in `notes`.

    Errors: import-failed, gltf-addon-missing, bad-annotation, those of humanoid.check.
    """
    try:
        glb = Glb.parse(data)
        old = "VRMC_vrm" not in glb.json["extensions"]
        if old:
            vrm0.rewrite(glb)
        needed, hips = set(vrm1.needed(glb)), vrm1.hips(glb)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, struct.error) as error:
        raise CommandError(
            "import-failed", "The file is no whole VRM.", "See with vrm_check what is wrong with it."
        ) from error
    before = set(bpy.data.objects)
    try:
        return _open(glb, needed, hips, old, notes)
    except BaseException:
        for item in set(bpy.data.objects) - before:
            bpy.data.objects.remove(item)
        raise


def _open(glb: Glb, needed: set[int], hips: int, turned: bool, notes: list[str]) -> list[bpy.types.Object]:
    names = prepare(glb, needed)
    armature, meshes = bring(glb, names, names.bones[hips], turned)
    source = _named(glb, names, armature, meshes, notes)
    for index, name in source.materials.items():
        found = materials.mtoon(glb.list("materials")[index], source)
        if found is not None:
            blender_materials.set_mtoon(bpy.data.materials[name], found)
    armature[annotations.PROPERTY] = json.dumps(vrm1.annotation(source))
    parsed = annotations.parse(armature[annotations.PROPERTY], armature.name)
    humanoid.check(
        parsed.humanoid, {b.name: b.parent.name if b.parent else None for b in armature.data.bones}
    )
    name = parsed.meta.get("name") or "Avatar"
    rename(armature, bpy.data.objects, name)
    rename(armature.data, bpy.data.armatures, name)
    return [armature, *meshes]


def _named(
    glb: Glb, names: Names, armature: bpy.types.Object, meshes: list[bpy.types.Object], notes: list[str]
) -> Source:
    """Everything by the names of the file; Blender numbers what is taken."""
    for item in meshes:
        stem = item.data.name.partition(".")[0]  # a mesh that several show is copied
        rename(item.data, bpy.data.meshes, names.final.get(stem, stem))
    objects = {item.name: item for item in meshes}
    found = {}
    for node, (temporary, mesh) in names.meshes.items():
        if temporary in objects:
            rename(objects[temporary], bpy.data.objects, names.final[temporary])
            found[node] = objects[temporary].name, mesh
    known = {}
    for index in range(len(glb.list("materials"))):
        material = bpy.data.materials.get(f"~materials {index}")
        if material is not None:
            rename(material, bpy.data.materials, names.final[material.name])
            known[index] = material.name
    wanted = {index: names.final[f"~images {index}"] for index in range(len(glb.list("images")))}
    images = {}
    for index, name in wanted.items():
        image = bpy.data.images.get(f"~images {index}")
        if image is not None:
            rename(image, bpy.data.images, name)
            images[index] = image
    return Source(glb, armature, names.bones, found, known, wanted, names.keys, notes, images)
