# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own viewport drawing into memory, and whether this process can draw at all."""

from __future__ import annotations

from functools import cache

import bpy
import gpu
import numpy as np
from mathutils import Matrix

from .. import compat
from ..restore import restored
from .framing import View
from .subjects import biggest_viewport


class Unavailable(Exception):
    """This way of making a picture does not work here; the message says why."""


@cache
def gpu_ready() -> bool:
    """Whether the `gpu` module can draw; brings it up in background, where it needs help."""
    if not bpy.app.background:
        return True
    if not compat.gpu_without_window():
        return False
    if compat.VERSION < (5, 0, 0):
        _tiny_render()
    try:
        gpu.types.GPUOffScreen(16, 16).free()
    except Exception:  # SystemError or RuntimeError, by version: there is no context
        return False
    return True


def _tiny_render() -> None:
    """A Workbench render of an empty scene: the first one makes the OpenGL context."""
    scene = bpy.data.scenes.new("Avatar Forge context")
    camera = bpy.data.cameras.new("Avatar Forge context")
    holder = bpy.data.objects.new("Avatar Forge context", camera)
    try:
        scene.collection.objects.link(holder)
        scene.camera = holder
        scene.render.engine = "BLENDER_WORKBENCH"
        scene.render.resolution_x = scene.render.resolution_y = 16
        bpy.ops.render.render(scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
        bpy.data.objects.remove(holder)
        bpy.data.cameras.remove(camera)


def draw_viewport(view: View, width: int, height: int, as_seen: bool) -> np.ndarray:
    """A 3D viewport's solid drawing from a camera: (height, width, 3), uint8, first row on top.

    `as_seen` keeps the viewport's own shading and overlays; otherwise it is tidy: solid, coloured by material
    or texture, nothing drawn over it.
    """
    found = biggest_viewport()
    if found is None:
        raise Unavailable("there is no 3D viewport")
    _, _, space, region = found
    shading = {
        "type": "SOLID",
        "light": "STUDIO",
        "color_type": "TEXTURE",
        "show_cavity": False,
        "show_xray": False,
    }
    tidy = {"show_overlays": False}
    # Blender smooths its drawing itself; on the processor twice the size would take four times as many
    # seconds.
    factor = 1 if compat.software_gl() else 2
    wide, high = width * factor, height * factor
    target = gpu.types.GPUOffScreen(wide, high, format="RGBA8")
    try:
        with (
            restored(space.shading, {} if as_seen else shading),
            restored(space.overlay, {} if as_seen else tidy),
        ):
            target.draw_view3d(
                bpy.context.scene,
                bpy.context.view_layer,
                space,
                region,
                Matrix(view.view),
                Matrix(view.projection),
                do_color_management=True,
            )
        with target.bind():
            buffer = gpu.state.active_framebuffer_get().read_color(0, 0, wide, high, 4, 0, "UBYTE")
    finally:
        target.free()
    buffer.dimensions = wide * high * 4
    pixels = np.frombuffer(buffer, np.uint8).reshape(high, wide, 4)[::-1, :, :3]
    total = np.zeros((height, width, 3), np.uint16)
    for y in range(factor):
        for x in range(factor):
            total += pixels[y::factor, x::factor]
    return (total // factor**2).astype(np.uint8)
