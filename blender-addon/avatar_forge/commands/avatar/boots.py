# SPDX-License-Identifier: GPL-3.0-or-later
"""Stockings and boots, left; the part mirrors them."""

from __future__ import annotations

import numpy as np

from .body import leg_band
from .curves import Array, around, bump, power, profile, smooth
from .patch import Patch, loft
from .wear import Wear

_foot_half = profile(
    (-0.098, 0.009), (-0.088, 0.0185), (-0.060, 0.0268),
    (-0.030, 0.0262), (0.0, 0.0236), (0.020, 0.0238), (0.034, 0.017),
)  # fmt: skip
_foot_top = profile(
    (-0.098, 0.017), (-0.082, 0.0255), (-0.055, 0.0335),
    (-0.030, 0.0470), (-0.010, 0.0580), (0.015, 0.0560), (0.034, 0.0360),
)  # fmt: skip
_foot_x = profile((-0.098, 0.0490), (-0.04, 0.0470), (0.034, 0.0440))
_arch = profile((-0.098, 0.0130), (-0.055, 0.0110), (-0.02, 0.0150), (0.01, 0.0180), (0.034, 0.0180))


def stockings(wear: Wear) -> None:
    """From mid thigh into the boots."""
    low = 0.225 if "boots" in wear.pieces else 0.060
    heights = np.array([0.352, 0.3518, 0.346, 0.334, 0.316, 0.300, 0.286, 0.272, 0.258, 0.244, 0.225])
    if low < 0.2:
        heights = np.concatenate([heights, [0.200, 0.170, 0.135, 0.100, 0.075, low]])
    offs = np.array([0.0002, 0.0034, 0.0034, *[0.0016] * (len(heights) - 3)])
    wear.on_legs(loft(leg_band(heights, offs)), "stocking")


def boots(wear: Wear) -> None:
    """Up to below the knee, with a turned-down cuff."""
    shaft = np.array([0.232, 0.205, 0.175, 0.145, 0.115, 0.096, 0.082, 0.072, 0.062, 0.052, 0.040])
    fold = (
        0.0014 * bump(shaft - 0.079, 0.006)
        - 0.0006 * bump(shaft - 0.070, 0.005)
        + 0.0010 * bump(shaft - 0.061, 0.005)
    )
    loose = 0.0034 + 0.0030 * smooth(0.19, 0.225, shaft) + 0.0035 * smooth(0.10, 0.05, shaft) + fold
    wear.on_legs(loft(leg_band(shaft, loose, 16)), "boot")
    _footwear(wear)
    _cuff(wear)


def shoes(wear: Wear) -> None:
    """Low shoes with a rolled edge at the ankle."""
    shaft = np.array([0.0735, 0.0740, 0.0700, 0.062, 0.052, 0.040])
    loose = np.array([0.0010, 0.0060, 0.0070, 0.0062, 0.0068, 0.0075])
    wear.on_legs(loft(leg_band(shaft, loose, 16)), "leather")
    wear.on_legs(loft(leg_band(np.array([0.0705, 0.0680]), 0.0076, 16)), "accent")
    _footwear(wear)


def _footwear(wear: Wear) -> None:
    wear.on_legs(_foot(), "leather")
    for patch in _sole():
        wear.on_legs(patch, "sole")


def _foot() -> Patch:
    y = np.array([0.034, 0.028, 0.012, -0.008, -0.030, -0.052, -0.070, -0.085, -0.094, -0.098])
    low, high = _arch(y), _foot_top(y)
    angle = around(16)
    x = _foot_x(y)[:, None] + _foot_half(y)[:, None] * power(np.cos(angle), 0.80)
    z = ((low + high) / 2)[:, None] + ((high - low) / 2)[:, None] * power(np.sin(angle), 0.86)
    return loft(np.stack(np.broadcast_arrays(x, y[:, None], z), -1), start=True, end=True)


def _outline(count: int, grow: float, back: float, front: float) -> Array:
    """(count, 2): the foot's plan between two y, as a loop."""
    y = np.linspace(back, front, count // 2)
    y[0], y[-1] = back, front
    half = np.maximum(_foot_half(y) + grow, 0.004)
    return np.concatenate([np.stack([_foot_x(y) + half, y], 1), np.stack([_foot_x(y) - half, y], 1)[::-1]])


def _sole() -> list[Patch]:
    """A sole that follows the arch, and a heel."""
    plan = _outline(28, 0.0009, 0.034, -0.098)
    under = np.maximum(_arch(plan[:, 1]) - 0.0118, 0.0)
    rise = np.where(plan[:, 1] > -0.030, np.maximum(under, 0.002), under)
    sole = np.stack([np.column_stack([plan, _arch(plan[:, 1]) + 0.0035]), np.column_stack([plan, rise])])
    heel_plan = _outline(16, -0.0008, 0.034, -0.002)
    heel = np.stack([np.column_stack([heel_plan, np.full(16, z)]) for z in (0.012, 0.0)])
    heel[1, :, :2] = (heel[1, :, :2] - heel[1, :, :2].mean(axis=0)) * 0.93 + heel[1, :, :2].mean(axis=0)
    return [loft(sole, end=True), loft(heel, end=True)]


def _cuff(wear: Wear) -> None:
    """A turned-down top, notched behind the knee, with a gold edge."""
    heights = np.array([0.2330, 0.2345, 0.2320, 0.2230, 0.2140, 0.2075, 0.2085])
    offs = np.array([0.0035, 0.0064, 0.0082, 0.0090, 0.0096, 0.0100, 0.0066])
    rings = leg_band(heights, offs, 20)
    angle = around(20)
    point = 0.0100 * np.clip(-np.sin(angle), 0, 1) ** 3
    rings[..., 2] -= point * smooth(0.2345, 0.208, heights)[:, None]
    wear.on_legs(loft(rings), "leather_deep")
    edge = rings[4:6] * 1.0
    edge[0] = rings[4] * 0.45 + rings[5] * 0.55
    axis = edge.mean(axis=1, keepdims=True)
    out = (edge - axis) * [1, 1, 0]
    edge = edge + out / np.linalg.norm(out, axis=-1, keepdims=True) * 0.0008
    wear.on_legs(loft(edge), "accent")
