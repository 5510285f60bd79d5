# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that differs between Blender 3.4 and 5.2, in one place."""

from __future__ import annotations

import ctypes.util
import os
import sys
from typing import Any

import bpy

VERSION: tuple[int, int, int] = bpy.app.version

# Principled BSDF's sockets were renamed in 4.0; ours is the key, Blender's names follow, new one first.
_SOCKETS = {
    "base_color": ("Base Color",),
    "metallic": ("Metallic",),
    "roughness": ("Roughness",),
    "specular": ("Specular IOR Level", "Specular"),
    "emission": ("Emission Color", "Emission"),
    "emission_strength": ("Emission Strength",),
    "alpha": ("Alpha",),
}


def principled_socket(node: bpy.types.Node, key: str) -> bpy.types.NodeSocket | None:
    """The input of a Principled BSDF by our name for it."""
    for name in _SOCKETS[key]:
        socket = node.inputs.get(name)
        if socket is not None:
            return socket
    return None


def enable_nodes(block: bpy.types.Material | bpy.types.World) -> None:
    """Gives a material or world its node tree; from 5.0 on it always has one and the switch is deprecated."""
    if VERSION < (5, 0, 0):
        block.use_nodes = True


def add_group_input(group: bpy.types.NodeTree, kind: str, name: str) -> None:
    """An input socket of a node group."""
    if hasattr(group, "interface"):
        group.interface.new_socket(name, in_out="INPUT", socket_type=kind)
    else:
        group.inputs.new(kind, name)


def restore_numpy_names() -> None:
    """The glTF importer of 3.4 uses a name that numpy dropped in 1.24."""
    import numpy as np

    if "bool" not in np.__dict__:
        np.bool = bool


def set_alpha_mode(material: bpy.types.Material, mode: str) -> None:
    """`opaque`, `mask` or `blend`, for EEVEE's old and new ways."""
    if hasattr(material, "surface_render_method"):
        material.surface_render_method = "BLENDED" if mode == "blend" else "DITHERED"
    if VERSION < (4, 2, 0):
        material.blend_method = {"opaque": "OPAQUE", "mask": "CLIP", "blend": "BLEND"}[mode]
        material.shadow_method = {"opaque": "OPAQUE", "mask": "CLIP", "blend": "HASHED"}[mode]


def smooth_by_angle(mesh: bpy.types.Mesh, radians: float) -> None:
    """Smooth faces with sharp edges above an angle."""
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    if hasattr(mesh, "set_sharp_from_angle"):
        mesh.set_sharp_from_angle(angle=radians)
    else:
        mesh.use_auto_smooth = True
        mesh.auto_smooth_angle = radians


def corner_normals(mesh: bpy.types.Mesh) -> Any:
    """The normal of each face corner as a flat float32 array, custom normals and sharp edges included."""
    import numpy as np

    normals = np.empty(len(mesh.loops) * 3, np.float32)
    if hasattr(mesh, "corner_normals"):
        mesh.corner_normals.foreach_get("vector", normals)
    else:
        mesh.calc_normals_split()
        mesh.loops.foreach_get("normal", normals)
    return normals


def set_shadow(light: bpy.types.Light, on: bool) -> None:
    """Whether a light casts shadows; Cycles had a switch of its own for that at first."""
    light.use_shadow = on
    if hasattr(light.cycles, "cast_shadow"):
        light.cycles.cast_shadow = on


def eevee_engine() -> str:
    return "BLENDER_EEVEE_NEXT" if (4, 2, 0) <= VERSION < (5, 0, 0) else "BLENDER_EEVEE"


def has_display() -> bool:
    """Whether this process can reach a screen; only Linux can be without one."""
    return not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def gpu_without_window() -> bool:
    """Makes the `gpu` module usable in background, where it can be; False where drawing would end Blender.

    3.x gets its context with the first Workbench render; 5.x has `gpu.init`, which aborts on a Linux machine
    without display and without EGL; 4.x without a display ends with a Workbench render.
    """
    import gpu

    if VERSION >= (5, 0, 0):
        if not has_display() and ctypes.util.find_library("EGL") is None:
            return False
        gpu.init()
        return True
    return has_display() or VERSION < (4, 0, 0)


def workbench_render_is_safe() -> bool:
    """Whether a Workbench or EEVEE render can be asked for at all (see gpu_without_window)."""
    return (
        not bpy.app.background
        or has_display()
        or VERSION < (4, 0, 0)
        or (VERSION >= (5, 0, 0) and ctypes.util.find_library("EGL") is not None)
    )


def software_gl() -> bool:
    """Whether OpenGL runs on the processor, where EEVEE takes many seconds."""
    import gpu

    try:
        renderer = gpu.platform.renderer_get().lower()
    except SystemError:  # no GPU context in background
        return True
    return any(word in renderer for word in ("llvmpipe", "softpipe", "swrast", "swiftshader", "software"))


def has_denoiser() -> bool:
    """Whether Cycles was built with Open Image Denoise; asking it of one without fails the render."""
    try:
        import _cycles
    except ImportError:
        return False
    return bool(getattr(_cycles, "with_openimagedenoise", False))
