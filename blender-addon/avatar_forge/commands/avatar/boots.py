# SPDX-License-Identifier: GPL-3.0-or-later
"""Stockings and boots, left; the part mirrors them."""

from __future__ import annotations

import numpy as np

from . import weights
from .body import leg_band
from .curves import Array, around, bump, power, profile, smooth
from .figure import Figure
from .meshbuilder import Part
from .patch import Patch, loft

_foot_half = profile(
    (-0.094, 0.012), (-0.084, 0.022), (-0.060, 0.0295),
    (-0.030, 0.0285), (0.0, 0.0245), (0.020, 0.0245), (0.034, 0.017),
)  # fmt: skip
_foot_top = profile(
    (-0.094, 0.018), (-0.080, 0.0265), (-0.055, 0.0345),
    (-0.030, 0.0470), (-0.010, 0.0580), (0.015, 0.0560), (0.034, 0.0360),
)  # fmt: skip
_foot_x = profile((-0.094, 0.0490), (-0.04, 0.0470), (0.034, 0.0440))
_arch = profile((-0.094, 0.0130), (-0.055, 0.0110), (-0.02, 0.0150), (0.01, 0.0180), (0.034, 0.0180))


def _add(part: Part, figure: Figure, patch: Patch, cell: str) -> None:
    worn = patch.moved(figure.from_body(patch.points))
    part.add_pair(worn, cell, weights.leg(figure, worn.points))


def add_legwear(part: Part, figure: Figure) -> None:
    """Stockings from mid thigh, boots from below the knee."""
    heights = np.concatenate(
        [[0.352, 0.3518, 0.346], np.array([0.334, 0.316, 0.300, 0.286, 0.272, 0.258, 0.244, 0.225])]
    )
    offs = np.array([0.0002, 0.0034, 0.0034, *[0.0016] * 8])
    _add(part, figure, loft(leg_band(heights, offs)), "stocking")
    shaft = np.array([0.232, 0.205, 0.175, 0.145, 0.115, 0.096, 0.082, 0.072, 0.062, 0.052, 0.040])
    fold = (
        0.0014 * bump(shaft - 0.079, 0.006)
        - 0.0006 * bump(shaft - 0.070, 0.005)
        + 0.0010 * bump(shaft - 0.061, 0.005)
    )
    loose = 0.0034 + 0.0030 * smooth(0.19, 0.225, shaft) + 0.0035 * smooth(0.10, 0.05, shaft) + fold
    _add(part, figure, loft(leg_band(shaft, loose, 16)), "leather")
    _add(part, figure, _foot(), "leather")
    for patch in _sole():
        _add(part, figure, patch, "sole")
    _cuff(part, figure)


def _foot() -> Patch:
    y = np.array([0.034, 0.028, 0.012, -0.008, -0.030, -0.052, -0.070, -0.083, -0.091, -0.094])
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
    plan = _outline(28, 0.0012, 0.034, -0.094)
    under = np.maximum(_arch(plan[:, 1]) - 0.0125, 0.0)
    rise = np.where(plan[:, 1] > -0.030, np.maximum(under, 0.002), under)
    sole = np.stack([np.column_stack([plan, _arch(plan[:, 1]) + 0.0035]), np.column_stack([plan, rise])])
    heel_plan = _outline(16, -0.0008, 0.034, -0.002)
    heel = np.stack([np.column_stack([heel_plan, np.full(16, z)]) for z in (0.012, 0.0)])
    heel[1, :, :2] = (heel[1, :, :2] - heel[1, :, :2].mean(axis=0)) * 0.93 + heel[1, :, :2].mean(axis=0)
    return [loft(sole, end=True), loft(heel, end=True)]


def _cuff(part: Part, figure: Figure) -> None:
    """A turned-down top, notched behind the knee, with a gold edge."""
    heights = np.array([0.2330, 0.2345, 0.2320, 0.2230, 0.2140, 0.2075, 0.2085])
    offs = np.array([0.0035, 0.0064, 0.0082, 0.0090, 0.0096, 0.0100, 0.0066])
    rings = leg_band(heights, offs, 20)
    angle = around(20)
    point = 0.0100 * np.clip(-np.sin(angle), 0, 1) ** 3
    rings[..., 2] -= point * smooth(0.2345, 0.208, heights)[:, None]
    _add(part, figure, loft(rings), "leather_deep")
    edge = rings[4:6] * 1.0
    edge[0] = rings[4] * 0.45 + rings[5] * 0.55
    axis = edge.mean(axis=1, keepdims=True)
    out = (edge - axis) * [1, 1, 0]
    edge = edge + out / np.linalg.norm(out, axis=-1, keepdims=True) * 0.0008
    _add(part, figure, loft(edge), "accent")
