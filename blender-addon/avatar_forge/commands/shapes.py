# SPDX-License-Identifier: GPL-3.0-or-later
"""Primitive meshes by bmesh: a millisecond each, where Blender's operators wait for a redraw."""

from __future__ import annotations

import math
from collections.abc import Callable

import bmesh
import bpy
from mathutils import Matrix, Vector

from . import compat

SMOOTH_ANGLE = math.radians(35)


def _cube(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_cube(bm, size=1, calc_uvs=True)


def _sphere(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_uvsphere(bm, u_segments=32, v_segments=16, radius=0.5, calc_uvs=True)


def _ico_sphere(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_icosphere(bm, subdivisions=3, radius=0.5, calc_uvs=True)


def _cylinder(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_cone(bm, cap_ends=True, segments=32, radius1=0.5, radius2=0.5, depth=1, calc_uvs=True)


def _cone(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_cone(bm, cap_ends=True, segments=32, radius1=0.5, radius2=0, depth=1, calc_uvs=True)


def _plane(bm: bmesh.types.BMesh) -> None:
    bmesh.ops.create_grid(bm, x_segments=1, y_segments=1, size=0.5, calc_uvs=True)


def _torus(bm: bmesh.types.BMesh, around: int = 48, across: int = 16) -> None:
    """Outer diameter 1, tube a quarter of it."""
    tube, ring = 0.125, 0.375
    rings = []
    for i in range(around):
        turn = Matrix.Rotation(2 * math.pi * i / around, 3, "Z")
        angles = [2 * math.pi * j / across for j in range(across)]
        rings.append(
            [bm.verts.new(turn @ Vector((ring + tube * math.cos(a), 0, tube * math.sin(a)))) for a in angles]
        )
    uv = bm.loops.layers.uv.active
    for i in range(around):
        for j in range(across):
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            face = bm.faces.new([rings[a % around][b % across] for a, b in corners])
            for loop, (a, b) in zip(face.loops, corners, strict=True):
                loop[uv].uv = (a / around, b / across)


SHAPES: dict[str, Callable[[bmesh.types.BMesh], None]] = {
    "cube": _cube,
    "sphere": _sphere,
    "ico_sphere": _ico_sphere,
    "cylinder": _cylinder,
    "cone": _cone,
    "torus": _torus,
    "plane": _plane,
}

_FLAT = ("cube", "plane")


def new_mesh(kind: str, name: str, size: tuple[float, float, float]) -> bpy.types.Mesh:
    """A mesh around the origin, `size` its bounding box (a torus of size 1 is a quarter high), with UVs."""
    bm = bmesh.new()
    try:
        bm.loops.layers.uv.new("UVMap")
        SHAPES[kind](bm)
        bmesh.ops.scale(bm, vec=size, verts=bm.verts)
        mesh = bpy.data.meshes.new(name)
        bm.to_mesh(mesh)
    finally:
        bm.free()
    if kind not in _FLAT:
        compat.smooth_by_angle(mesh, SMOOTH_ANGLE)
    return mesh
