# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a file ready for Blender's importer, so that nodes, keys, materials and images are found after it.

The importer names things after the file's names, cut to 63 bytes and numbered where they repeat. So they are
given names of our own, once; only bones and shape keys have their final ones at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from mathutils import Matrix, Quaternion

from ..vrm.glb import Glb

_LONGEST = 60


@dataclass
class Names:
    """What the file's parts are called for the time of the import, and after it.

    bones    node → bone of the armature
    meshes   node with a mesh → (object, index of the mesh)
    keys     shape keys of each mesh
    final    name for the time of the import → name
    """

    bones: dict[int, str] = field(default_factory=dict)
    meshes: dict[int, tuple[str, int]] = field(default_factory=dict)
    keys: list[list[str]] = field(default_factory=list)
    final: dict[str, str] = field(default_factory=dict)


def prepare(glb: Glb, needed: Iterable[int]) -> Names:
    """Changes the document for import. `needed` are nodes that have to become bones."""
    names = Names()
    nodes = glb.list("nodes")
    skins = glb.list("skins")
    _make_joints(glb, {node for node in needed if 0 <= node < len(nodes)})
    joints = {joint for skin in skins for joint in skin["joints"]}
    taken: set[str] = set()
    for index in sorted(_with_between(nodes, joints)):
        names.bones[index] = nodes[index]["name"] = _unique(
            nodes[index].get("name") or f"bone {index}", taken
        )
    for index, node in enumerate(list(nodes)):
        own = node.get("name") or f"node {index}"
        holder, at = node, index
        if "mesh" in node and index in names.bones:
            holder = {key: node.pop(key) for key in ("mesh", "skin", "weights") if key in node}
            at = glb.add("nodes", holder)
            node.setdefault("children", []).append(at)
        if at not in names.bones:
            holder["name"] = f"~node {index}"
            names.final[holder["name"]] = own
        if "mesh" in holder:
            names.meshes[index] = holder["name"], holder["mesh"]
    _name_all(glb, names, "materials")
    _name_all(glb, names, "images")
    for index, mesh in enumerate(glb.list("meshes")):
        names.keys.append(_name_keys(mesh))
        names.final[f"~mesh {index}"] = mesh.get("name") or f"mesh {index}"
        mesh["name"] = f"~mesh {index}"
    for material in glb.list("materials"):
        if "VRMC_materials_mtoon" in material.get("extensions", {}):
            material["extensions"].pop("KHR_materials_unlit", None)  # a Principled BSDF shows more of it
    glb.json.pop("animations", None)
    return names


def _name_all(glb: Glb, names: Names, kind: str) -> None:
    for index, item in enumerate(glb.list(kind)):
        names.final[f"~{kind} {index}"] = item.get("name") or f"{kind[:-1]} {index}"
        item["name"] = f"~{kind} {index}"


def _name_keys(mesh: dict[str, Any]) -> list[str]:
    """Names of the morph targets, each once; 0.x keeps them with the primitives."""
    primitives = mesh.get("primitives", [])
    count = len(primitives[0].get("targets", [])) if primitives else 0
    given = mesh.get("extras", {}).get("targetNames") or []
    for primitive in primitives:
        given = given or primitive.get("extras", {}).get("targetNames") or []
    taken: set[str] = {"Basis"}
    keys = [_unique(given[i] if i < len(given) else f"key {i}", taken) for i in range(count)]
    if keys:
        mesh["extras"] = {"targetNames": keys}
    return keys


def _unique(name: str, taken: set[str]) -> str:
    """A name that Blender keeps as it is."""
    stem = name.encode()[:_LONGEST].decode(errors="ignore").strip() or "unnamed"
    found, number = stem, 1
    while found in taken:
        found = f"{stem.encode()[: _LONGEST - 4].decode(errors='ignore')}.{number:03}"
        number += 1
    taken.add(found)
    return found


def _with_between(nodes: list[dict[str, Any]], joints: set[int]) -> set[int]:
    """Joints and what lies between them: the importer makes bones of both."""
    above = parents(nodes)
    found = set(joints)
    for joint in joints:
        way = []
        node = above.get(joint)
        while node is not None and node not in found:
            way.append(node)
            node = above.get(node)
        if node is not None:
            found.update(way)
    return found


def _make_joints(glb: Glb, needed: set[int]) -> None:
    """Adds nodes to the first skin, by where they rest; a file without a skin is given one."""
    skins = glb.list("skins")
    joints = {joint for skin in skins for joint in skin["joints"]}
    missing = sorted(needed - joints)
    if not skins:
        glb.add("skins", {"joints": missing})
        return
    if not missing:
        return
    skin = skins[0]
    accessor = glb.list("accessors")[skin["inverseBindMatrices"]]
    start = accessor.get("byteOffset", 0)
    before = glb.views[accessor["bufferView"]][start : start + 64 * len(skin["joints"])]
    worlds = places(glb.list("nodes"))
    added = b"".join(np.array(worlds[node].inverted().transposed(), "<f4").tobytes() for node in missing)
    count = len(skin["joints"]) + len(missing)
    view = glb.add_view(before + added)
    skin["joints"] = [*skin["joints"], *missing]
    skin["inverseBindMatrices"] = glb.add(
        "accessors", {"bufferView": view, "componentType": 5126, "count": count, "type": "MAT4"}
    )


def parents(nodes: list[dict[str, Any]]) -> dict[int, int]:
    return {child: index for index, node in enumerate(nodes) for child in node.get("children", [])}


def local(node: dict[str, Any]) -> Matrix:
    """A node's own transform, in glTF's axes."""
    if "matrix" in node:
        return Matrix(np.array(node["matrix"]).reshape(4, 4).T.tolist())
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    return Matrix.LocRotScale(
        node.get("translation", (0, 0, 0)), Quaternion((w, x, y, z)), node.get("scale", (1, 1, 1))
    )


def places(nodes: list[dict[str, Any]]) -> dict[int, Matrix]:
    """Where each node rests in the file's world."""
    above = parents(nodes)
    found: dict[int, Matrix] = {}

    def place(index: int) -> Matrix:
        if index not in found:
            own = local(nodes[index])
            found[index] = place(above[index]) @ own if index in above else own
        return found[index]

    for index in range(len(nodes)):
        place(index)
    return found
