# SPDX-License-Identifier: GPL-3.0-or-later
"""From Blender's names to glTF's indices.

Blender's exporter names nodes after bones and objects. Bones are the joints of the skin, objects the other
nodes, so a bone and an object of one name are told apart; within its kind a name is unique in Blender.
"""

from __future__ import annotations

from typing import Any

from ..errors import CommandError
from .glb import Glb


class Names:
    """Looks up what a VRM extension refers to by index; a name that is not there is an error."""

    def __init__(self, glb: Glb) -> None:
        nodes = glb.list("nodes")
        joints = {joint for skin in glb.list("skins") for joint in skin["joints"]}
        self._bones = {nodes[joint].get("name", ""): joint for joint in sorted(joints)}
        self._objects = {
            node.get("name", ""): index for index, node in enumerate(nodes) if index not in joints
        }
        self._nodes = nodes
        self._meshes = glb.list("meshes")
        self._materials: dict[str, list[int]] = {}
        for index, material in enumerate(glb.list("materials")):
            self._materials.setdefault(material.get("name", ""), []).append(index)

    def bone(self, name: str, user: str) -> int:
        """Node of a bone. `user` says who asks. Error: bone-not-found."""
        if name not in self._bones:
            raise CommandError(
                "bone-not-found",
                f"{user} refers to the bone {name!r}, which the armature does not have.",
                "Correct the name in the annotation.",
            )
        return self._bones[name]

    def mesh_node(self, name: str, user: str) -> int:
        """Node of an exported mesh object. Error: mesh-not-found."""
        index = self._objects.get(name)
        if index is None or "mesh" not in self._nodes[index]:
            meshes = [known for known, node in self._objects.items() if "mesh" in self._nodes[node]]
            raise CommandError(
                "mesh-not-found",
                f"{user} refers to the mesh object {name!r}, which is not exported with this armature.",
                f"Exported: {', '.join(sorted(meshes)[:20])}. Correct the name, or bind and show that mesh.",
            )
        return index

    def mesh_objects(self) -> dict[str, int]:
        """Every exported mesh object → its node."""
        return {name: node for name, node in self._objects.items() if "mesh" in self._nodes[node]}

    def morph(self, object_name: str, key: str, user: str) -> tuple[int, int]:
        """(node, morph target) of a shape key. Errors: mesh-not-found, shape-key-not-found."""
        node = self.mesh_node(object_name, user)
        keys = target_names(self._meshes[self._nodes[node]["mesh"]])
        if key not in keys:
            raise CommandError(
                "shape-key-not-found",
                f"{user} refers to the shape key {key!r}, which {object_name!r} does not have or has muted.",
                f"It has: {', '.join(keys[:40]) or 'none'}.",
            )
        return node, keys.index(key)

    def materials(self, name: str, user: str) -> list[int]:
        """Materials of one Blender material: several where it is used with different UV maps.

        Error: material-not-found.
        """
        if name not in self._materials:
            raise CommandError(
                "material-not-found",
                f"{user} refers to the material {name!r}, which no exported mesh uses.",
                f"Exported: {', '.join(sorted(self._materials)[:20])}.",
            )
        return self._materials[name]


def target_names(mesh: dict[str, Any]) -> list[str]:
    """Shape keys of a mesh in the order of its morph targets."""
    names: list[str] = mesh.get("extras", {}).get("targetNames", [])
    return names
