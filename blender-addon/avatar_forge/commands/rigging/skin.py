# SPDX-License-Identifier: GPL-3.0-or-later
"""Bone weights of a mesh: read as arrays, cleaned, and used to carry the mesh into another rest pose."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import bpy
import numpy as np

from .skeleton import Array

MOST_INFLUENCES = 4
"""What one set of JOINTS and WEIGHTS holds in glTF."""
_NOTHING = 1e-3


def points_of(mesh: bpy.types.Mesh) -> Array:
    flat = np.empty(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def weights_of(obj: bpy.types.Object, bones: Collection[str]) -> tuple[list[str], Array]:
    """The groups that are bones, and each vertex's weight in them: (vertices, groups)."""
    column = {group.index: i for i, group in enumerate(g for g in obj.vertex_groups if g.name in bones)}
    names = [group.name for group in obj.vertex_groups if group.name in bones]
    table = np.zeros((len(obj.data.vertices), len(names)), np.float32)
    for vertex in obj.data.vertices:
        for element in vertex.groups:
            if element.group in column:
                table[vertex.index, column[element.group]] = element.weight
    return names, table


def clean(obj: bpy.types.Object, bones: Collection[str], dry: bool) -> dict[str, int]:
    """At most four influences for each vertex, together 1; what nothing holds gets its neighbour's.

    Returns how many vertices had too many, a sum other than 1, and none: {over_four, uneven, unweighted}.
    """
    names, before = weights_of(obj, bones)
    if not names or not len(before):
        return {"over_four": 0, "uneven": 0, "unweighted": len(before)}
    after = np.where(before < _NOTHING, 0, before)
    over = np.count_nonzero(after, axis=1) > MOST_INFLUENCES
    if over.any():
        least = np.sort(after[over], axis=1)[:, -MOST_INFLUENCES][:, None]
        after[over] = _four(np.where(after[over] >= least, after[over], 0))
    total = after.sum(axis=1)
    empty = total == 0
    uneven = ~empty & (np.abs(total - 1) > 1e-3)
    after[~empty] /= total[~empty, None]
    if empty.any() and not empty.all():
        after[empty] = after[~empty][_nearest(points_of(obj.data), empty)]
    if not dry:
        _write(obj, names, before, after)
    return {
        "over_four": int(over.sum()),
        "uneven": int((uneven & ~over).sum()),
        "unweighted": int(empty.sum()),
    }


def _four(table: Array) -> Array:
    """Where weights are equal more than four may be left: the first four stay."""
    rank = np.cumsum(table > 0, axis=1)
    return np.where(rank <= MOST_INFLUENCES, table, 0)


def _nearest(points: Array, empty: Array) -> Array:
    """For each vertex without weights the nearest one with, as an index among those."""
    held = points[~empty]
    return np.array([int(np.argmin(((held - point) ** 2).sum(axis=1))) for point in points[empty]])


def _write(obj: bpy.types.Object, names: list[str], before: Array, after: Array) -> None:
    for column, name in enumerate(names):
        group = obj.vertex_groups[name]
        gone = np.flatnonzero((before[:, column] > 0) & (after[:, column] == 0))
        if len(gone):
            group.remove(gone.tolist())
        changed = np.flatnonzero(np.abs(before[:, column] - after[:, column]) > 1e-6)
        for index in changed[after[changed, column] > 0].tolist():
            group.add([index], float(after[index, column]), "REPLACE")


def repose(obj: bpy.types.Object, armature: bpy.types.Object, moves: Mapping[str, Array]) -> None:
    """Moves a skinned mesh and its shape keys as its bones move; `moves` are 4 by 4, in the armature's
    space.
    """
    names, table = weights_of(obj, set(moves))
    everything, whole = weights_of(obj, {bone.name for bone in armature.data.bones})
    total = whole.sum(axis=1) if everything else np.zeros(len(table))
    share = table / np.maximum(total, 1e-9)[:, None]
    to_armature = np.array(armature.matrix_world.inverted() @ obj.matrix_world)
    back = np.linalg.inv(to_armature)
    steps = np.array([back @ (np.array(moves[name]) - np.eye(4)) @ to_armature for name in names])
    blend = np.tensordot(share, steps, axes=1) if names else np.zeros((len(table), 4, 4))
    blend = blend + np.eye(4)

    def moved(points: Array) -> Array:
        return np.einsum("nij,nj->ni", blend[:, :3, :3], points) + blend[:, :3, 3]

    mesh = obj.data
    keys = mesh.shape_keys.key_blocks if mesh.shape_keys else ()
    for key in keys:
        flat = np.empty(len(mesh.vertices) * 3)
        key.data.foreach_get("co", flat)
        key.data.foreach_set("co", moved(flat.reshape(-1, 3)).ravel())
    mesh.vertices.foreach_set("co", moved(points_of(mesh)).ravel())
    mesh.update()
