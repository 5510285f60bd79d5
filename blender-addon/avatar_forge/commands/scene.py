# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding things in the scene by name, with errors that tell what there is; and Blender's modes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy

from .errors import CommandError


def find_object(name: str, where: str) -> bpy.types.Object:
    """An object of the current scene. Error: not-found, with the nearest names."""
    obj = bpy.context.scene.objects.get(name)
    if obj is None:
        raise not_found(where, "object", name, (o.name for o in bpy.context.scene.objects))
    return obj


def find_material(name: str, where: str) -> bpy.types.Material:
    material = bpy.data.materials.get(name)
    if material is None:
        raise not_found(where, "material", name, (m.name for m in bpy.data.materials))
    return material


def not_found(where: str, kind: str, name: str, names: Iterable[str]) -> CommandError:
    known = list(names)
    near = difflib.get_close_matches(name, known, 3, 0.5) or known[:8]
    hint = f"Did you mean: {', '.join(near)}?" if near else f"There is no {kind} at all."
    return CommandError("not-found", f"{where}: there is no {kind} named {name!r}.", hint)


def target_collection() -> bpy.types.Collection:
    """Where new objects go: the active collection, or the scene's own where that one is hidden."""
    layer = bpy.context.view_layer.active_layer_collection
    visible = layer.is_visible and not layer.exclude and not layer.collection.hide_viewport
    return layer.collection if visible else bpy.context.scene.collection


@contextmanager
def object_mode() -> Iterator[None]:
    """Object mode for the time of a block; afterwards the mode and the active object are as they were."""
    layer = bpy.context.view_layer
    active = layer.objects.active
    mode = active.mode if active is not None else "OBJECT"
    name = active.name if active is not None else ""
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        active = layer.objects.get(name)
        layer.objects.active = active
        if mode != "OBJECT" and active is not None:
            bpy.ops.object.mode_set(mode=mode)
