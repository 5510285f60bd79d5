# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures by rendering: the ways that are left where nothing can be drawn, and the true look of the scene's
lights.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .. import compat
from ..restore import restored
from .framing import View

CYCLES_SAMPLES, STUDIO_SAMPLES = 24, 12
CYCLES_SECONDS = 20.0
"""After which a picture is as good as it has become."""
EEVEE_SAMPLES = 32
BACKDROP = (0.72, 0.76, 0.83)


def render(engine: str, view: View, width: int, height: int, own_light: bool) -> np.ndarray:
    """One frame from a camera: (height, width, 3), uint8, first row on top.

    `own_light` puts the scene into a soft studio; otherwise its own lights and world are used, and the studio
    only where there is no light at all. Everything is put back, and the render's file is removed.
    """
    scene = bpy.context.scene
    folder = tempfile.mkdtemp(prefix="avatar-forge-")
    path = os.path.join(folder, "picture.png")
    settings = {
        "engine": engine,
        "resolution_x": width,
        "resolution_y": height,
        "resolution_percentage": 100,
        "pixel_aspect_x": 1.0,
        "pixel_aspect_y": 1.0,
        "filepath": path,
        "use_file_extension": False,
        "use_border": False,
        "use_compositing": False,
        "use_sequencer": False,
        "use_stamp": False,
        "use_freestyle": False,
        "film_transparent": False,
        "use_multiview": False,
        "dither_intensity": 0.0,
    }
    image = {"file_format": "PNG", "color_mode": "RGB", "color_depth": "8"}
    colors = {"view_transform": "Standard", "look": "None", "exposure": 0.0, "gamma": 1.0}
    try:
        with ExitStack() as stack:
            stack.enter_context(_camera(scene, view, width, height))
            if engine != "BLENDER_WORKBENCH" and (own_light or not _is_lit(scene)):
                stack.enter_context(_studio(scene, view, hide_others=own_light))
            stack.enter_context(restored(scene.render, settings))
            stack.enter_context(restored(scene.render.image_settings, image))
            stack.enter_context(restored(scene.view_settings, colors))
            stack.enter_context(_engine_settings(scene, engine, own_light))
            bpy.ops.render.render(write_still=True)
        return _pixels(path)
    finally:
        if os.path.exists(path):
            os.remove(path)
        os.rmdir(folder)


@contextmanager
def _engine_settings(scene: bpy.types.Scene, engine: str, own_light: bool) -> Iterator[None]:
    with ExitStack() as stack:
        if engine == "BLENDER_WORKBENCH":
            shading = {
                "light": "STUDIO",
                "color_type": "TEXTURE",
                "show_cavity": False,
                "background_type": "VIEWPORT",
            }
            shading.update(background_color=BACKDROP, show_shadows=False, show_object_outline=False)
            stack.enter_context(restored(scene.display.shading, shading))
            stack.enter_context(restored(scene.display, {"render_aa": "8"}))
        elif engine == "CYCLES":
            samples = STUDIO_SAMPLES if own_light else CYCLES_SAMPLES
            quick = {"samples": samples, "time_limit": CYCLES_SECONDS, "max_bounces": 3, "device": "CPU"}
            quick.update(use_adaptive_sampling=not own_light, use_denoising=compat.has_denoiser())
            stack.enter_context(restored(scene.cycles, quick))
        else:
            stack.enter_context(restored(scene.eevee, {"taa_render_samples": EEVEE_SAMPLES}))
        yield


@contextmanager
def _camera(scene: bpy.types.Scene, view: View, width: int, height: int) -> Iterator[None]:
    """A camera with the view's matrices (perspective or parallel, shifted or not)."""
    p = view.projection
    data = bpy.data.cameras.new("Avatar Forge picture")
    holder = bpy.data.objects.new("Avatar Forge picture", data)
    try:
        data.sensor_fit = "HORIZONTAL"
        if p[3, 3] > 0.5:
            data.type = "ORTHO"
            data.ortho_scale = 2 / p[0, 0]
            data.clip_start, data.clip_end = 0.001, 1e4
        else:
            data.angle = 2 * math.atan(1 / p[0, 0])
            data.shift_x, data.shift_y = p[0, 2] / 2, p[1, 2] / 2 * height / width
            data.clip_start = max(1e-4, p[2, 3] / (p[2, 2] - 1))
            data.clip_end = max(1.0, p[2, 3] / (p[2, 2] + 1))
        holder.matrix_world = Matrix(np.linalg.inv(view.view))
        scene.collection.objects.link(holder)
        with restored(scene, {"camera": holder}):
            yield
    finally:
        bpy.data.objects.remove(holder)
        bpy.data.cameras.remove(data)


def _is_lit(scene: bpy.types.Scene) -> bool:
    if any(obj.type == "LIGHT" and not obj.hide_render for obj in scene.objects):
        return True
    world = scene.world
    if world is None:
        return False
    background = world.node_tree.nodes.get("Background") if world.node_tree else None
    if background is None:
        return max(world.color) > 0.1 or bool(world.node_tree)
    color, strength = background.inputs["Color"], background.inputs["Strength"].default_value
    return color.is_linked or max(color.default_value[:3]) * strength > 0.1


@contextmanager
def _studio(scene: bpy.types.Scene, view: View, hide_others: bool) -> Iterator[None]:
    """A key from the upper right of the camera with its shadows, fills without any, and a world that is only
    seen and mirrored: a path tracer has little noise in this light.
    """
    right, up, back = (Vector(axis) for axis in view.axes)
    world = bpy.data.worlds.new("Avatar Forge picture")
    world.color = BACKDROP
    world.cycles_visibility.diffuse = False
    made: list[tuple[bpy.types.Object, bpy.types.Light]] = []
    try:
        for strength, direction in (
            (1.6, right * 0.5 + up * 0.7 + back),
            (0.8, back),
            (0.5, right * -1.0 + up * 0.3 + back * 0.4),
            (0.4, up),
        ):
            light = bpy.data.lights.new("Avatar Forge picture", "SUN")
            light.energy, light.angle = strength, math.radians(4)
            compat.set_shadow(light, not made)
            holder = bpy.data.objects.new("Avatar Forge picture", light)
            made.append((holder, light))
            holder.matrix_world = direction.to_track_quat("Z", "Y").to_matrix().to_4x4()
            scene.collection.objects.link(holder)
        own = [holder for holder, _ in made]
        others = (
            [obj for obj in scene.objects if obj.type == "LIGHT" and obj not in own] if hide_others else []
        )
        with ExitStack() as stack:
            stack.enter_context(restored(scene, {"world": world}))
            for obj in others:
                stack.enter_context(restored(obj, {"hide_render": True}))
            yield
    finally:
        for holder, light in made:
            bpy.data.objects.remove(holder)
            bpy.data.lights.remove(light)
        bpy.data.worlds.remove(world)


def _pixels(path: str) -> np.ndarray:
    """A PNG's pixels, read by Blender itself."""
    image = bpy.data.images.load(path)
    try:
        image.colorspace_settings.name = "Non-Color"
        width, height = image.size
        values = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(values)
        rows = values.reshape(height, width, image.channels)[::-1, :, :3]
        return np.rint(rows * 255).astype(np.uint8)
    finally:
        bpy.data.images.remove(image)
