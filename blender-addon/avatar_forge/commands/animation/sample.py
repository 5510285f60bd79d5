# SPDX-License-Identifier: GPL-3.0-or-later
"""An action as it moves a humanoid: played on the armature alone, read at 30 moments a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np

from ..compat import channels_for, play
from ..vrm.annotation import LOOK, Expression
from ..vrm.figure import Figure
from ..vrm.staging import stage
from .action import RATE
from .body import Body

_LEAST = 1e-3


@dataclass(frozen=True)
class Motion:
    """Of every humanoid bone, over `times` in seconds from 0.

    turns         (n, 4): quaternions w x y z against the parent bone, in Blender's axes, no flips
    hips          (n, 3): where the hips are, metres in Blender's world
    expressions   (n,): weights 0…1 of what the face does
    gaze          (n, 2): degrees to its left and down; None where the eyes stay
    """

    times: np.ndarray
    turns: Mapping[str, np.ndarray]
    hips: np.ndarray
    expressions: Mapping[str, np.ndarray]
    gaze: np.ndarray | None


def sample(action: bpy.types.Action, figure: Figure, body: Body, expressions: Iterable[Expression]) -> Motion:
    """The scene is as before when it returns. Error: no-window."""
    scene = bpy.context.scene
    fps = scene.render.fps / scene.render.fps_base
    first, last = action.frame_range
    count = max(round((last - first) / fps * RATE), 1) + 1
    frames = first + np.arange(count) * fps / RATE
    weights = _expressions(figure, _shape_keys(action, figure, frames), list(expressions), count)
    spins, hips = np.empty((count, len(body.joints), 4)), np.empty((count, 3))
    with _playing(action, figure.armature) as show:
        for row, frame in enumerate(frames):
            show(float(frame))
            armature = figure.armature
            for column, (human, bone) in enumerate(body.bones.items()):
                matrix = armature.matrix_world @ armature.pose.bones[bone].matrix
                spins[row, column] = matrix.to_quaternion() @ body.rest[human].inverted()
                if human == "hips":
                    hips[row] = matrix.to_translation()
    order = {human: column for column, human in enumerate(body.bones)}
    turns = {}
    for human, column in order.items():
        above = body.parents[human]
        own = spins[:, column]
        turns[human] = _steady(_against(spins[:, order[above]], own) if above else own)
    return Motion(np.arange(count) / RATE, turns, hips, weights, None)


@contextmanager
def _playing(action: bpy.types.Action, armature: bpy.types.Object) -> Iterator[object]:
    """Gives what shows a frame. Pose, action and scene are put back."""
    fresh = armature.animation_data is None
    data = armature.animation_data_create()
    before = data.action, getattr(data, "action_slot", None), data.use_nla
    place = armature.matrix_basis.copy()
    poses = {bone.name: bone.matrix_basis.copy() for bone in armature.pose.bones}
    with stage((armature,), "POSE") as scene:
        try:
            data.use_nla = False
            play(data, action)
            for bone in armature.pose.bones:
                bone.matrix_basis.identity()

            def show(frame: float) -> None:
                whole = int(frame // 1)
                scene.frame_set(whole, subframe=frame - whole)

            yield show
        finally:
            data.use_nla = before[2]
            data.action = before[0]
            if before[0] is not None and before[1] is not None:
                data.action_slot = before[1]
            if fresh:
                armature.animation_data_clear()
            armature.matrix_basis = place
            for bone in armature.pose.bones:
                bone.matrix_basis = poses[bone.name]


def _against(above: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Quaternions of a bone against those of the bone above: conj(above) · own."""
    w, v = above[:, :1], -above[:, 1:]
    ow, ov = own[:, :1], own[:, 1:]
    scalar = w * ow - (v * ov).sum(axis=1, keepdims=True)
    return np.concatenate([scalar, w * ov + ow * v + np.cross(v, ov)], axis=1)


def _steady(turns: np.ndarray) -> np.ndarray:
    """Unit quaternions, each on the side of the one before: q and -q are one turn, the way to them is not."""
    turns = turns / np.linalg.norm(turns, axis=1, keepdims=True)
    if turns[0, 0] < 0:
        turns[0] *= -1
    for row in range(1, len(turns)):
        if turns[row] @ turns[row - 1] < 0:
            turns[row] *= -1
    return turns


def _shape_keys(
    action: bpy.types.Action, figure: Figure, frames: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """(mesh, shape key) → its values, for what moves along with an action.

    That is the action `<name> <mesh>`, a slot of its own for shape keys, or, where it is the one that plays
    now, what plays on the mesh beside it.
    """
    playing = figure.armature.animation_data
    found = {}
    for item in figure.meshes:
        keys = item.data.shape_keys
        if keys is None:
            continue
        beside = bpy.data.actions.get(f"{action.name} {item.name}")
        if beside is None and hasattr(action, "slots"):
            beside = action
        channels = channels_for(beside, "KEY", keys.name) if beside else ()
        if (
            not channels
            and playing is not None
            and playing.action == action
            and keys.animation_data is not None
        ):
            beside = keys.animation_data.action
            channels = channels_for(beside, "KEY", keys.name) if beside else ()
        paths = {
            f'key_blocks["{bpy.utils.escape_identifier(key.name)}"].value': key.name
            for key in keys.key_blocks
        }
        for curve in channels:
            if curve.data_path in paths:
                values = np.array([curve.evaluate(float(frame)) for frame in frames])
                found[item.name, paths[curve.data_path]] = values
    return found


def _expressions(
    figure: Figure, keys: Mapping[tuple[str, str], np.ndarray], expressions: list[Expression], count: int
) -> dict[str, np.ndarray]:
    """What expressions the keys add up to: those that bind most first, each taking its share away."""
    left = {key: values.copy() for key, values in keys.items()}
    found = {}
    for expression in sorted(expressions, key=lambda one: -len(one.morphs)):
        binds = [(left.get((m.mesh, m.key)), m.weight) for m in expression.morphs if m.weight > 0]
        if expression.name in LOOK or not binds or any(values is None for values, _ in binds):
            continue
        weight = np.clip(np.min([values / full for values, full in binds], axis=0), 0.0, 1.0)
        if weight.max() > _LEAST:
            found[expression.name] = weight
            for values, full in binds:
                values -= full * weight
    return found
