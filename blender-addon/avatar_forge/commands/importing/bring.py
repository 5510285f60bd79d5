# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Blender's glTF importer and tidies what it leaves: one armature, upright, with what belongs to it."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from .. import compat
from ..errors import CommandError
from ..rigging import rest
from ..vrm.glb import Glb
from ..vrm.gltf import known_options
from .prepare import Names

_OPTIONS = {
    "import_pack_images": True,
    "merge_vertices": False,
    "import_shading": "NORMALS",
    "bone_heuristic": "BLENDER",  # bones keep the axes of their nodes, which VRM's offsets are told in
    "guess_original_bind_pose": False,  # VRM's rest pose is that of the nodes
    "disable_bone_shape": True,
    "import_unused_materials": True,
}


def bring(glb: Glb, names: Names, hips: str, turned: bool) -> tuple[bpy.types.Object, list[bpy.types.Object]]:
    """The armature with the bone `hips`, and the meshes.

    turned   the file's figure looks to -Z, as in VRM 0.x
    Error: import-failed.
    """
    before = set(bpy.data.objects)
    _run(glb)
    made = [item for item in bpy.data.objects if item not in before]
    armature = next((item for item in made if item.type == "ARMATURE" and hips in item.data.bones), None)
    if armature is None:
        raise CommandError(
            "import-failed",
            "Blender's importer made no armature with the hips.",
            "Check the file with vrm_check.",
        )
    _drop_shapes(armature, made)
    meshes = [item for item in bpy.data.objects if item not in before and item.type == "MESH"]
    bpy.context.view_layer.update()
    if not any(modifier.type == "ARMATURE" for item in meshes for modifier in item.modifiers):
        for item in meshes:
            _bind(item, armature)
    skinned = [item for item in meshes if any(m.type == "ARMATURE" for m in item.modifiers)]
    for item in meshes:
        if item not in skinned and armature not in _above(item):
            place = item.matrix_world.copy()
            item.parent = armature
            item.matrix_world = place
    rest.stand(armature, skinned, Matrix.Rotation(np.pi, 4, "Z") if turned else Matrix())
    for item in [item for item in bpy.data.objects if item not in before]:
        if (
            item != armature
            and item not in meshes
            and not any(mesh in item.children_recursive for mesh in meshes)
        ):
            bpy.data.objects.remove(item)
    return armature, meshes


def _run(glb: Glb) -> None:
    operator = bpy.ops.import_scene.gltf
    options = known_options(operator, _OPTIONS)
    compat.restore_numpy_names()
    log = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="avatar-forge-") as folder:
        path = Path(folder) / "import.glb"
        path.write_bytes(glb.to_bytes())
        try:
            with contextlib.redirect_stdout(log):
                operator(filepath=str(path), **options)
        except (RuntimeError, ValueError, KeyError, IndexError, TypeError) as error:
            raise CommandError(
                "import-failed",
                f"Blender's glTF importer failed: {str(error).strip()[-600:]}",
                "Check the file with vrm_check; compressed meshes and KTX2 need the uncompressed original.",
                {"log": log.getvalue()[-2000:]},
            ) from error


def _drop_shapes(armature: bpy.types.Object, made: list[bpy.types.Object]) -> None:
    """The importer draws bones by an icosphere of its own, a mesh that is no part of the figure."""
    shapes = {bone.custom_shape for bone in armature.pose.bones if bone.custom_shape in made}
    for bone in armature.pose.bones:
        bone.custom_shape = None
    for shape in shapes:
        data = shape.data
        bpy.data.objects.remove(shape)
        bpy.data.meshes.remove(data)


def _above(item: bpy.types.Object) -> Iterator[bpy.types.Object]:
    while item.parent is not None:
        item = item.parent
        yield item


def _bind(item: bpy.types.Object, armature: bpy.types.Object) -> None:
    """A rigid part becomes a skinned one that its bone holds by itself."""
    way = [item, *_above(item)]
    bone = next((one.parent_bone for one in way if one.parent == armature and one.parent_type == "BONE"), "")
    place = item.matrix_world.copy()
    if item.data.users > 1:
        item.data = item.data.copy()
    item.parent = armature
    item.parent_type = "OBJECT"
    item.parent_bone = ""  # Blender's exporter would hang it there
    item.matrix_world = place
    item.vertex_groups.new(name=bone or armature.data.bones[0].name).add(
        range(len(item.data.vertices)), 1.0, "REPLACE"
    )
    item.modifiers.new("Armature", "ARMATURE").object = armature
