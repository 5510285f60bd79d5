# SPDX-License-Identifier: GPL-3.0-or-later
"""What a name stands for: an action of the scene, or a clip of ours made into one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import bpy
import numpy as np

from ..errors import CommandError
from ..vrm import lookat
from ..vrm.annotation import MOUTH, Annotation, LookAt
from ..vrm.figure import Figure
from . import CLIPS, action
from .body import Body, measure
from .sample import Motion, sample

_LEAST_DEG = 0.1


@contextmanager
def motions(
    names: Sequence[str], figure: Figure, annotation: Annotation, notes: list[str]
) -> Iterator[tuple[Body, Mapping[str, Motion]]]:
    """Each name → its movement. An action of that name counts before a clip of ours.

    Within the block the clips lie in the file as actions, so that a copy saved meanwhile has them; afterwards
    they are gone, and the scene is as before. Errors: clip-not-found, no-window.
    """
    for name in names:
        if name not in CLIPS and name not in bpy.data.actions:
            known = ", ".join(item.name for item in bpy.data.actions)
            raise CommandError(
                "clip-not-found",
                f"There is neither an action nor a clip named {name[:60]!r}.",
                f"Clips: {', '.join(CLIPS)}. Actions: {known or 'none'}.",
            )
    body = measure(figure.armature, annotation.humanoid, figure.meshes)
    made: list[bpy.types.Action] = []
    try:
        found = {}
        for name in names:
            if name in bpy.data.actions:
                found[name] = _of_action(bpy.data.actions[name], figure, body, annotation)
                continue
            played = action.moments(CLIPS[name], body)
            actions = action.write(CLIPS[name], figure, body, played, annotation.expressions)
            made += actions
            found[name] = _with_face(sample(actions[0], figure, body, ()), played, annotation)
            if name == "talk" and not set(MOUTH) & set(found[name].expressions):
                notes.append("The figure has no visemes, so talk moves only its body: vrm_face makes them.")
        yield body, found
    finally:
        for item in made:
            bpy.data.actions.remove(item)


def _with_face(motion: Motion, played: Sequence[action.Moment], annotation: Annotation) -> Motion:
    """Face and gaze as the clip says, exactly: shape keys that several expressions share could not tell."""
    weights = {
        expression.name: np.array([moment.expressions.get(expression.name, 0.0) for moment in played])
        for expression in annotation.expressions
    }
    gaze = np.array([moment.gaze for moment in played])
    looks = annotation.look_at is not None or "leftEye" in annotation.humanoid
    return replace(
        motion,
        expressions={name: values for name, values in weights.items() if values.any()},
        gaze=gaze if looks and gaze.any() else None,
    )


def _of_action(item: bpy.types.Action, figure: Figure, body: Body, annotation: Annotation) -> Motion:
    motion = sample(item, figure, body, annotation.expressions)
    eyes = [motion.turns[eye] for eye in ("leftEye", "rightEye") if eye in motion.turns]
    gaze = _gaze_of(eyes, annotation.look_at) if eyes else None
    return replace(motion, gaze=gaze)


def _gaze_of(eyes: Sequence[np.ndarray], look_at: LookAt | None) -> np.ndarray | None:
    """Where eyes that turn in their sockets look; the file's range maps say how much of it they show."""
    degrees = np.mean([_aim(turns) for turns in eyes], axis=0)
    if np.abs(degrees).max() < _LEAST_DEG:
        return None
    maps = lookat.range_maps(look_at or LookAt("bone", None, {}))
    across, (down, up) = (
        maps["rangeMapHorizontalInner"],
        (maps["rangeMapVerticalDown"], maps["rangeMapVerticalUp"]),
    )
    vertical = np.where(degrees[:, 1] > 0, _unmapped(*down), _unmapped(*up))
    return degrees * np.stack([np.full(len(degrees), _unmapped(*across)), vertical], axis=1)


def _unmapped(input_max: float, output: float) -> float:
    return input_max / output if output > 0 else 1.0


def _aim(wxyz: np.ndarray) -> np.ndarray:
    """(n, 2) degrees to the left and down of an eye that looks to -Y at rest."""
    w, x, y, z = wxyz.T
    front = np.stack([-2 * (x * y - w * z), -(1 - 2 * (x * x + z * z)), -2 * (y * z + w * x)], axis=1)
    return np.degrees(np.stack([np.arctan2(front[:, 0], -front[:, 1]), -np.arcsin(front[:, 2])], axis=1))
