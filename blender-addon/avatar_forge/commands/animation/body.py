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
    """`joints` and `rest` in Blender's world, by humanoid bone.

    hang      degrees by which the arms can be lowered from the T-pose without touching what the figure wears
    outward   degrees from the vertical at which a raised forearm keeps its hand beside the head and its hair
    """

    bones: Mapping[str, str]
    joints: Mapping[str, Vector]
    rest: Mapping[str, Quaternion]
    parents: Mapping[str, str | None]
    hang: float
    outward: float

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
    shoulder, elbow, wrist = (joints[f"left{name}"] for name in ("UpperArm", "LowerArm", "Hand"))
    arm = (elbow - shoulder).length + (wrist - elbow).length
    front, back = shoulder.y - 0.3 * arm, shoulder.y + 0.15 * arm  # what an arm that moves could meet
    outline = _outline(armature, humanoid, meshes, front, back)
    hang = _hang(shoulder, arm, outline)
    raised = shoulder.x + 0.85 * (elbow - shoulder).length
    outward = _outward(raised, shoulder.z, 1.5 * (wrist - elbow).length, outline)
    return Body(dict(humanoid), joints, rest, parents, hang, outward)


def _hang(shoulder: Vector, arm: float, outline: Mapping[int, float]) -> float:
    """The deepest angle at which a straight arm stays clear of the rest, from its middle on."""
    clear = 0.09 * arm  # half a sleeve
    reach = np.linspace(0.4, 1.4, 11) * arm
    for degrees in range(_LOWEST, _HIGHEST, -2):
        turn = math.radians(degrees)
        x = shoulder.x + reach * math.cos(turn)
        z = shoulder.z - reach * math.sin(turn)
        if all(x[i] - clear > outline.get(round(z[i] / _SLICE), 0.0) for i in range(len(reach))):
            return float(degrees)
    return float(_HIGHEST)


def _outward(elbow: float, height: float, reach: float, outline: Mapping[int, float]) -> float:
    """For an elbow this far from the middle, at the shoulder's height; `reach` is forearm and hand."""
    low, high = height + 0.4 * reach, height + 1.2 * reach
    beside = [far for z, far in outline.items() if low < z * _SLICE < high]
    need = (max(beside, default=0.0) + 0.15 * reach - elbow) / reach
    return math.degrees(math.asin(min(max(need, 0.1), 0.8)))


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
