# SPDX-License-Identifier: GPL-3.0-or-later
"""Clothes above the belt: the body's own functions plus an offset."""

from __future__ import annotations

import numpy as np

from .body import WRIST, arm_band, palm, torso, torso_band
from .curves import Array, around, bump, smooth
from .patch import Patch, loft, tube
from .wear import Wear

X, Y, Z = np.eye(3)


def shirt(wear: Wear) -> None:
    """Under everything: collar, torso as far down as it shows, and short sleeves where none are longer."""
    covered = wear.pieces & {"vest", "tunic"}
    heights = np.array([0.796, 0.786, 0.776, 0.765, 0.752, 0.735, 0.712, 0.685])
    if not covered:
        heights = np.concatenate([heights, [0.660, 0.635, 0.612, 0.594, 0.578]])
    offs = np.array([0.002, 0.003, 0.004, 0.0042, *[0.004] * (len(heights) - 4)])
    wear.on_torso(loft(torso_band(heights, offs, 28)), "main" if "tunic" in wear.pieces else "shirt")
    _collar(wear)
    if not wear.pieces & {"tunic", "coat"}:
        _puff_sleeves(wear)


def vest(wear: Wear) -> None:
    """A bodice with a neckline that dips in front and under the arms."""
    wear.on_torso(bodice(wear), "vest")


def bodice(wear: Wear) -> Patch:
    """The vest's and the tunic's trunk; closer to the body under a coat, or the armpits show through it."""
    heights = np.array([0.735, 0.716, 0.692, 0.662, 0.632, 0.606, 0.592, 0.580])
    close = 0.0040 if "coat" in wear.pieces else 0.0
    offs = np.array([0.0085, 0.011, 0.011, 0.010, 0.008, 0.007, 0.007, 0.008]) - close
    angle = around(32)
    front, side = np.clip(-np.sin(angle), 0, 1) ** 2, np.abs(np.cos(angle)) ** 6
    dip = -0.030 * front + 0.018 * (1 - front) * (1 - side) - 0.020 * side
    z = heights[:, None] + dip * smooth(0.660, 0.735, heights)[:, None]
    rings = torso(angle, z, offs[:, None])
    return loft(rings, uv=_down(rings.shape))


def _down(shape: tuple[int, ...]) -> Array:
    """UV with v = 1 at the first row: an edging painted at the hem becomes one at the neckline."""
    rows, columns = shape[:2]
    u, v = np.meshgrid(np.arange(columns) / columns, np.linspace(1, 0, rows))
    return np.stack([u, v], -1)


def _collar(wear: Wear) -> None:
    heights = np.array([0.774, 0.797, 0.806, 0.814, 0.8145, 0.806])
    across = np.array([0.0430, 0.0400, 0.0375, 0.0385, 0.0360, 0.0340])
    middle = 0.008 + 0.10 * (heights - 0.79) - np.array([0.0028, *[0] * 5])  # its foot lies under the shirt
    centre = np.stack([0 * heights, middle, heights], 1)
    rings = tube(centre, X, Y, across, across * 1.02, 24).points.reshape(6, 24, 3)
    rings[..., 2] += 0.10 * (rings[..., 1] - 0.008) * smooth(0.79, 0.812, heights)[:, None]
    own = "tunic" in wear.pieces  # of the same cloth, or the foot shows as a ragged edge
    wear.on_torso(loft(rings[:4]), "main" if own else "light")
    wear.on_torso(loft(rings[3:], out=False), "light_lining")
    edge = np.stack([rings[2] * 0.35 + rings[3] * 0.65, rings[3]]) * [1.015, 1.015, 1] + [0, 0, 0.0004]
    wear.on_torso(loft(edge), "accent")


def cravat(wear: Wear) -> None:
    """Two tiers of pleats that fan out under the brooch."""
    across = np.linspace(-1, 1, 17)[None]
    k = np.linspace(0, 1, 5)[:, None]
    for top, drop, wide, off in ((0.757, 0.044, 0.034, 0.0085), (0.760, 0.027, 0.026, 0.0135)):
        x = across * (0.006 + (wide - 0.006) * k**0.8)
        z = top - drop * k * (1 - 0.16 * across**2)
        base = torso(np.array(-np.pi / 2), z, off + 0.0035 * k)[..., 1]
        y = base - 0.0028 * k * np.cos(across * np.pi * 3.5) + 0.010 * across**2 * k
        points = np.stack(np.broadcast_arrays(x, y, z), -1)
        wear.lined(points[:, ::-1], 0.0012, ("frill", "lining", "accent"))
    _boss(wear, 0.7635, 0.0090, (0.0140, 0.0155), 0.0045, 2.0, "accent")
    _boss(wear, 0.7635, 0.0125, (0.0102, 0.0117), 0.0042, 2.0, "gem")


def _puff_sleeves(wear: Wear) -> None:
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
    wear.on_arms(loft(rings), "puff")
    band = np.array([0.1745, 0.1750, 0.1840, 0.1845, 0.1800])
    wear.on_arms(loft(arm_band(band, np.array([0.001, 0.0048, 0.0048, 0.001, 0.0002]), 18)), "accent")
    rim = np.array([0.176, 0.1765])
    wear.on_arms(loft(arm_band(rim, np.array([0.006, 0.0004]), 18)), "light_lining")


def gloves(wear: Wear) -> None:
    """A leather half glove over the hand; above it a long glove, where no sleeve reaches down there."""
    wear.on_arms(palm(0.0011), "leather")
    if wear.pieces & {"tunic", "coat"}:
        wear.on_arms(loft(arm_band(np.array([0.322, 0.336, WRIST - 0.004]), 0.0018, 16)), "leather")
        return
    x = np.array([0.204, 0.211, 0.221, 0.230, 0.240, 0.252, 0.270, 0.320, WRIST - 0.004])
    rings = arm_band(x, 0.0022 + 0.0030 * smooth(0.216, 0.204, x), 16)
    wear.on_arms(loft(rings), "glove")
    top = np.array([0.2035, 0.2042])
    wear.on_arms(loft(arm_band(top, np.array([0.0, 0.0050]), 16)), "accent_deep")


def belt(wear: Wear) -> None:
    """With a gold edge and a buckle; it hides where trunk and skirt meet. On a bare shirt it lies closer."""
    close = 0.0 if wear.pieces & {"vest", "tunic", "skirt"} else 0.0065
    heights = np.array([0.6015, 0.601, 0.5765, 0.576])
    offs = np.array([0.007, 0.0135, 0.0155, 0.009]) - close
    wear.on_torso(loft(torso_band(heights, offs, 32)), "leather")
    for z in (0.5985, 0.5790):
        ring = np.array([z + 0.0014, z + 0.0012, z - 0.0012, z - 0.0014])
        off = 0.0140 - close + (0.6 - z) * 0.08
        wear.on_torso(
            loft(torso_band(ring, off + np.array([-0.002, 0.0012, 0.0012, -0.002]), 32)),
            "accent",
        )
    _boss(wear, 0.5885, 0.0140 - close, (0.0190, 0.0170), 0.005, 5.0, "accent")
    _boss(wear, 0.5885, 0.0190 - close, (0.0125, 0.0105), 0.003, 4.0, "leather_deep")


def _boss(
    wear: Wear, z: float, off: float, size: tuple[float, float], lift: float, n: float, cell: str
) -> None:
    """A raised round or square piece at the middle of the chest: a button, a buckle, the seat of a gem."""
    seat = torso(np.array([-np.pi / 2]), np.array([z]), off)[0]
    a = np.array([1.0, 1.0, 0.72])
    centre = seat + np.array([[0, 0.004, 0], [0, -lift, 0], [0, -lift * 1.5, 0]])
    wear.on_torso(tube(centre, X, Z, a * size[0], a * size[1], 16, n=n, end=True), cell)
