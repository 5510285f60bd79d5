# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyes, lashes and brows: all of the left side; the caller mirrors them.

The white and the iris are patches of concentric spheres around the eye bone's head, so that a turning bone
slides the iris over the white and never through it.
"""

from __future__ import annotations

import numpy as np

from .curves import around, smooth, tangents
from .faceplan import (
    EYE_T,
    EYE_UP,
    EYE_WIDTH,
    EYE_X,
    FacePose,
    at_pose,
    eye_outline,
    lid_shift,
)  # fmt: skip
from .headshape import front
from .patch import Patch, disc, grid

Array = np.ndarray

RADIUS = 0.30  # of the sphere the white lies on
RECESS = 0.027  # of the white behind the skin, at the eye's centre
IRIS_LIFT = 0.009
IRIS_X, IRIS_T, IRIS_WIDTH, IRIS_HEIGHT = EYE_X - 0.005, EYE_T + 0.007, 0.091, 0.114


def eye_centre() -> Array:
    """The left eye bone's head: behind the surface, along its normal."""
    e = 0.04
    slope_x = float(front(np.array(EYE_X + e), EYE_T) - front(np.array(EYE_X - e), EYE_T)) / (2 * e)
    inward = np.array([-slope_x, 1.0, 0.0])
    inward /= np.linalg.norm(inward)
    return np.array([EYE_X, float(front(np.array(EYE_X), EYE_T)), EYE_T]) + inward * (RADIUS + RECESS)


def _on_ball(x: Array, t: Array, radius: float) -> Array:
    """The points in front of (x, t) on a sphere round the eye's centre."""
    c = eye_centre()
    return np.stack([x, c[1] - np.sqrt(radius**2 - (x - c[0]) ** 2 - (t - c[2]) ** 2), t], -1)


def white() -> Patch:
    """The sclera."""
    u, v = np.meshgrid(np.linspace(-1.16, 1.14, 8), np.linspace(-1.16, 1.14, 8))
    points = _on_ball(EYE_X + EYE_WIDTH * u, EYE_T + EYE_UP * v, RADIUS)
    return grid(points, uv=np.stack([u * 0.43 + 0.5, v * 0.43 + 0.5], -1))


def iris(pose: FacePose) -> Patch:
    """The iris with its pupil and lights, turned to the pose's gaze.

    It sinks and flattens behind closing lids, so that a half closed eye shows all of it, or it looks cross.
    """
    shut = np.clip((pose.lid_inner + pose.lid_outer) / 2, 0, 1) if "L" in pose.sides else 0.0
    angles, radii = around(28), np.array([0.5, 1.0])[:, None]
    c = np.append(0.0, radii * np.cos(angles))
    s = np.append(0.0, radii * np.sin(angles))
    points = _on_ball(
        IRIS_X + IRIS_WIDTH * c * pose.iris,
        IRIS_T - 0.058 * shut + IRIS_HEIGHT * s * pose.iris * (1 - 0.42 * shut),
        RADIUS + IRIS_LIFT,
    )
    yaw, pitch = np.radians([pose.yaw, pose.pitch])
    turn_z = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    centre = eye_centre()
    turned = (points - centre) @ turn_x.T @ turn_z.T + centre
    return disc(turned, len(angles), np.stack([0.5 + 0.5 * c, 0.5 + 0.5 * s], -1)).flipped()


def _lid_line(pose: FacePose, angles: Array, wing: float = 0.0) -> Array:
    """(n, 2): x, t of the lid along outline angles, then a wing of that length past the outer corner."""
    x, t = eye_outline(angles)
    line = np.stack([x, t + lid_shift(pose, x, angles)], 1)
    if wing == 0:
        return line
    k = np.linspace(0, 1, 6)[1:, None]
    closed = np.clip(pose.lid_outer, 0, 1) if "L" in pose.sides else 0.0
    direction = np.array([1.0, 0.55 - 0.50 * closed])
    return np.vstack([line, line[-1] + k * wing * direction / np.linalg.norm(direction)])


def _strip(line: Array, below: Array, above: Array, off: tuple[float, float], pose: FacePose) -> Patch:
    """A ridge along a line (n, 2) of the face, reaching `below` and `above` it across its direction."""
    direction = tangents(np.hstack([line, np.zeros((len(line), 1))]))[:, :2]
    across = np.stack([-direction[:, 1], direction[:, 0]], 1)
    rows = [
        at_pose(*(line + across * reach[:, None]).T, lift, pose)
        for reach, lift in ((-below, off[0]), ((above - below) / 2, off[1]), (above, off[0]))
    ]
    return grid(np.stack(rows))


def upper_lash(pose: FacePose) -> Patch:
    """The upper lash: thin at the inner corner, full over the outer third, tapered to a wing."""
    angles = np.linspace(np.pi * 0.985, 0.16, 22)
    line = _lid_line(pose, angles, wing=0.054)
    s = np.linspace(0, 1, len(line))
    closing = (pose.lid_inner + pose.lid_outer) / 2 if "L" in pose.sides else 0.0
    body = 0.001 + 0.033 * smooth(0.0, 0.66, s) * (1 - 0.30 * np.clip(closing, 0, 1))
    above = body * smooth(1.0, 0.74, s) ** 0.8 + 0.0008
    below = (0.007 + 0.006 * np.clip(closing, 0, 1)) * smooth(0.0, 0.40, s) * smooth(1.0, 0.80, s) + 0.0008
    return _strip(line, below, above, (0.006, 0.020), pose)


def lower_lash(pose: FacePose) -> Patch:
    """A fine line under the outer half of the eye."""
    line = _lid_line(pose, np.linspace(-2.05, -0.22, 14))
    s = np.linspace(0, 1, len(line))
    closing = np.clip(pose.lid_lower, 0, 1) if "L" in pose.sides else 0.0
    thickness = 0.0095 * np.sin(np.pi * np.clip(s, 0.02, 0.98)) ** 0.7 * (1 - 0.75 * closing) + 0.0005
    return _strip(line, thickness, 0 * thickness, (0.004, 0.007), pose)


def crease(pose: FacePose) -> Patch:
    """The fold above the lid; it follows the lid a third of its way."""
    angles = np.linspace(2.25, 0.55, 14)
    x, t = eye_outline(angles)
    line = np.stack([x, t + 0.036 + 0.30 * lid_shift(pose, x, angles)], 1)
    thickness = 0.0055 * np.sin(np.pi * np.linspace(0.02, 0.98, 14)) + 0.0004
    return _strip(line, 0 * thickness, thickness, (0.004, 0.006), pose)


def brow(pose: FacePose) -> Patch:
    """The brow: full at the inner end, drawn out to a point."""
    s = np.linspace(0, 1, 14)
    x = EYE_X - 0.100 + 0.205 * s - pose.brow_squeeze * (1 - s)
    t = EYE_T + 0.140 + 0.030 * np.sin(np.pi * (s * 0.75 + 0.12)) - 0.012 * s
    t = t + pose.brow_inner + (pose.brow_outer - pose.brow_inner) * smooth(0, 1, s)
    thickness = 0.0090 * smooth(-0.12, 0.14, s) * smooth(1.02, 0.35, s) ** 0.7 + 0.0006
    return _strip(np.stack([x, t], 1)[::-1], thickness[::-1], thickness[::-1], (0.005, 0.012), pose)
