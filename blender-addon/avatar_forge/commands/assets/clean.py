# SPDX-License-Identifier: GPL-3.0-or-later
"""What a generator made, as one tidy mesh: on the ground, of a wanted height, within a triangle budget."""

from __future__ import annotations

import math

import bmesh
import bpy
from mathutils import Matrix, Vector

from .. import compat
from ..errors import CommandError
from ..scene import object_mode
from .model import triangles

QUARANTINE = "Quarantine"
"""The collection of what nobody has looked at yet; an export takes none of it before it is rigged."""

_WELD_M = 1e-5
_SMOOTH_ANGLE = math.radians(50)


def quarantine() -> bpy.types.Collection:
    scene = bpy.context.scene.collection
    known = scene.children.get(QUARANTINE)
    if known is None:
        known = bpy.data.collections.new(QUARANTINE)
        scene.children.link(known)
    return known


def tidy(name: str, objects: list[bpy.types.Object], height: float, budget: int) -> bpy.types.Object:
    """One mesh object of all that is a mesh; its origin lies on the ground below its middle.

    height  metres; budget  triangles at most. Error: asset-unreadable.
    """
    bpy.context.view_layer.update()
    meshes = [obj for obj in objects if obj.type == "MESH"]
    for obj in meshes:
        world = obj.matrix_world.copy()
        if obj.data.users > 1:
            obj.data = obj.data.copy()
        obj.modifiers.clear()
        obj.shape_key_clear()
        obj.parent = None
        obj.data.transform(world)
        if world.determinant() < 0:
            obj.data.flip_normals()
        obj.matrix_world = Matrix()
    for obj in [obj for obj in objects if obj.type != "MESH"]:
        bpy.data.objects.remove(obj)
    whole = _joined(meshes)
    whole.name = whole.data.name = name
    whole.animation_data_clear()
    whole.vertex_groups.clear()
    _place(whole.data, height)
    _weld(whole.data)
    with bpy.context.temp_override(object=whole, active_object=whole, selected_objects=[whole]):
        bpy.ops.mesh.customdata_custom_splitnormals_clear()  # they belonged to other faces
    _decimate(whole, budget)
    _place(whole.data, height)  # decimation takes the tips off
    compat.smooth_by_angle(whole.data, _SMOOTH_ANGLE)
    return whole


def _joined(meshes: list[bpy.types.Object]) -> bpy.types.Object:
    first = meshes[0]
    if len(meshes) == 1:
        return first
    with (
        object_mode(),
        bpy.context.temp_override(
            object=first, active_object=first, selected_objects=meshes, selected_editable_objects=meshes
        ),
    ):
        bpy.ops.object.join()
    return first


def _weld(mesh: bpy.types.Mesh) -> None:
    """glTF parts vertices along every seam; decimation would tear the mesh open there."""
    bm = bmesh.new()
    try:
        bm.from_mesh(mesh)
        bmesh.ops.remove_doubles(bm, verts=bm.verts, dist=_WELD_M)
        bm.to_mesh(mesh)
    finally:
        bm.free()


def _place(mesh: bpy.types.Mesh, height: float) -> None:
    corners = [vertex.co for vertex in mesh.vertices]
    low = Vector([min(corner[axis] for corner in corners) for axis in range(3)])
    high = Vector([max(corner[axis] for corner in corners) for axis in range(3)])
    if high.z - low.z < 1e-6:
        raise CommandError("asset-unreadable", "What was generated is flat.", "Describe it in other words.")
    ground = Vector(((low.x + high.x) / 2, (low.y + high.y) / 2, low.z))
    mesh.transform(Matrix.Scale(height / (high.z - low.z), 4) @ Matrix.Translation(-ground))
    mesh.update()


def _decimate(obj: bpy.types.Object, budget: int) -> None:
    """Collapses edges until the budget is kept; what a pass leaves over, the next one takes."""
    for _ in range(4):
        count = triangles(obj.data)
        if count <= budget:
            return
        modifier = obj.modifiers.new("Decimate", "DECIMATE")
        modifier.ratio = max(0.001, 0.995 * budget / count)
        graph = bpy.context.evaluated_depsgraph_get()
        fewer = bpy.data.meshes.new_from_object(
            obj.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph
        )
        before = obj.data
        obj.modifiers.clear()
        obj.data = fewer
        bpy.data.meshes.remove(before)
        fewer.name = obj.name
