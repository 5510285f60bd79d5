# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of the mouth, behind the opening in the skin, and the drawn line of the lips."""

from __future__ import annotations

import numpy as np

from .face import mouth_loop
from .faceplan import FacePose, at_pose, mouth_outline
from .patch import Patch, grid

Array = np.ndarray

_WIDE, _HIGH = 17, 7


def inside(pose: FacePose) -> Patch:
    """Teeth, tongue and dark as a picture behind the opening, a little larger than it."""
    u = -np.cos(np.linspace(0, np.pi, _WIDE))
    x, top = mouth_outline(pose.mouth, u, np.array(True), 0.006)
    _, bottom = mouth_outline(pose.mouth, u, np.array(False), 0.006)
    k = np.linspace(0, 1, _HIGH)[:, None]
    middle = (top + bottom) / 2
    half = np.maximum((top - bottom) / 2, 0.001)  # at the corners, too, behind the skin
    x, t = np.broadcast_arrays(x, middle + half * (2 * k - 1))
    depth = -0.012 - 0.012 * (1 - np.abs(u) ** 2) * np.sin(np.pi * k)
    return grid(at_pose(x, t, depth, pose))


def lip_line(pose: FacePose) -> Patch:
    """A line around the lips: firm above and at the corners, faint below."""
    u, upper = mouth_loop()
    weight = np.where(upper, 0.0050 + 0.0022 * (1 - u**2), 0.0032)
    rows = [
        at_pose(*mouth_outline(pose.mouth, u, upper, -0.0016), 0.0070, pose),
        at_pose(*_outwards(pose, u, upper, weight), 0.0065, pose),
    ]
    return grid(np.stack(rows), True)


def _outwards(pose: FacePose, u: Array, upper: Array, weight: Array) -> tuple[Array, Array]:
    x, t = mouth_outline(pose.mouth, u, upper, 0.0)
    bulge = np.sqrt(np.clip(1 - np.abs(u) ** 2.4, 0, 1))
    return x + u**3 * weight * 0.8, t + np.where(upper, 1, -1) * weight * np.maximum(bulge, 0.05)
