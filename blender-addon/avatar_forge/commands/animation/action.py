# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip as actions of Blender: one that moves the bones, and one for each mesh whose shape keys it moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import bpy
import numpy as np
from mathutils import Euler, Quaternion

from ..compat import new_channels
from ..vrm.annotation import Expression
from ..vrm.figure import Figure
from .body import Body
from .clip import Clip, Moment
from .stance import rotations

RATE = 30.0
"""Moments a second: what VRMC_vrm_animation recommends."""
_LINEAR = 1


def moments(clip: Clip, body: Body) -> list[Moment]:
    """The clip at 30 moments a second, its end included."""
    return [clip.at(number / RATE, body) for number in range(round(clip.seconds * RATE) + 1)]


def write(
    clip: Clip, figure: Figure, body: Body, played: Sequence[Moment], expressions: Iterable[Expression]
) -> list[bpy.types.Action]:
    """Makes the actions, with a fake user, that of the bones first; nothing plays them yet.

    It is named after the clip, those of the shape keys `<clip> <mesh>`.
    """
    fps = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    frames = 1.0 + np.arange(len(played)) * fps / RATE
    bones = bpy.data.actions.new(clip.name)
    channels = new_channels(bones, "OBJECT", figure.armature.name)
    for path, values in _bone_values(figure.armature, body, played).items():
        for index, column in enumerate(values.T):
            _key(channels, path, index, frames, column)
    made = [bones]
    meshes = {item.name: item.data.shape_keys for item in figure.meshes}
    for mesh, keys in _key_values(expressions, played).items():
        shapes = meshes.get(mesh)
        if shapes is None:
            continue
        action = bpy.data.actions.new(f"{clip.name} {mesh}")
        channels = new_channels(action, "KEY", shapes.name)
        for key, values in keys.items():
            _key(channels, f'key_blocks["{bpy.utils.escape_identifier(key)}"].value', 0, frames, values)
        made.append(action)
    for action in made:
        action.use_fake_user = True
    return made


def _bone_values(armature: bpy.types.Object, body: Body, played: Sequence[Moment]) -> dict[str, np.ndarray]:
    """The path of each property → its values, a row for each moment."""
    found: dict[str, list[Sequence[float]]] = {}
    to_armature = armature.matrix_world.inverted().to_3x3()
    hips_rest = armature.data.bones[body.bones["hips"]].matrix_local.to_3x3().inverted()
    last: dict[str, Quaternion | Euler] = {}
    for moment in played:
        turns, way = rotations(moment)
        for human in body.joints:
            rest = body.rest[human]
            basis = rest.inverted() @ turns.get(human, Quaternion()) @ rest
            bone = armature.pose.bones[body.bones[human]]
            name, values = _in_mode(bone.rotation_mode, basis, last, human)
            found.setdefault(f"{_bone(bone.name)}.{name}", []).append(values)
        place = hips_rest @ (to_armature @ way)
        found.setdefault(f"{_bone(body.bones['hips'])}.location", []).append(tuple(place))
    return {path: np.array(rows) for path, rows in found.items()}


def _in_mode(
    mode: str, turn: Quaternion, last: dict[str, Quaternion | Euler], human: str
) -> tuple[str, Sequence[float]]:
    """A turn as the bone's own mode of rotation keeps it, without a jump from the one before."""
    if mode == "AXIS_ANGLE":
        axis, angle = turn.to_axis_angle()
        return "rotation_axis_angle", (angle, *axis)
    if mode != "QUATERNION":
        last[human] = turn.to_euler(mode, last[human]) if human in last else turn.to_euler(mode)
        return "rotation_euler", tuple(last[human])
    if human in last and turn.dot(last[human]) < 0:
        turn.negate()
    last[human] = turn
    return "rotation_quaternion", tuple(turn)


def _key_values(
    expressions: Iterable[Expression], played: Sequence[Moment]
) -> dict[str, dict[str, np.ndarray]]:
    """Mesh → shape key → its values, for every key of an expression that the clip names."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for expression in expressions:
        weights = np.array([moment.expressions.get(expression.name, 0.0) for moment in played])
        if weights.any():
            for morph in expression.morphs:
                keys = found.setdefault(morph.mesh, {})
                keys[morph.key] = np.minimum(keys.get(morph.key, 0.0) + morph.weight * weights, 1.0)
    return found


def _bone(name: str) -> str:
    return f'pose.bones["{bpy.utils.escape_identifier(name)}"]'


def _key(
    channels: bpy.types.bpy_prop_collection, path: str, index: int, frames: np.ndarray, values: np.ndarray
) -> None:
    curve = channels.new(path, index=index)
    curve.keyframe_points.add(len(frames))
    curve.keyframe_points.foreach_set("co", np.stack([frames, values], axis=1).astype(np.float32).ravel())
    curve.keyframe_points.foreach_set("interpolation", [_LINEAR] * len(frames))
    curve.update()
