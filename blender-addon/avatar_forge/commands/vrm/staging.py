# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of its own for the export, so that the user's selection, visibility, pose and modifiers stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy
import numpy as np

from ..errors import CommandError
from .figure import Figure


@contextmanager
def staged(figure: Figure, notes: list[str]) -> Iterator[None]:
    """Shows the figure alone: at rest, all selected, modifiers other than the armature's turned into mesh.

    The exporter can apply modifiers only at the price of the shape keys, so it is done here, key by key.
    Inside, `bpy.context` is the stage. Everything is put back at the end, also after an error.
    Errors: no-window, shape-key-topology.
    """
    meshes_before = {item: item.data for item in figure.meshes}
    with stage((figure.armature, *figure.meshes), "REST") as scene:
        try:
            for item in figure.meshes:
                _bake(item, notes)
            for item in (figure.armature, *figure.meshes):
                item.select_set(True)
            scene.view_layers[0].objects.active = figure.armature
            scene.view_layers[0].update()
            yield
        finally:
            for item, mesh in meshes_before.items():
                baked = item.data
                if baked != mesh:
                    item.data = mesh
                    bpy.data.meshes.remove(baked)


@contextmanager
def stage(objects: Sequence[bpy.types.Object], position: str) -> Iterator[bpy.types.Scene]:
    """A scene with these objects alone, the armature first, in `bpy.context` for the time of a block.

    position   `REST` or `POSE`, of the armature
    Error: no-window.
    """
    window = _window()
    scene_before = window.scene
    armature = objects[0]
    pose_before, hidden_before = armature.data.pose_position, armature.hide_viewport
    scene = bpy.data.scenes.new("avatar_forge_export")
    try:
        scene.frame_set(scene_before.frame_current)
        armature.data.pose_position, armature.hide_viewport = position, False
        for item in objects:
            scene.collection.objects.link(item)
        with bpy.context.temp_override(window=window):
            window.scene = scene
            scene.view_layers[0].update()
        with bpy.context.temp_override(window=window, scene=scene, view_layer=scene.view_layers[0]):
            yield scene
    finally:
        armature.data.pose_position, armature.hide_viewport = pose_before, hidden_before
        window.scene = scene_before
        bpy.data.scenes.remove(scene)


def _window() -> bpy.types.Window:
    # A timer's context has none, and in background too the exporter switches scenes through one.
    for manager in bpy.data.window_managers:
        for window in manager.windows:
            return window
    raise CommandError(
        "no-window", "Blender has no window, not even the one it keeps in background.", "Start it anew."
    )


def _bake(item: bpy.types.Object, notes: list[str]) -> None:
    """Gives the object a mesh with its modifiers applied and shape keys kept, where it has modifiers."""
    applied = [m for m in item.modifiers if m.type != "ARMATURE" and m.show_viewport]
    if not applied:
        return
    keys = list(item.data.shape_keys.key_blocks) if item.data.shape_keys else []
    values = {key.name: key.value for key in keys}
    with _neutral(item, keys):
        mesh = _evaluated(item)
        try:
            shapes = [(key.name, _moved(item, key, mesh)) for key in keys[1:] if not key.mute]
        except CommandError:
            bpy.data.meshes.remove(mesh)
            raise
    item.data = mesh
    if shapes:
        item.shape_key_add(name=keys[0].name, from_mix=False)
    for name, coordinates in shapes:
        added = item.shape_key_add(name=name, from_mix=False)
        added.data.foreach_set("co", coordinates.ravel())
        added.value = values[name]
    notes.append(
        f"Modifiers of {item.name} were applied in the export: {', '.join(m.name for m in applied)}."
    )


@contextmanager
def _neutral(item: bpy.types.Object, keys: list[bpy.types.ShapeKey]) -> Iterator[None]:
    """The object unposed and with every shape key at 0."""
    armatures = [m for m in item.modifiers if m.type == "ARMATURE" and m.show_viewport]
    values = [key.value for key in keys]
    pinned = item.show_only_shape_key
    try:
        item.show_only_shape_key = False
        for modifier in armatures:
            modifier.show_viewport = False
        for key in keys:
            key.value = 0.0
        yield
    finally:
        item.show_only_shape_key = pinned
        for modifier in armatures:
            modifier.show_viewport = True
        for key, value in zip(keys, values, strict=True):
            key.value = value


def _moved(item: bpy.types.Object, key: bpy.types.ShapeKey, rest: bpy.types.Mesh) -> np.ndarray:
    """Where a shape key at 1 puts the vertices of the mesh with modifiers. Error: shape-key-topology."""
    weight = min(1.0, key.slider_max) if key.slider_max > 0 else key.slider_min
    key.value = weight
    mesh = _evaluated(item)
    key.value = 0.0
    try:
        if len(mesh.vertices) != len(rest.vertices):
            raise CommandError(
                "shape-key-topology",
                f"The modifiers of {item.name!r} make {len(mesh.vertices)} vertices with the shape key "
                f"{key.name!r} and {len(rest.vertices)} without: a morph target cannot carry that.",
                "Apply or remove the modifier that merges or adds vertices (Mirror's merge, Weld, Decimate).",
            )
        base = _read(rest)
        return base + (_read(mesh) - base) / weight
    finally:
        bpy.data.meshes.remove(mesh)


def _evaluated(item: bpy.types.Object) -> bpy.types.Mesh:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    return bpy.data.meshes.new_from_object(
        item.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )


def _read(mesh: bpy.types.Mesh) -> np.ndarray:
    coordinates = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", coordinates)
    return coordinates.reshape(-1, 3)
