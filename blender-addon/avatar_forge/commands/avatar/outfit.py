# SPDX-License-Identifier: GPL-3.0-or-later
"""Clothes above the belt and the shorts: the body's own functions plus an offset."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from . import weights
from .body import WRIST, arm_band, leg_band, palm, torso, torso_band
from .curves import Array, around, bump, smooth
from .figure import Figure
from .meshbuilder import Part
from .patch import Patch, grid_faces, loft, shell, tube

X, Y, Z = np.eye(3)


def _worn(figure: Figure, patch: Patch) -> Patch:
    return patch.moved(figure.from_body(patch.points))


def _on_torso(part: Part, figure: Figure, patch: Patch, cell: str) -> None:
    worn = _worn(figure, patch)
    part.add(worn, cell, weights.torso(figure, worn.points))


def _on_arms(part: Part, figure: Figure, patch: Patch, cell: str) -> None:
    worn = _worn(figure, patch)
    part.add_pair(worn, cell, weights.arm(figure, worn.points))


def add_upper(part: Part, figure: Figure) -> None:
    """Shirt, vest, collar, sleeves, gloves and belt."""
    heights = np.array([0.796, 0.786, 0.776, 0.765, 0.752, 0.735, 0.712, 0.685])
    offs = np.array([0.002, 0.003, 0.004, 0.0042, 0.004, 0.004, 0.004, 0.004])
    _on_torso(part, figure, loft(torso_band(heights, offs, 28)), "shirt")
    _on_torso(part, figure, _vest(), "vest")
    _collar(part, figure)
    _cravat(part, figure)
    _sleeves(part, figure)
    _gloves(part, figure)
    _belt(part, figure)


def _vest() -> Patch:
    """A bodice with a neckline that dips in front and under the arms."""
    heights = np.array([0.735, 0.716, 0.692, 0.662, 0.632, 0.606, 0.584, 0.565])
    rings = torso_band(heights, np.array([0.0085, 0.011, 0.011, 0.010, 0.008, 0.007, 0.007, 0.008]), 32)
    angle = around(32)
    front, side = np.clip(-np.sin(angle), 0, 1) ** 2, np.abs(np.cos(angle)) ** 6
    dip = -0.030 * front + 0.018 * (1 - front) * (1 - side) - 0.020 * side
    rings[..., 2] += dip * smooth(0.660, 0.735, heights)[:, None]
    return loft(rings[::1], uv=_down(rings.shape))


def _down(shape: tuple[int, ...]) -> Array:
    """UV with v = 1 at the first row: an edging painted at the hem becomes one at the neckline."""
    rows, columns = shape[:2]
    u, v = np.meshgrid(np.arange(columns) / columns, np.linspace(1, 0, rows))
    return np.stack([u, v], -1)


def _collar(part: Part, figure: Figure) -> None:
    heights = np.array([0.790, 0.797, 0.806, 0.814, 0.8145, 0.806])
    across = np.array([0.0440, 0.0400, 0.0375, 0.0385, 0.0360, 0.0340])
    centre = np.stack([0 * heights, 0.008 + 0.10 * (heights - 0.79), heights], 1)
    rings = tube(centre, X, Y, across, across * 1.02, 24).points.reshape(6, 24, 3)
    rings[..., 2] += 0.10 * (rings[..., 1] - 0.008) * smooth(0.79, 0.812, heights)[:, None]
    _on_torso(part, figure, loft(rings[:4]), "light")
    _on_torso(part, figure, loft(rings[3:], out=False), "light_lining")
    edge = np.stack([rings[2] * 0.35 + rings[3] * 0.65, rings[3]]) * [1.015, 1.015, 1] + [0, 0, 0.0004]
    _on_torso(part, figure, loft(edge), "accent")


def _cravat(part: Part, figure: Figure) -> None:
    """Two tiers of pleats that fan out under the brooch."""
    across = np.linspace(-1, 1, 17)[None]
    k = np.linspace(0, 1, 5)[:, None]
    for top, drop, wide, off in ((0.757, 0.044, 0.034, 0.0085), (0.760, 0.027, 0.026, 0.0135)):
        x = across * (0.006 + (wide - 0.006) * k**0.8)
        z = top - drop * k * (1 - 0.16 * across**2)
        base = torso(np.array(-np.pi / 2), z, off + 0.0035 * k)[..., 1]
        y = base - 0.0028 * k * np.cos(across * np.pi * 3.5) + 0.010 * across**2 * k
        points = np.stack(np.broadcast_arrays(x, y, z), -1)
        for patch, cell in zip(
            shell(figure.from_body(points[:, ::-1]), 0.0012 * figure.body, False), _FRILL, strict=True
        ):
            part.add(patch, cell, weights.torso(figure, patch.points))


_FRILL = ("frill", "lining", "accent")


def _sleeves(part: Part, figure: Figure) -> None:
    """Short puffs gathered by a band above the elbow."""
    x = np.concatenate([[0.040], np.linspace(0.056, 0.178, 12)])
    puff = (
        0.005
        + 0.0125 * bump(x - 0.138, 0.030)
        - 0.014 * smooth(0.085, 0.040, x)
        - 0.004 * smooth(0.165, 0.178, x)
    )
    rings = arm_band(x, puff, 18, 0.10 * bump(x - 0.140, 0.03))
    fold = 0.0016 * bump(x - 0.160, 0.022)[:, None] * np.cos(9 * around(18))
    centre = rings.mean(axis=1, keepdims=True)
    rings = centre + (rings - centre) * (1 + fold / 0.035)[..., None]
    _on_arms(part, figure, loft(rings), "shirt")
    band = np.array([0.1745, 0.1750, 0.1840, 0.1845, 0.1800])
    _on_arms(
        part, figure, loft(arm_band(band, np.array([0.001, 0.0048, 0.0048, 0.001, 0.0002]), 18)), "accent"
    )
    rim = np.array([0.176, 0.1765])
    _on_arms(part, figure, loft(arm_band(rim, np.array([0.006, 0.0004]), 18)), "light_lining")


def _gloves(part: Part, figure: Figure) -> None:
    """Long gloves that leave the fingers free, and a leather half glove over the hand."""
    x = np.array([0.204, 0.211, 0.221, 0.230, 0.240, 0.252, 0.270, 0.320, WRIST - 0.004])
    rings = arm_band(x, 0.0022 + 0.0030 * smooth(0.216, 0.204, x), 16)
    _on_arms(part, figure, loft(rings), "glove")
    top = np.array([0.2035, 0.2042])
    _on_arms(part, figure, loft(arm_band(top, np.array([0.0, 0.0050]), 16)), "accent_deep")
    hand = _worn(figure, palm(0.0011))
    part.add_pair(hand, "leather", weights.arm(figure, hand.points))


def _belt(part: Part, figure: Figure) -> None:
    heights = np.array([0.6015, 0.601, 0.5765, 0.576])
    _on_torso(
        part, figure, loft(torso_band(heights, np.array([0.007, 0.0135, 0.0155, 0.009]), 32)), "leather"
    )
    for z in (0.5985, 0.5790):
        ring = np.array([z + 0.0014, z + 0.0012, z - 0.0012, z - 0.0014])
        off = 0.0140 + (0.6 - z) * 0.08
        _on_torso(
            part,
            figure,
            loft(torso_band(ring, off + np.array([-0.002, 0.0012, 0.0012, -0.002]), 32)),
            "accent",
        )


def boss(figure: Figure, z: float, off: float, size: tuple[float, float], lift: float, n: float) -> Patch:
    """A raised round or square piece at the middle of the chest: a button, a buckle, the seat of a gem."""
    seat = torso(np.array([-np.pi / 2]), np.array([z]), off)[0]
    a = np.array([1.0, 1.0, 0.72])
    centre = seat + np.array([[0, 0.004, 0], [0, -lift, 0], [0, -lift * 1.5, 0]])
    return _worn(figure, tube(centre, X, Z, a * size[0], a * size[1], 16, n=n, end=True))


def add_jewels(part: Part, figure: Figure) -> None:
    """Brooch, buckle and buttons."""
    for z, off, size, lift, n, cell in (
        (0.7635, 0.009, (0.0140, 0.0155), 0.0045, 2.0, "accent"),
        (0.7635, 0.0125, (0.0102, 0.0117), 0.0042, 2.0, "gem"),
        (0.5885, 0.0140, (0.0190, 0.0170), 0.005, 5.0, "accent"),
        (0.5885, 0.0190, (0.0125, 0.0105), 0.003, 4.0, "leather_deep"),
    ):
        piece = boss(figure, z, off, size, lift, n)
        part.add(piece, cell, weights.torso(figure, piece.points))


def shorts() -> tuple[Patch, Array]:
    """Hips to thighs as one skin, and the side of each point: 1 left leg, -1 right leg, 0 hips.

    Half the hip ring and three points between the legs make a leg's ring.
    """
    heights = np.array([0.585, 0.560, 0.535, 0.510, 0.490])
    hips = torso_band(heights, 0.0015, 24)
    crotch = np.array([[0, 0.034, 0.468], [0, 0.004, 0.458], [0, -0.030, 0.470]])
    angle = np.radians([*np.arange(-90, 91, 15), 135, 180, 225])
    drop = ((0.446, 0.004), (0.428, 0.0045), (0.4050, 0.0055), (0.4045, -0.002))
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
    return Patch(np.vstack(points), tuple(faces), np.full((4 * len(faces), 2), 0.5)), side


def _leg_ring(z: float, off: float, angle: Array) -> Array:
    whole = leg_band(np.array([z]), off, 72)[0]
    return whole[np.round(np.degrees(angle) / 5).astype(int) % 72]


def add_shorts(part: Part, figure: Figure) -> None:
    patch, side = shorts()
    worn = _worn(figure, patch)
    part.add(worn, "dark", weights.both_legs(figure, worn.points, side))
