# SPDX-License-Identifier: GPL-3.0-or-later
"""VRM 1.0's extensions as the annotation of docs/commands.md.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm-1.0
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mathutils import Matrix, Vector

from ..vrm import meta as metas
from ..vrm.annotation import RANGE_MAPS
from ..vrm.glb import Glb
from .prepare import local, parents
from .read import Source


def needed(glb: Glb) -> Iterator[int]:
    """Nodes that have to be bones: those of the humanoid, and all that sway or that things collide with."""
    extensions = glb.json["extensions"]
    for bone in extensions["VRMC_vrm"]["humanoid"]["humanBones"].values():
        yield bone["node"]
    springs = extensions.get("VRMC_springBone", {})
    for spring in springs.get("springs", ()):
        yield from (joint["node"] for joint in spring.get("joints", ())[:-1])
        if "center" in spring:
            yield spring["center"]


def hips(glb: Glb) -> int:
    return int(glb.json["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["hips"]["node"])


def annotation(source: Source) -> dict[str, Any]:
    extensions = source.glb.json["extensions"]
    vrm = extensions["VRMC_vrm"]
    bones = {human: source.bone(bone["node"]) for human, bone in vrm["humanoid"]["humanBones"].items()}
    found: dict[str, Any] = {
        "humanoid": {human: bone for human, bone in bones.items() if bone is not None},
        "expressions": dict(_expressions(vrm.get("expressions", {}), source)),
        "meta": {name: value for name, value in vrm["meta"].items() if name in metas.MEMBERS},
    }
    if "lookAt" in vrm:
        found["lookAt"] = _look_at(vrm["lookAt"], source, found["humanoid"]["head"])
    meshes = [
        (source.mesh(one["node"]), one["type"])
        for one in vrm.get("firstPerson", {}).get("meshAnnotations", ())
    ]
    found["firstPerson"] = {
        "meshAnnotations": [{"mesh": mesh, "type": kind} for mesh, kind in meshes if mesh]
    }
    springs = extensions.get("VRMC_springBone", {})
    groups = _group_names(springs)
    found["colliders"] = list(_colliders(springs, groups, source))
    found["springs"] = list(_springs(springs, groups, source))
    if any("VRMC_node_constraint" in node.get("extensions", {}) for node in source.glb.list("nodes")):
        source.notes.append("Node constraints were left out: an export has none.")
    return found


def _expressions(table: dict[str, Any], source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, one in (*table.get("preset", {}).items(), *table.get("custom", {}).items()):
        morphs = [(source.key(b["node"], b["index"]), b["weight"]) for b in one.get("morphTargetBinds", ())]
        yield (
            name,
            {
                "isBinary": one.get("isBinary", False),
                **{key: one.get(key, "none") for key in ("overrideBlink", "overrideLookAt", "overrideMouth")},
                "morphs": [
                    {"mesh": key[0], "key": key[1], "weight": min(max(weight, 0.0), 1.0)}
                    for key, weight in morphs
                    if key is not None
                ],
                "colors": [
                    {
                        "material": source.materials[b["material"]],
                        "type": b["type"],
                        "targetValue": b["targetValue"],
                    }
                    for b in one.get("materialColorBinds", ())
                ],
                "uv": [
                    {
                        "material": source.materials[b["material"]],
                        "scale": b.get("scale", [1.0, 1.0]),
                        "offset": b.get("offset", [0.0, 0.0]),
                    }
                    for b in one.get("textureTransformBinds", ())
                ],
            },
        )


def _look_at(look: dict[str, Any], source: Source, head: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": look.get("type", "bone")}
    if "offsetFromHeadBone" in look:
        found["offsetFromHeadBone"] = source.world(head, look["offsetFromHeadBone"])
    return {**found, **{name: look[name] for name in RANGE_MAPS if name in look}}


def _group_names(springs: dict[str, Any]) -> list[str]:
    """Each group's name, once."""
    names: list[str] = []
    for number, group in enumerate(springs.get("colliderGroups", ()), 1):
        name = group.get("name") or f"Group {number}"
        names.append(name if name not in names else f"{name} {number}")
    return names


def _colliders(springs: dict[str, Any], groups: list[str], source: Source) -> Iterator[dict[str, Any]]:
    """One for each group that a collider belongs to."""
    for name, group in zip(groups, springs.get("colliderGroups", ()), strict=True):
        for index in group.get("colliders", ()):
            collider = springs["colliders"][index]
            place = source.on_bone(collider["node"])
            kind = next((kind for kind in ("sphere", "capsule") if kind in collider.get("shape", {})), None)
            if place is None or kind is None:
                source.notes.append(f"A collider of {name} hangs from no bone or has no shape: left out.")
                continue
            bone, way = place
            shape = collider["shape"][kind]
            moved = {
                "offset": list(way @ Vector(shape.get("offset", (0, 0, 0)))),
                "radius": shape.get("radius", 0.0),
            }
            if kind == "capsule":
                moved["tail"] = list(way @ Vector(shape.get("tail", (0, 0, 0))))
            yield {"group": name, "bone": bone, kind: moved}


def _springs(springs: dict[str, Any], groups: list[str], source: Source) -> Iterator[dict[str, Any]]:
    for number, spring in enumerate(springs.get("springs", ()), 1):
        joints = spring.get("joints", ())
        swaying = [(source.bone(joint["node"]), joint) for joint in joints[:-1]]
        if not swaying or any(bone is None for bone, _ in swaying):
            source.notes.append(f"Spring {spring.get('name', number)} has no joint that sways: left out.")
            continue
        found: dict[str, Any] = {
            "name": spring.get("name") or f"Spring {number}",
            "joints": [_joint(str(bone), joint) for bone, joint in swaying],
            "colliderGroups": [groups[index] for index in spring.get("colliderGroups", ())],
            **ending(source, joints[-2]["node"], joints[-1]["node"]),
        }
        center = source.bone(spring.get("center"))
        yield {**found, "center": center} if center is not None else found


def ending(source: Source, last: int, end: int) -> dict[str, Any]:
    """Where a spring ends: the bone below its last one, or how far off that is."""
    bone = source.bone(end)
    if bone is not None:
        return {"end": bone}
    nodes = source.glb.list("nodes")
    above, way = parents(nodes), Matrix()
    while end != last and end in above:
        way = local(nodes[end]) @ way
        end = above[end]
    return {"tail": [round(part, 6) for part in way.to_translation()]}


def _joint(bone: str, joint: dict[str, Any]) -> dict[str, Any]:
    x, y, z = joint.get("gravityDir", (0.0, -1.0, 0.0))
    return {
        "bone": bone,
        "hitRadius": joint.get("hitRadius", 0.0),
        "stiffness": joint.get("stiffness", 1.0),
        "gravityPower": joint.get("gravityPower", 0.0),
        "gravityDir": [x, -z, y],
        "dragForce": min(max(joint.get("dragForce", 0.5), 0.0), 1.0),
    }
