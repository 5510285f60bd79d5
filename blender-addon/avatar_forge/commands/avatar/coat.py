# SPDX-License-Identifier: GPL-3.0-or-later
"""Long-sleeved clothes that hang below the belt: the tunic, and the coat worn open over everything."""

from __future__ import annotations

import numpy as np

from .body import WRIST, arm_band, torso_band
from .curves import around, bump, smooth
from .outfit import bodice
from .patch import grid_normals, loft
from .skirt import Sheet, arc, phase
from .wear import Wear

TUNIC = Sheet(0.594, 0.398, 0.0095, 0.040, 0.0030)
_UNDER_COAT = Sheet(0.594, 0.398, 0.0085, 0.026, 0.0012)
COAT = Sheet(0.600, 0.262, 0.0200, 0.086, 0.0040, fall=0.020)
_GAP = 24.0  # degrees to each side of the front where the coat stands open


def tunic(wear: Wear) -> None:
    """Closed, to the middle of the thighs, or tucked into a skirt; under a coat, as far as it shows."""
    wear.on_torso(bodice(wear), "vest")
    k = np.linspace(0, 1, 7)[:, None]
    cells = ("overskirt", "lining", "accent")
    hidden = "coat" in wear.pieces
    if not hidden:
        _sleeves(wear, "sleeve", 0.0)
    if "skirt" in wear.pieces:
        return
    if hidden:
        seen = arc(-64, 64, 29)
        wear.sheet(_UNDER_COAT.at(seen, k), cells, False, phase(seen))
    else:
        wear.sheet(TUNIC.at(around(72)[None], k), cells, True)


def coat(wear: Wear) -> None:
    """Open in front, with lapels, to below the knees."""
    heights = np.array([0.786, 0.776, 0.765, 0.752, 0.735, 0.712, 0.690, 0.662, 0.635, 0.610, 0.596])
    offs = np.array([0.0110, 0.0125, 0.0130, 0.0130, 0.0130, 0.0140, 0.0150, 0.0150, 0.0160, 0.0190, 0.0205])
    opening = 17 + 7 * smooth(0.70, 0.60, heights) - 5 * bump(heights - 0.70, 0.05)
    rings = np.stack(
        [
            torso_band(np.array([z]), off, 49, (gap - 90, 270 - gap))[0]
            for z, off, gap in zip(heights, offs, opening, strict=True)
        ]
    )
    rings[..., 2] += 0.0045 * smooth(0.752, 0.776, rings[..., 2])  # clear of the shirt where both lie flat
    wear.lined(rings[:, ::-1], 0.0020, ("coat", "coat_lining", "accent"), 4)
    _coat_collar(wear)
    tails = COAT.at(arc(_GAP, 360 - _GAP, 81), np.linspace(0, 1, 9)[:, None])
    wear.sheet(tails, ("coat_tail", "coat_lining", "accent"), False)
    _sleeves(wear, "coat_sleeve", 0.0030)


def _coat_collar(wear: Wear) -> None:
    """Stands up round the neck and falls over, open in front, where its points hang lower."""
    angle = np.radians(np.linspace(22 - 90, 338 - 90, 41))
    rise = np.array([0.783, 0.795, 0.8045, 0.8070, 0.8035, 0.7940, 0.7850])[:, None]
    across = np.array([0.0500, 0.0490, 0.0495, 0.0520, 0.0560, 0.0625, 0.0680])[:, None]
    fold = np.linspace(0, 1, 7)[:, None] ** 2
    front = bump(np.cos(angle / 2 + np.pi / 4), 0.50)[None] ** 2
    x = across * np.cos(angle) * (1 + 0.06 * fold * front)
    y = 0.008 + across * (1.02 - 0.10 * fold * front) * np.sin(angle)
    z = rise + 0.13 * y - 0.022 * front * fold - 0.006 * front
    points = np.stack(np.broadcast_arrays(x, y, z), -1)
    if np.einsum("ijk,ijk->", grid_normals(points, False)[-2:], points[-2:] * [1, 1, 0]) < 0:
        points = points[:, ::-1]
    wear.lined(points, 0.0012, ("coat", "coat_lining", "accent"))


def _sleeves(wear: Wear, cell: str, off: float) -> None:
    """To the wrist, with a turned-up cuff; close to the arm where a bracer goes over it."""
    tight = "armour" in wear.pieces
    x = np.array(
        [
            0.040,
            0.056,
            0.066,
            0.076,
            0.086,
            0.096,
            0.107,
            0.120,
            0.134,
            0.150,
            0.178,
            0.205,
            0.225,
            0.245,
            0.268,
            0.295,
            0.322,
            0.345,
        ]
    )
    loose = 0.0050 + off - 0.016 * smooth(0.085, 0.040, x)
    loose += (0.0 if tight else 0.0070) * smooth(0.250, 0.345, x) - (0.0015 + off) * tight * smooth(
        0.22, 0.26, x
    )
    wear.on_arms(loft(arm_band(x, loose, 18, (0.0 if tight else 0.25) * smooth(0.26, 0.34, x))), cell)
    if tight:
        return
    cuff = np.array([0.3120, 0.3116, 0.3300, 0.3480, 0.3484, 0.3440])
    wide = 0.0068 + off + np.array([0.0030, 0.0058, 0.0068, 0.0080, 0.0050, 0.0020])
    wear.on_arms(loft(arm_band(cuff, wide, 18, 0.25)), "accent_deep")
    wear.on_arms(
        loft(arm_band(np.array([0.348, WRIST - 0.016]), np.array([0.010 + off, -0.004]), 18)), "lining"
    )
