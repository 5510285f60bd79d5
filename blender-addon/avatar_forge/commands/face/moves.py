# SPDX-License-Identifier: GPL-3.0-or-later
"""What a face does in an expression: a displacement for every point of the head, smooth but for the lips.

Lids close towards a line a little below the eye's middle, all that lies between them with them, so that eyes
behind a hole, flat ones and painted ones close alike. Lips part at their line and carry chin and cheeks
along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..rigging.skeleton import Array
from .region import HEAD_SHARE, Part, Region, Spot


@dataclass(frozen=True)
class Pose:
    """Lids: 1 closed, below 0 wide. Lips in half widths of the mouth: open, wider, forward, corners raised.
    Brows in half widths of an eye: how far they rise, inside and outside.
    """

    left_lid: float = 0.0
    right_lid: float = 0.0
    open: float = 0.0
    wide: float = 0.0
    pucker: float = 0.0
    smile: float = 0.0
    brow_inner: float = 0.0
    brow_outer: float = 0.0


POSES = {
    "aa": Pose(open=0.75, wide=-0.05),
    "ih": Pose(open=0.28, wide=0.15),
    "ou": Pose(open=0.25, wide=-0.38, pucker=0.30),
    "ee": Pose(open=0.36, wide=0.22, smile=0.08),
    "oh": Pose(open=0.55, wide=-0.25, pucker=0.20),
    "blinkLeft": Pose(left_lid=1.0),
    "blinkRight": Pose(right_lid=1.0),
    "happy": Pose(
        left_lid=0.3, right_lid=0.3, open=0.12, wide=0.15, smile=0.40, brow_inner=0.12, brow_outer=0.10
    ),
    "angry": Pose(left_lid=0.2, right_lid=0.2, smile=-0.25, brow_inner=-0.22, brow_outer=0.10),
    "sad": Pose(left_lid=0.25, right_lid=0.25, smile=-0.30, brow_inner=0.22, brow_outer=-0.15),
    "relaxed": Pose(left_lid=0.7, right_lid=0.7, smile=0.22, brow_inner=0.06, brow_outer=0.04),
    "surprised": Pose(
        left_lid=-0.15, right_lid=-0.15, open=0.40, wide=-0.2, brow_inner=0.30, brow_outer=0.28
    ),
}

_CLOSED_AT = 0.25
"""How far below the middle lids meet, as a share of the eye's lower half."""


def displacement(part: Part, region: Region, pose: Pose) -> Array:
    """Metres in the world for each vertex of a mesh; nothing where the head does not hold it."""
    moved = np.zeros_like(part.points)
    for sign, lid in ((1.0, pose.left_lid), (-1.0, pose.right_lid)):
        mirror = np.array([sign, 1.0, 1.0])
        points = part.points * mirror
        moved += _lids(points, region, lid) * mirror
        moved += _brow(points, region.eye, pose) * mirror
    moved += _mouth(part.points, region, pose)
    held = np.clip(part.head / HEAD_SHARE, 0, 1) * (part.ball < HEAD_SHARE)
    return moved * held[:, None]


def _lids(points: Array, region: Region, closed: float) -> Array:
    eye = region.eye
    moved = np.zeros_like(points)
    if closed == 0:
        return moved
    across = (points[:, 0] - eye.centre[0]) / eye.width
    high = points[:, 2] - eye.centre[2]
    tall = np.where(high > 0, high / eye.up, -high / eye.down)
    shut = (
        np.where(high > 0, _fade(tall, 1.3, 2.4), _fade(tall, 1.15, 1.8))
        * _fade(np.abs(across), 1.15, 1.5)
        * _near(points, eye, 1.1)
    )
    line = eye.centre[2] - _CLOSED_AT * eye.down
    moved[:, 2] = (line - points[:, 2]) * shut * (0.97 * closed if closed > 0 else closed)
    if region.ball > 0 and closed > 0:
        # Lids glide over the ball instead of through it.
        off = points + moved - np.array([eye.centre[0], eye.centre[1] + region.ball, eye.centre[2]])
        flat = region.ball**2 - off[:, 0] ** 2 - off[:, 2] ** 2
        front = eye.centre[1] + region.ball - 1.03 * np.sqrt(np.maximum(flat, 0))
        inside = (flat > 0) & (shut > 0.05) & (points[:, 1] > front)
        moved[inside, 1] = (front - points[:, 1])[inside] * closed
    return moved


def _brow(points: Array, eye: Spot, pose: Pose) -> Array:
    moved = np.zeros_like(points)
    if pose.brow_inner == 0 and pose.brow_outer == 0:
        return moved
    across = (points[:, 0] - eye.centre[0]) / eye.width
    high = (points[:, 2] - eye.centre[2] - eye.up) / eye.width
    zone = _fade(np.abs(high - 0.75), 0.35, 1.0) * _fade(np.abs(across), 1.0, 1.9) * _near(points, eye, 1.6)
    outer = np.clip((across + 1) / 2, 0, 1)
    moved[:, 2] = zone * eye.width * (pose.brow_inner * (1 - outer) + pose.brow_outer * outer)
    return moved


def _mouth(points: Array, region: Region, pose: Pose) -> Array:
    lips = region.mouth
    moved = np.zeros_like(points)
    across = (points[:, 0] - lips.centre[0]) / lips.width
    high = (points[:, 2] - lips.centre[2]) / lips.width
    near = _near(points, lips, 2.2)
    between = _fade(np.abs(across), 0.55, 1.9)
    deep = max((lips.centre[2] - region.chin) / lips.width, 0.8)
    lower = near * between * np.where(high <= 0, _fade(-high, 0.9 * deep, 1.8 * deep), 0)
    upper = near * _fade(np.abs(across), 0.4, 1.2) * np.where(high > 0, _fade(high, 0.1, 0.9), 0)
    moved[:, 2] += lips.width * pose.open * (-lower + 0.14 * upper)
    around = near * _fade(np.hypot(across, high), 0.9, 2.2)
    moved[:, 0] += lips.width * pose.wide * np.clip(across, -1, 1) * around
    moved[:, 1] -= lips.width * pose.pucker * around * _fade(np.abs(across), 0.4, 1.4)
    corner = near * _fade(np.abs(np.abs(across) - 1.0), 0.2, 0.9) * _fade(np.abs(high), 0.4, 1.4)
    moved[:, 2] += lips.width * pose.smile * corner
    return moved


def _near(points: Array, spot: Spot, widths: float) -> Array:
    """Points of the face: neither far behind the spot, in the head, nor far before it, in a fringe."""
    behind = (points[:, 1] - spot.centre[1]) / spot.width
    return _fade(behind, 0.8 * widths, 1.6 * widths) * _fade(-behind, 1.0, 1.4)


def _fade(value: Array, whole: float, none: float) -> Array:
    """1 up to `whole`, 0 from `none` on, smooth between."""
    t = np.clip((none - value) / (none - whole), 0, 1)
    return t * t * (3 - 2 * t)
