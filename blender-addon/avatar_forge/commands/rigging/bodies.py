# SPDX-License-Identifier: GPL-3.0-or-later
"""Colliders that fill a figure's body: a sphere for the head, capsules for the rest, by its mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from .skeleton import Array
from .skin import points_of, weights_of

# Group, bone, where it ends, and its radius as a share of the height where the mesh does not tell.
_CAPSULES = (
    ("torso", "hips", "spine", 0.055),
    ("torso", "spine", "chest", 0.050),
    ("torso", "chest", "neck", 0.050),
    ("torso", "upperChest", "neck", 0.048),
    ("torso", "neck", "head", 0.022),
    ("torso", "leftUpperArm", "leftLowerArm", 0.022),
    ("torso", "rightUpperArm", "rightLowerArm", 0.022),
    ("legs", "leftUpperLeg", "leftLowerLeg", 0.040),
    ("legs", "rightUpperLeg", "rightLowerLeg", 0.040),
    ("legs", "leftLowerLeg", "leftFoot", 0.028),
    ("legs", "rightLowerLeg", "rightFoot", 0.028),
)
_SKULL = 0.06


def colliders(
    armature: bpy.types.Object, meshes: list[bpy.types.Object], humanoid: Mapping[str, str], height: float
) -> list[dict[str, Any]]:
    """The annotation's `colliders`; `height` is the figure's in metres."""
    bones = armature.data.bones
    held = _held(meshes, {humanoid[bone] for bone in humanoid})

    def at(human: str) -> Array:
        return np.array(armature.matrix_world @ bones[humanoid[human]].head_local)

    def local(human: str, point: Array) -> list[float]:
        bone = bones[humanoid[human]]
        return list((armature.matrix_world @ bone.matrix_local).inverted() @ Vector(point))

    found = []
    for group, human, onward, share in _CAPSULES:
        if human not in humanoid or onward not in humanoid:
            continue
        start, end = at(human), at(onward)
        radius = _radius(held.get(humanoid[human]), start, end, share * height)
        shape = {"offset": local(human, start), "radius": radius, "tail": local(human, end)}
        found.append({"group": group, "bone": humanoid[human], "capsule": shape})
    centre, radius = _skull(held.get(humanoid["head"]), at("head"), height)
    sphere = {"offset": local("head", centre), "radius": radius}
    return [*found, {"group": "head", "bone": humanoid["head"], "sphere": sphere}]


def _held(meshes: list[bpy.types.Object], bones: set[str]) -> dict[str, Array]:
    """The points that each bone holds for the most part, in the world."""
    found: dict[str, list[Array]] = {}
    for obj in meshes:
        names, weights = weights_of(obj, bones)
        world = np.array(obj.matrix_world)
        points = points_of(obj.data) @ world[:3, :3].T + world[:3, 3]
        for column, name in enumerate(names):
            mine = points[weights[:, column] > 0.5]
            if len(mine):
                found.setdefault(name, []).append(mine)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _radius(points: Array | None, start: Array, end: Array, usual: float) -> float:
    """How far the skin is from the line between two joints, in the median; near what is usual."""
    if points is None or len(points) < 8:
        return usual
    along = end - start
    share = np.clip((points - start) @ along / max(float(along @ along), 1e-9), 0, 1)
    off = np.linalg.norm(points - start - share[:, None] * along, axis=1)
    return float(np.clip(np.median(off), 0.6 * usual, 1.5 * usual))


def _skull(points: Array | None, joint: Array, height: float) -> tuple[Array, float]:
    usual = _SKULL * height
    if points is None or len(points) < 8:
        return joint + np.array([0, 0, usual]), usual
    low, high = np.percentile(points, [3, 97], axis=0)
    middle = (low + high) / 2
    return middle, float(np.clip((high - low)[[0, 2]].min() / 2, 0.7 * usual, 2.5 * usual))
