# SPDX-License-Identifier: GPL-3.0-or-later
"""Mending what Blender's exporter wrote, the same for every version of it: node tree, weights, size."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from .glb import Glb
from .names import target_names


def lift_skinned_nodes(glb: Glb) -> None:
    """Moves skinned meshes to the scene's root.

    The place of a skinned node in the tree means nothing, and validators warn where it is not a root. Nodes
    with children stay: those do have a place. https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#skins
    """
    nodes = glb.list("nodes")
    roots = glb.list("scenes")[glb.json.get("scene", 0)]["nodes"]
    for node in nodes:
        children = node.get("children", [])
        lifted = [child for child in children if "skin" in nodes[child] and not nodes[child].get("children")]
        if lifted:
            roots.extend(lifted)
            node["children"] = [child for child in children if child not in lifted]
            if not node["children"]:
                del node["children"]


def drop_unit_scales(glb: Glb) -> None:
    """Removes scales that are 1 but for the rounding of a rest matrix taken apart.

    A VRM's nodes must be scaled alike on all axes (VRMC_vrm-1.0/tpose.md, definition 2.1).
    """
    for node in glb.list("nodes"):
        if "scale" in node and all(abs(part - 1.0) < 1e-5 for part in node["scale"]):
            del node["scale"]


def rest_morphs(glb: Glb, bound: set[tuple[int, int]]) -> list[str]:
    """Sets the weights of expressions' morph targets to 0, where VRM starts from; others keep theirs.

    bound    (node, morph target) of every expression's binds
    Returns  "mesh: key" of those that were not 0.
    """
    changed = []
    for index, node in enumerate(glb.list("nodes")):
        if "mesh" not in node:
            continue
        mesh = glb.list("meshes")[node["mesh"]]
        node.pop("weights", None)
        weights = mesh.get("weights", [])
        for target, weight in enumerate(weights):
            if weight and (index, target) in bound:
                weights[target] = 0.0
                changed.append(f"{node.get('name', '')}: {target_names(mesh)[target]}")
    return changed


def make_morphs_sparse(glb: Glb) -> None:
    """Stores only the vertices a morph target moves, where that is smaller. A face's keys shrink to a tenth.

    https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#sparse-accessors
    """
    accessors = glb.list("accessors")
    targets = {
        accessor
        for mesh in glb.list("meshes")
        for primitive in mesh["primitives"]
        for target in primitive.get("targets", [])
        for accessor in target.values()
    }
    users = Counter(accessor.get("bufferView") for accessor in accessors)
    for index in sorted(targets):
        accessor = accessors[index]
        if "sparse" not in accessor and "bufferView" in accessor and users[accessor["bufferView"]] == 1:
            _make_sparse(glb, accessor)


def _make_sparse(glb: Glb, accessor: dict[str, Any]) -> None:
    view = accessor["bufferView"]
    values = np.frombuffer(glb.views[view], "<f4").reshape(-1, 3)
    moved = np.flatnonzero((values != 0.0).any(axis=1))
    if len(moved) == 0:
        moved = np.array([0])  # a sparse part may not be empty
    indices = moved.astype("<u2" if len(values) <= 0xFFFF else "<u4")
    if indices.nbytes + len(moved) * 12 >= values.nbytes:
        return
    # The old view becomes the values, so none is left over.
    glb.views[view] = values[moved].tobytes()
    glb.list("bufferViews")[view] = {}
    del accessor["bufferView"]
    accessor.pop("byteOffset", None)
    accessor["sparse"] = {
        "count": len(moved),
        "indices": {
            "bufferView": glb.add_view(indices.tobytes()),
            "componentType": 5123 if indices.itemsize == 2 else 5125,
        },
        "values": {"bufferView": view},
    }
