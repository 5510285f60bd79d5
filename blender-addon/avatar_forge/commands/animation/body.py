# SPDX-License-Identifier: GPL-3.0-or-later
"""A humanoid at rest, measured: where its joints are, and how far its arms may hang."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Quaternion, Vector

from ..vrm.humanoid import nearest_assigned_parent

_LOWEST, _HIGHEST = 78, 40
_SLICE = 0.02


@dataclass(frozen=True)
class Body:
    """`joints` and `rest` in Blender's world, by humanoid bone; `hang` is how many degrees the arms can be
    lowered from the T-pose without touching what the figure wears.
    """

    bones: Mapping[str, str]
    joints: Mapping[str, Vector]
    rest: Mapping[str, Quaternion]
    parents: Mapping[str, str | None]
    hang: float

    @property
    def leg(self) -> float:
        """From the hip to the ankle, along the bones, in metres."""
        hip, knee, ankle = (self.joints[f"left{name}"] for name in ("UpperLeg", "LowerLeg", "Foot"))
        return (hip - knee).length + (knee - ankle).length


def measure(
    armature: bpy.types.Object, humanoid: Mapping[str, str], meshes: Iterable[bpy.types.Object]
) -> Body:
    """The body of an armature whose `humanoid` (VRM bone → bone) has passed humanoid.check."""
    joints, rest = {}, {}
    for human, name in humanoid.items():
        matrix = armature.matrix_world @ armature.data.bones[name].matrix_local
        joints[human] = matrix.to_translation()
        rest[human] = matrix.to_quaternion()
    parents = {human: nearest_assigned_parent(human, humanoid) for human in humanoid}
    hang = _hang(armature, joints, humanoid, meshes)
    return Body(dict(humanoid), joints, rest, parents, hang)


def _hang(
    armature: bpy.types.Object,
    joints: Mapping[str, Vector],
    humanoid: Mapping[str, str],
    meshes: Iterable[bpy.types.Object],
) -> float:
    """The deepest angle at which elbow, wrist and knuckles of a straight arm stay clear of the rest."""
    shoulder, elbow, wrist = (joints[f"left{name}"] for name in ("UpperArm", "LowerArm", "Hand"))
    arm = (elbow - shoulder).length + (wrist - elbow).length
    depth = 0.3 * arm
    outline = _outline(armature, humanoid, meshes, shoulder.y - depth, shoulder.y + 0.5 * depth)
    clear = 0.09 * arm  # half a sleeve
    reach = np.linspace(0.4, 1.4, 11) * arm  # to the fingertips
    for degrees in range(_LOWEST, _HIGHEST, -2):
        turn = math.radians(degrees)
        x = shoulder.x + reach * math.cos(turn)
        z = shoulder.z - reach * math.sin(turn)
        if all(x[i] - clear > outline.get(round(z[i] / _SLICE), 0.0) for i in range(len(reach))):
            return float(degrees)
    return float(_HIGHEST)


def _outline(
    armature: bpy.types.Object,
    humanoid: Mapping[str, str],
    meshes: Iterable[bpy.types.Object],
    front: float,
    back: float,
) -> dict[int, float]:
    """How far the figure without its arms reaches to either side, by slices of its height."""
    found: dict[int, float] = {}
    arms = {
        bone.name
        for side in ("left", "right")
        for top in (armature.data.bones[humanoid[f"{side}UpperArm"]],)
        for bone in (top, *top.children_recursive)
    }
    for item in meshes:
        groups = np.array([group.name in arms for group in item.vertex_groups] or [False])
        held = np.array(
            [
                sum((g.weight if groups[g.group] else -g.weight) for g in vertex.groups) > 0
                for vertex in item.data.vertices
            ]
        )
        points = np.empty(len(item.data.vertices) * 3, np.float32)
        item.data.vertices.foreach_get("co", points)
        world = np.array(item.matrix_world)
        points = points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]
        points = points[~held & (points[:, 1] > front) & (points[:, 1] < back)]
        for z, x in zip(np.round(points[:, 2] / _SLICE).astype(int), np.abs(points[:, 0]), strict=True):
            found[int(z)] = max(found.get(int(z), 0.0), float(x))
    return found
