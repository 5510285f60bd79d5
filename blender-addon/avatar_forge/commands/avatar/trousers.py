# SPDX-License-Identifier: GPL-3.0-or-later
"""Shorts and trousers: hips and legs as one skin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from . import weights
from .body import leg_band, torso_band
from .curves import Array
from .patch import Patch, grid_faces
from .wear import Wear

Drop = tuple[tuple[float, float], ...]  # (height, off the leg) of each ring from the crotch down

_SHORTS: Drop = ((0.446, 0.0040), (0.428, 0.0045), (0.4050, 0.0055), (0.4045, -0.0020))
_THIGHS: Drop = ((0.446, 0.0040), (0.425, 0.0048), (0.390, 0.0050), (0.345, 0.0050), (0.305, 0.0048))
_KNEES: Drop = ((0.288, 0.0050), (0.272, 0.0052), (0.256, 0.0052), (0.240, 0.0050), (0.222, 0.0036))
_SHINS: Drop = ((0.190, 0.0052), (0.155, 0.0060), (0.120, 0.0074), (0.094, 0.0086), (0.0935, 0.0))


def shorts(wear: Wear) -> None:
    """Worn under everything that does not reach down the legs."""
    _add(wear, _SHORTS)


def trousers(wear: Wear) -> None:
    """To the ankles, or into the boots."""
    _add(wear, (*_THIGHS, *_KNEES, *(() if "boots" in wear.pieces else _SHINS)))


def _add(wear: Wear, drop: Drop) -> None:
    patch, side = _breeches(drop)
    worn = wear.worn(patch)
    wear.part.add(worn, "trousers", weights.both_legs(wear.figure, worn.points, side))


def _breeches(drop: Drop) -> tuple[Patch, Array]:
    """Hips to thighs as one skin, and the side of each point: 1 left leg, -1 right leg, 0 hips.

    Half the hip ring and three points between the legs make a leg's ring.
    """
    heights = np.array([0.585, 0.560, 0.535, 0.510, 0.490])
    hips = torso_band(heights, 0.0015, 24)
    crotch = np.array([[0, 0.034, 0.468], [0, 0.004, 0.458], [0, -0.030, 0.470]])
    angle = np.radians([*np.arange(-90, 91, 15), 135, 180, 225])
    legs = [_leg_ring(z, off, angle) for z, off in drop]
    points = [hips.reshape(-1, 3), crotch]
    last, first_crotch = (len(heights) - 1) * 24, len(heights) * 24
    left = [last + i % 24 for i in range(18, 31)] + [first_crotch, first_crotch + 1, first_crotch + 2]
    right = [last + i for i in range(6, 19)] + [first_crotch + 2, first_crotch + 1, first_crotch]
    faces = [face[::-1] for face in grid_faces(len(heights), 24, True)]
    start = first_crotch + 3
    for loop, sign in ((left, 1), (right, -1)):
        rings = np.stack(legs) * [sign, 1, 1]
        if sign < 0:  # the right ring runs from back over the outside to front, as its hip half does
            order = [*range(12, -1, -1), 15, 14, 13]
            rings = rings[:, order]
        points.append(rings.reshape(-1, 3))
        columns = [loop, *(list(range(start + r * 16, start + (r + 1) * 16)) for r in range(len(drop)))]
        for above, below in pairwise(columns):
            for i in range(16):
                j = (i + 1) % 16
                faces.append((above[i], below[i], below[j], above[j]))
        start += rings.shape[0] * 16
    side = np.repeat([0, 1, -1], [first_crotch + 3, 16 * len(drop), 16 * len(drop)])
    whole = np.vstack(points)
    corners = whole[np.array(faces).ravel()]
    uv = np.stack([np.abs(corners[:, 0]) / 0.12, (0.585 - corners[:, 2]) / 0.495], 1)  # as seen from in front
    return Patch(whole, tuple(faces), uv), side


def _leg_ring(z: float, off: float, angle: Array) -> Array:
    whole = leg_band(np.array([z]), off, 72)[0]
    return whole[np.round(np.degrees(angle) / 5).astype(int) % 72]
