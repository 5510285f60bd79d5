# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB as objects in a collection of their own."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import bpy

from .. import compat
from ..errors import CommandError
from ..scene import object_mode

_OPTIONS = {
    "import_pack_images": True,
    "disable_bone_shape": True,  # a sphere for every bone, from 4.2 on
    "loglevel": 50,
}


def load(
    path: Path, name: str, parent: bpy.types.Collection
) -> tuple[bpy.types.Collection, list[bpy.types.Object]]:
    """Imports by Blender's own importer; glTF holds no scripts.

    Errors: gltf-addon-missing, asset-wrong-type, asset-unreadable.
    """
    with path.open("rb") as file:
        if file.read(4) != b"glTF":
            raise CommandError("asset-wrong-type", f"{name} is no GLB model.", "Send a .glb file.")
    operator = bpy.ops.import_scene.gltf
    try:
        known = operator.get_rna_type().properties.keys()
    except (KeyError, AttributeError, RuntimeError) as error:
        raise CommandError(
            "gltf-addon-missing",
            "Blender's glTF importer is not enabled.",
            "Enable 'glTF 2.0 format' in Preferences, Add-ons; on Debian also install python3-numpy.",
        ) from error
    compat.restore_numpy_names()
    before = set(bpy.data.objects)
    log = io.StringIO()
    try:
        with object_mode(), contextlib.redirect_stdout(log):
            operator(filepath=str(path), **{key: value for key, value in _OPTIONS.items() if key in known})
    except Exception as error:  # whatever the importer trips over in somebody else's file
        _remove(set(bpy.data.objects) - before)
        raise CommandError(
            "asset-unreadable",
            f"Blender's glTF importer failed on {name}: {error}",
            "Choose another asset, or another resolution.",
            {"log": log.getvalue()[-2000:]},
        ) from error
    made = [obj for obj in bpy.context.scene.objects if obj not in before]
    if not any(obj.type == "MESH" for obj in made):
        _remove(made)
        raise CommandError("asset-unreadable", f"{name} has no mesh in it.", "Choose another asset.")
    collection = bpy.data.collections.new(name)
    parent.children.link(collection)
    for obj in made:
        for other in list(obj.users_collection):
            other.objects.unlink(obj)
        collection.objects.link(obj)
    return collection, made


def materials_of(objects: list[bpy.types.Object]) -> list[bpy.types.Material]:
    found = [slot.material for obj in objects for slot in obj.material_slots if slot.material is not None]
    return list(dict.fromkeys(found))


def images_of(materials: list[bpy.types.Material]) -> list[bpy.types.Image]:
    trees = [material.node_tree for material in materials if material.node_tree is not None]
    found = [node.image for tree in trees for node in tree.nodes if node.type == "TEX_IMAGE" and node.image]
    return list(dict.fromkeys(found))


def triangles(mesh: bpy.types.Mesh) -> int:
    return sum(len(polygon.vertices) - 2 for polygon in mesh.polygons)


def discard(collection: bpy.types.Collection) -> None:
    _remove(list(collection.objects))
    bpy.data.collections.remove(collection)


def _remove(objects: set[bpy.types.Object] | list[bpy.types.Object]) -> None:
    data = {obj.data for obj in objects if obj.data is not None}
    for obj in list(objects):
        bpy.data.objects.remove(obj)
    bpy.data.batch_remove([block for block in data if block.users == 0])
