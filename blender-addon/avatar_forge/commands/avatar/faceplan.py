# SPDX-License-Identifier: GPL-3.0-or-later
"""Where eyes and mouth lie on the face, and what a pose of the face does to them.

Each part of the face is a function of a `FacePose`; a shape key is that function at the key's pose minus the
same at rest. So lids, lashes, brows, lips and jaw cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from .curves import power, smooth
from .headshape import on_front

Array = np.ndarray

EYE_X, EYE_T = 0.174, 0.382
EYE_WIDTH, EYE_UP, EYE_DOWN = 0.118, 0.100, 0.088  # half-axes
EYE_TILT = 0.014
MOUTH_T = 0.152


@dataclass(frozen=True)
class Mouth:
    """Half width, how far the lips open up and down from the line, and how far the corners rise."""

    width: float = 0.054
    up: float = 0.0030
    down: float = 0.0026
    smile: float = 0.012


@dataclass(frozen=True)
class FacePose:
    """At rest by default. Lids: 0 open, 1 closed; brows: rise in head units; gaze in degrees."""

    lid_inner: float = 0.0
    lid_outer: float = 0.0
    lid_lower: float = 0.0
    arch: float = 0.0  # of the closed lids: 0 rests downwards, 1 is a laughing arch
    brow_inner: float = 0.0
    brow_outer: float = 0.0
    brow_squeeze: float = 0.0
    mouth: Mouth = field(default_factory=Mouth)
    jaw: float = 0.0
    iris: float = 1.0
    yaw: float = 0.0  # positive: to the figure's left
    pitch: float = 0.0  # positive: up
    sides: str = "LR"


REST = FacePose()


def swapped(pose: FacePose) -> FacePose:
    """The pose as a mirror shows it: for the right side, which is built as a mirrored left one."""
    return replace(pose, sides=pose.sides.translate(str.maketrans("LR", "RL")), yaw=-pose.yaw)


def eye_outline(angle: Array, scale: float = 1.0) -> tuple[Array, Array]:
    """(x, t) on the left eye's outline; angle 0 is the outer corner, a quarter turn the top."""
    u = power(np.cos(angle), 2 / 2.35)
    v = np.where(np.sin(angle) > 0, EYE_UP, EYE_DOWN) * power(np.sin(angle), 2 / 2.2)
    return EYE_X + EYE_WIDTH * u * scale, EYE_T + v * scale + EYE_TILT * u


def closed_lid(u: Array, arch: float) -> Array:
    """t of the line where closed lids meet; u is -1 at the inner corner, 1 at the outer."""
    dome = 1 - np.clip(np.abs(u), 0, 1.3) ** 2
    resting = EYE_T - 0.060 - 0.012 * dome - 0.012 * u
    laughing = EYE_T - 0.052 + 0.050 * dome
    return resting + (laughing - resting) * arch


def lid_shift(pose: FacePose, x: Array, angle: Array) -> Array:
    """How far (in t) a point of the left eye's outline moves."""
    if "L" not in pose.sides:
        return np.zeros_like(x)
    u = np.clip((x - EYE_X) / EYE_WIDTH, -1, 1)
    upper = pose.lid_inner + (pose.lid_outer - pose.lid_inner) * smooth(-1, 1, u)
    amount = pose.lid_lower + (upper - pose.lid_lower) * smooth(-0.30, 0.30, np.sin(angle))
    return (closed_lid(u, pose.arch) - eye_outline(angle)[1]) * amount


def mouth_outline(mouth: Mouth, u: Array, upper: Array, grow: float = 0.0) -> tuple[Array, Array]:
    """(x, t) on the lips; u from -1 to 1, `upper` true above the line, `grow` outside the lips."""
    line = MOUTH_T + mouth.smile * (u**2 - 0.3)
    bulge = np.sqrt(np.clip(1 - np.abs(u) ** 2.4, 0, 1))
    t = np.where(upper, line + (mouth.up + grow) * bulge, line - (mouth.down + grow) * bulge)
    return u * (mouth.width + grow), t


def drop_jaw(points: Array, amount: float) -> Array:
    """The displacement an opening jaw gives to points of the head."""
    share = smooth(0.20, 0.03, points[..., 2]) * smooth(0.25, -0.25, points[..., 1]) * amount
    return share[..., None] * np.array([0.0, 0.012, -0.036])


def at_pose(x: Array, t: Array, off: Array | float, pose: FacePose) -> Array:
    """Points `off` in front of the face at (x, t), with the jaw where the pose has it."""
    points = on_front(x, t, off)
    return points + drop_jaw(points, pose.jaw)
