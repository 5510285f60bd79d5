# SPDX-License-Identifier: GPL-3.0-or-later
"""Armour: curved plates with thickness over the cloth. Its one material is `Armor`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import weights
from .body import ARM_Y, ARM_Z, arm_band, leg_band, torso
from .curves import Array, bump, smooth
from .patch import grid, grid_normals, shell
from .skirt import OVER
from .wear import Wear

THICKNESS = 0.0022

Weigh = Callable[[Array], weights.Weights]


def _plate(
    wear: Wear,
    points: Array,
    weigh: Weigh,
    axis: Array,
    pair: bool = True,
    wrap: bool = False,
    lined: bool = True,
) -> None:
    """Adds a plate through points (rows, columns, 3) that faces away from the point `axis`.

    It is `lined` where its back can be seen: of one that goes all round, that is at its ends.
    """
    if np.einsum("ijk,ijk->", grid_normals(points, wrap), points - axis) < 0:
        points = points[:, ::-1]
    add = wear.part.add_pair if pair else wear.part.add
    sheets = zip(
        shell(wear.figure.from_body(points), THICKNESS * wear.figure.body, wrap),
        ("band" if wrap else "plate", "inside", "edge"),
        strict=True,
    )
    for patch, cell in sheets:
        if cell != "inside":
            add(patch, cell, weigh(patch.points))
        elif lined:
            back = patch.points.reshape(points.shape)
            for part in (back[:3], back[-2:]) if wrap else (back,):
                lining = grid(part, wrap).flipped()
                add(lining, cell, weigh(lining.points))


def armour(wear: Wear) -> None:
    """Breastplate, pauldrons, bracers, knee plates, greaves; hip plates on a skirt that is in sight."""
    _breastplate(wear)
    _pauldrons(wear)
    _bracers(wear)
    if "skirt" in wear.pieces and "coat" not in wear.pieces:
        _hip_plates(wear)
    _leg_plates(wear)


def _over_coat(wear: Wear) -> float:
    """How much further off the body plates lie where a coat is under them."""
    return 0.0080 if "coat" in wear.pieces else 0.0


def _breastplate(wear: Wear) -> None:
    """Over the bust only; its upper edge is heart-shaped, the lower one comes to a point."""
    angle = np.radians(np.linspace(-166, -14, 25))[None]
    away = np.abs(np.degrees(angle) + 90) / 76
    top = (
        0.7250 + 0.0080 * bump(away - 0.42, 0.26) - 0.034 * smooth(0.62, 1.0, away) - 0.006 * bump(away, 0.16)
    )
    low = 0.6520 - 0.0200 * bump(away, 0.30) + 0.008 * smooth(0.5, 1.0, away)
    k = np.linspace(0, 1, 7)[:, None]
    z = top + (low - top) * k
    off = 0.0150 + 0.0030 * np.sin(np.pi * k) + 0.0035 * bump(away, 0.10) - 0.003 * (1 - k) ** 2
    off += _over_coat(wear) * (1 - 0.45 * away**4)
    _plate(
        wear,
        torso(angle, z, off),
        lambda p: weights.torso(wear.figure, p),
        np.array([0, 0, 0.69]),
        pair=False,
        lined=False,
    )


def _pauldrons(wear: Wear) -> None:
    """Three overlapping lames; the innermost moves with the shoulder, the outermost with the arm."""
    angle = np.radians(np.linspace(-14, 194, 13))
    lames = (
        (0.060, 0.118, 0.0300, 0.0480, 0.45),
        (0.098, 0.134, 0.0440, 0.0482, 0.22),
        (0.116, 0.150, 0.0440, 0.0472, 0.0),
    )
    over = _over_coat(wear)
    for inner, outer, r0, r1, shoulder in lames:
        k = np.linspace(0, 1, 5)[:, None]
        x = inner + (outer - inner) * k + 0.016 * (np.clip(np.sin(angle), 0, 1) ** 1.5 - 0.4) * k
        r = r0 + (r1 - r0) * np.sin(np.pi / 2 * k) + 0.0025 * k**4 + over
        points = np.stack(
            np.broadcast_arrays(x, ARM_Y - r * np.cos(angle), ARM_Z + 0.003 + r * np.sin(angle) * 0.98), -1
        )
        share = {"shoulder.L": shoulder, "upperArm.L": 1 - shoulder}
        _plate(wear, points, lambda p, s=share: s, np.array([0.10, ARM_Y, ARM_Z]), lined=shoulder != 0.22)


def _bracers(wear: Wear) -> None:
    """All round the forearm, flared at both ends and drawn to a point over the elbow."""
    x = np.array([0.256, 0.262, 0.275, 0.292, 0.310, 0.326, 0.338, 0.344])
    flare = 0.0050 + 0.0050 * smooth(0.275, 0.254, x) + 0.0022 * smooth(0.332, 0.345, x)
    rings = arm_band(x, flare, 20)
    top = np.clip((rings[0, :, 2] - ARM_Z) / 0.03, 0, 1) ** 2
    rings[..., 0] -= 0.018 * top * smooth(0.285, 0.256, x)[:, None]
    _plate(wear, rings, lambda p: {"lowerArm.L": 1.0}, np.array([0.30, ARM_Y, ARM_Z]), wrap=True)


def _hip_plates(wear: Wear) -> None:
    """Two shields to a side that hang from the belt and lie on the overskirt."""
    for middle in (-24.0, 22.0):
        u = np.linspace(-1, 1, 9)[None]
        k = np.linspace(0.03, 1, 8)[:, None]
        narrow = 1 - 0.28 * k**2
        angle = np.radians(middle + 20 * u * narrow)
        drop = k * (0.47 - 0.10 * np.abs(u) ** 1.5 * k)
        points = OVER.at(angle, drop, 0.0095)
        points = points + 0.004 * (1 - u**2)[..., None] * np.array([1.0, 0, 0])
        _plate(
            wear,
            points,
            lambda p: weights.skirt(wear.figure, p, wear.chains),
            np.array([0, 0, 0.54]),
            lined=False,
        )


def _leg_plates(wear: Wear) -> None:
    """Greaves with a ridge on the boots, and knee plates above them."""
    span = np.linspace(-166, -14, 13)
    ridge = bump(span + 90, 22)
    away = np.abs(span + 90) / 76
    k = np.linspace(0, 1, 9)[:, None]
    z = (0.2000 - 0.020 * away**2) + ((0.088 + 0.030 * away**2) - (0.2000 - 0.020 * away**2)) * k
    _plate(
        wear,
        _on_leg(z, span, (0.0085 if "boots" in wear.pieces else 0.0115) + 0.0035 * ridge + 0.002 * (1 - k)),
        lambda p: weights.leg(wear.figure, p),
        np.array([0.046, 0.01, 0.15]),
        lined=False,
    )
    span = np.linspace(-156, -24, 11)
    away = np.abs(span + 90) / 66
    k = np.linspace(0, 1, 7)[:, None]
    top, low = 0.296 - 0.010 * away**2, 0.242 + 0.012 * away**2
    off = 0.0070 + 0.0090 * np.sin(np.pi * k) * (1 - 0.75 * away**2) + 0.003 * bump(span + 90, 16)
    _plate(
        wear,
        _on_leg(top + (low - top) * k, span, off),
        lambda p: weights.leg(wear.figure, p),
        np.array([0.0475, 0.01, 0.27]),
        lined=False,
    )


def _on_leg(z: Array, span: Array, off: Array) -> Array:
    """Points at height z (rows, columns), angles `span` in degrees, `off` the leg."""
    columns = []
    for j, angle in enumerate(span):
        columns.append(leg_band(z[:, j], np.broadcast_to(off, z.shape)[:, j], 1, (angle, angle))[:, 0])
    return np.stack(columns, 1)
