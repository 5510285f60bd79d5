# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a mesh in few words, for diffs to tell of its change: a digest, and how far each key goes."""

from __future__ import annotations

import zlib

import bpy
import numpy as np


def shape_of(mesh: bpy.types.Mesh) -> dict[str, object]:
    """`geometry`: a digest of places, faces and shape keys. `key_moves`: for each shape key, the farthest way
    of a vertex in thousandths of the mesh's unit (mm).
    """
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    digest = zlib.crc32(_places(mesh.vertices), zlib.crc32(corners))
    if not mesh.shape_keys:
        return {"geometry": f"{digest:08x}"}
    places = {key.name: _places(key.data) for key in mesh.shape_keys.key_blocks}
    moves = {}
    for key in mesh.shape_keys.key_blocks[1:]:
        own = places[key.name]
        digest = zlib.crc32(own, digest)
        ways = (own - places[key.relative_key.name]).reshape(-1, 3)
        moves[key.name] = round(1000 * float(np.sqrt(np.square(ways).sum(axis=1).max(initial=0))), 2)
    return {"geometry": f"{digest:08x}", "key_moves": moves}


def _places(points: bpy.types.bpy_prop_collection) -> np.ndarray:
    flat = np.empty(3 * len(points), np.float32)
    points.foreach_get("co", flat)
    return flat
