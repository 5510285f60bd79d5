# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of its own for the export, so that the user's selection, visibility, pose and modifiers stay."""

from __future__ import annotations

from collections.abc import Iterator
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
    window = _window()
    scene_before = window.scene
    armature = figure.armature
    pose_before, hidden_before = armature.data.pose_position, armature.hide_viewport
    meshes_before = {item: item.data for item in figure.meshes}
    stage = bpy.data.scenes.new("avatar_forge_export")
    try:
        stage.frame_set(scene_before.frame_current)
        armature.data.pose_position, armature.hide_viewport = "REST", False
        for item in (armature, *figure.meshes):
            stage.collection.objects.link(item)
        with bpy.context.temp_override(window=window):
            window.scene = stage
            stage.view_layers[0].update()
            for item in figure.meshes:
                _bake(item, notes)
        with bpy.context.temp_override(window=window, scene=stage, view_layer=stage.view_layers[0]):
            for item in (armature, *figure.meshes):
                item.select_set(True)
            stage.view_layers[0].objects.active = armature
            stage.view_layers[0].update()
            yield
    finally:
        for item, mesh in meshes_before.items():
            baked = item.data
            if baked != mesh:
                item.data = mesh
                bpy.data.meshes.remove(baked)
        armature.data.pose_position, armature.hide_viewport = pose_before, hidden_before
        window.scene = scene_before
        bpy.data.scenes.remove(stage)


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
    armatures = [m for m in item.modifiers if m.type == "ARMATURE" and m.show_viewport]
    keys = item.data.shape_keys
    state = [(key, key.value, key.mute) for key in keys.key_blocks] if keys else []
    pinned = item.show_only_shape_key
    try:
        for modifier in armatures:
            modifier.show_viewport = False
        item.show_only_shape_key = False
        for key, _, _ in state:
            key.value = 0.0
        mesh = _evaluated(item)
        shapes = []
        for key, _, mute in state[1:]:
            if mute:
                continue
            key.value = 1.0 if key.slider_max >= 1.0 else key.slider_max
            shapes.append((key, _coordinates(item, key, len(mesh.vertices)), key.value))
            key.value = 0.0
    finally:
        for modifier in armatures:
            modifier.show_viewport = True
        item.show_only_shape_key = pinned
        for key, value, _ in state:
            key.value = value
    mesh.name = item.data.name
    values = {key.name: value for key, value, _ in state}
    item.data = mesh
    if shapes:
        base = _read(mesh)
        item.shape_key_add(name=state[0][0].name, from_mix=False)
        for key, coordinates, weight in shapes:
            added = item.shape_key_add(name=key.name, from_mix=False)
            added.data.foreach_set("co", (base + (coordinates - base) / weight).ravel())
            added.value = values[key.name]
    notes.append(
        f"Modifiers of {item.name} were applied in the export: {', '.join(m.name for m in applied)}."
    )


def _evaluated(item: bpy.types.Object) -> bpy.types.Mesh:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    return bpy.data.meshes.new_from_object(
        item.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )


def _coordinates(item: bpy.types.Object, key: bpy.types.ShapeKey, count: int) -> np.ndarray:
    mesh = _evaluated(item)
    try:
        if len(mesh.vertices) != count:
            raise CommandError(
                "shape-key-topology",
                f"The modifiers of {item.name!r} make {len(mesh.vertices)} vertices with the shape key "
                f"{key.name!r} and {count} without: a morph target cannot carry that.",
                "Apply or remove the modifier that merges or adds vertices (Mirror's merge, Weld, Decimate).",
            )
        return _read(mesh)
    finally:
        bpy.data.meshes.remove(mesh)


def _read(mesh: bpy.types.Mesh) -> np.ndarray:
    coordinates = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", coordinates)
    return coordinates.reshape(-1, 3)
