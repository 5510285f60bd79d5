# SPDX-License-Identifier: GPL-3.0-or-later
"""`VRMC_springBone`: chains that sway, and what they must not enter.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_springBone-1.0/README.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..errors import CommandError
from .annotation import Annotation, Collider, Joint, Spring
from .glb import Glb
from .humanoid import ancestors
from .names import Names


def build(
    annotation: Annotation,
    names: Names,
    glb: Glb,
    parents: Mapping[str, str | None],
    lengths: Mapping[str, float],
) -> dict[str, Any]:
    """The VRMC_springBone extension; {} where the annotation has neither springs nor colliders.

    The last joint of a spring is only its end and does not sway, so each spring gets a node at the tip of its
    last bone: every bone that is listed sways.

    parents, lengths   each bone of the armature → its parent (None for a root), its length in metres
    Errors: bone-not-found, spring-not-a-chain, spring-shared-bone, collider-group-not-found, spring-center.
    """
    groups = list(dict.fromkeys(collider.group for collider in annotation.colliders))
    _check_unshared(annotation.springs)
    extension: dict[str, Any] = {"specVersion": "1.0"}
    if annotation.colliders:
        extension["colliders"] = [_collider(collider, names) for collider in annotation.colliders]
        extension["colliderGroups"] = [
            {
                "name": group,
                "colliders": [
                    i for i, collider in enumerate(annotation.colliders) if collider.group == group
                ],
            }
            for group in groups
        ]
    if annotation.springs:
        swaying = {joint.bone for spring in annotation.springs for joint in spring.joints}
        extension["springs"] = [
            _spring(spring, groups, names, glb, parents, lengths, swaying) for spring in annotation.springs
        ]
    return extension if len(extension) > 1 else {}


def _collider(collider: Collider, names: Names) -> dict[str, Any]:
    shape: dict[str, Any] = {"offset": collider.offset, "radius": collider.radius}
    if collider.tail is not None:
        shape["tail"] = collider.tail
    return {
        "node": names.bone(collider.bone, f"A collider of {collider.group!r}"),
        "shape": {"sphere" if collider.tail is None else "capsule": shape},
    }


def _spring(
    spring: Spring,
    groups: Sequence[str],
    names: Names,
    glb: Glb,
    parents: Mapping[str, str | None],
    lengths: Mapping[str, float],
    swaying: set[str],
) -> dict[str, Any]:
    user = f"The spring {spring.name!r}"
    node_of = {joint.bone: names.bone(joint.bone, user) for joint in spring.joints}
    joints = _ordered(spring, parents)
    last = joints[-1].bone
    result: dict[str, Any] = {
        "name": spring.name,
        "joints": [_joint(joint, node_of[joint.bone]) for joint in joints],
    }
    if spring.end is not None:
        end = names.bone(spring.end, user)
    else:
        end = _add_tip(glb, node_of[last], last, spring.tail or [0.0, lengths[last], 0.0])
    result["joints"].append({"node": end})
    if spring.collider_groups:
        for group in spring.collider_groups:
            if group not in groups:
                raise CommandError(
                    "collider-group-not-found",
                    f"{user} refers to the collider group {group!r}, which no collider belongs to.",
                    f"Groups: {', '.join(groups) or 'none'}.",
                )
        result["colliderGroups"] = [groups.index(group) for group in spring.collider_groups]
    if spring.center is not None:
        result["center"] = names.bone(spring.center, user)
        _check_center(spring, joints[0].bone, parents, swaying)
    return result


def _ordered(spring: Spring, parents: Mapping[str, str | None]) -> list[Joint]:
    """The joints from the root outwards, however they were listed; each must be above the next."""
    if not spring.joints:
        raise CommandError(
            "spring-not-a-chain",
            f"The spring {spring.name!r} has no joints.",
            "List its bones, or remove it.",
        )
    joints = sorted(spring.joints, key=lambda joint: len(ancestors(joint.bone, parents)))
    for above, below in pairwise(joints):
        if above.bone not in ancestors(below.bone, parents):
            raise CommandError(
                "spring-not-a-chain",
                f"In the spring {spring.name!r} the bone {below.bone!r} is not below {above.bone!r}.",
                "Make a spring of its own for each branch.",
            )
    return joints


def _check_unshared(springs: Sequence[Spring]) -> None:
    owner: dict[str, str] = {}
    for spring in springs:
        for joint in spring.joints:
            if joint.bone in owner:
                raise CommandError(
                    "spring-shared-bone",
                    f"The bone {joint.bone!r} is in the springs {owner[joint.bone]!r} and {spring.name!r}.",
                    "A bone may sway in one spring only: take it out of the other.",
                )
            owner[joint.bone] = spring.name


def _check_center(spring: Spring, first: str, parents: Mapping[str, str | None], swaying: set[str]) -> None:
    above = [first, *ancestors(first, parents)]
    others = swaying - {joint.bone for joint in spring.joints}
    if spring.center not in above or others & {spring.center, *ancestors(str(spring.center), parents)}:
        raise CommandError(
            "spring-center",
            f"The centre {spring.center!r} of the spring {spring.name!r} is not above it, or sways itself.",
            "Name a bone above the chain that no spring moves, such as the hips, or leave the centre out.",
        )


def _joint(joint: Joint, node: int) -> dict[str, Any]:
    x, y, z = joint.gravity_dir
    return {
        "node": node,
        "hitRadius": joint.hit_radius,
        "stiffness": joint.stiffness,
        "gravityPower": joint.gravity_power,
        "gravityDir": [x, z, 0.0 - y],  # Blender's Z up to glTF's Y up
        "dragForce": joint.drag_force,
    }


def _add_tip(glb: Glb, node: int, bone: str, place: list[float]) -> int:
    # A bone points along its own Y, in Blender as in the exported node.
    tip = glb.add("nodes", {"name": f"{bone}_end", "translation": place})
    glb.list("nodes")[node].setdefault("children", []).append(tip)
    return tip
