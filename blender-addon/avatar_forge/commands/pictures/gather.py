# SPDX-License-Identifier: GPL-3.0-or-later
"""The triangles that are to be seen, posed and modified, as arrays in world space."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from .. import compat

_SOLID = ("MESH", "CURVE", "SURFACE", "META", "FONT")


@dataclass(frozen=True)
class Piece:
    """The triangles of one object with one material; three rows for each triangle, float32, metres.

    normals are for shading, smooth ones for an outline that has no gaps at sharp edges.
    """

    name: str
    material: bpy.types.Material | None
    positions: np.ndarray
    normals: np.ndarray
    smooth: np.ndarray
    uvs: np.ndarray


def visible_pieces(depsgraph: bpy.types.Depsgraph) -> list[Piece]:
    """All that a viewport would fill: instances and curves too, no wires, no hidden objects."""
    pieces: list[Piece] = []
    for instance in depsgraph.object_instances:
        obj = instance.object
        if obj.type not in _SOLID or not instance.show_self or obj.display_type in ("WIRE", "BOUNDS"):
            continue
        mesh = obj.data if obj.type == "MESH" else obj.to_mesh()
        if mesh is not None:
            pieces.extend(_pieces(obj, mesh, np.array(instance.matrix_world, np.float32)))
        if obj.type != "MESH":
            obj.to_mesh_clear()
    return pieces


def _pieces(obj: bpy.types.Object, mesh: bpy.types.Mesh, world: np.ndarray) -> list[Piece]:
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    if count == 0:
        return []
    corners = _read(mesh.loop_triangles, "loops", count * 3, np.int32).reshape(count, 3)
    turn = world[:3, :3]
    if np.linalg.det(turn) < 0:
        corners = corners[:, ::-1]  # a mirrored object's triangles run the other way round
    slots = _read(mesh.loop_triangles, "material_index", count, np.int32)
    vertex_of = _read(mesh.loops, "vertex_index", len(mesh.loops), np.int32)
    positions = _read(mesh.vertices, "co", len(mesh.vertices) * 3).reshape(-1, 3) @ turn.T + world[:3, 3]
    upright = np.linalg.pinv(turn)  # normals turn with the inverse transpose
    smooth = _unit(_read(mesh.vertices, "normal", len(mesh.vertices) * 3).reshape(-1, 3) @ upright)
    normals = _unit(compat.corner_normals(mesh).reshape(-1, 3) @ upright)
    layer = mesh.uv_layers.active
    uvs = np.zeros((len(mesh.loops), 2), np.float32)
    if layer is not None and len(layer.data) == len(mesh.loops):
        uvs = _read(layer.data, "uv", len(mesh.loops) * 2).reshape(-1, 2)

    pieces = []
    for slot in np.unique(slots):
        loops = corners[slots == slot].ravel()
        vertices = vertex_of[loops]
        pieces.append(
            Piece(
                name=obj.name,
                material=_material(obj, int(slot)),
                positions=np.ascontiguousarray(positions[vertices]),
                normals=np.ascontiguousarray(normals[loops]),
                smooth=np.ascontiguousarray(smooth[vertices]),
                uvs=np.ascontiguousarray(uvs[loops]),
            )
        )
    return pieces


def _material(obj: bpy.types.Object, slot: int) -> bpy.types.Material | None:
    slots = obj.material_slots
    if len(slots) == 0:
        return None
    material = slots[min(slot, len(slots) - 1)].material
    return material.original if material is not None else None


def _read(
    collection: bpy.types.bpy_prop_collection, name: str, length: int, kind: type = np.float32
) -> np.ndarray:
    values = np.empty(length, kind)
    collection.foreach_get(name, values)
    return values


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
