# SPDX-License-Identifier: GPL-3.0-or-later
"""Ears: a leaf or a shell with thickness, a rolled edge and a hollow. Left side."""

from __future__ import annotations

import numpy as np

from .curves import profile, spline, tangents, unit
from .patch import Patch, loft

Array = np.ndarray

_SPINES = {
    "pointed": (
        ((0.350, 0.020, 0.330), (0.430, 0.040, 0.350), (0.560, 0.085, 0.400), (0.700, 0.150, 0.485)),
        10,
    ),
    "round": (
        ((0.356, 0.035, 0.350), (0.392, 0.055, 0.362), (0.424, 0.078, 0.374), (0.442, 0.094, 0.382)),
        9,
    ),
}
_WIDTHS = {
    "pointed": profile((0, 0.060), (0.22, 0.084), (0.5, 0.078), (0.8, 0.042), (0.95, 0.012), (1, 0.001)),
    "round": profile((0, 0.058), (0.35, 0.080), (0.75, 0.066), (0.93, 0.036), (1, 0.010)),
}
SHAPES = tuple(_SPINES)


def ear(shape: str) -> Patch:
    """One ear in head units; v of its UV runs from root to tip, u round it with the hollow at u < 0.5."""
    points, rows = _SPINES[shape]
    spine = spline(points, rows)
    s = np.linspace(0, 1, rows)
    width = _WIDTHS[shape](s)
    along = tangents(spine)
    up = np.array([0.0, -0.42, 1.0])
    up = unit(up - along * (along @ up)[:, None])
    out = np.cross(up, along)
    out = out * np.where(out[:, 1:2] > 0, -1, 1)  # the hollow looks forwards
    # round the section: front edge, hollow, back edge, outer skin
    a = np.array([1.0, 0.88, 0.62, 0.15, -0.40, -0.80, -1.0, -0.85, -0.30, 0.35, 0.85])
    depth = np.array([0.10, 0.26, 0.06, -0.10, -0.06, 0.22, 0.05, -0.12, -0.22, -0.22, -0.12])
    rings = (
        spine[:, None]
        + up[:, None] * (width[:, None] * a)[..., None]
        + out[:, None] * (np.minimum(width, 0.07)[:, None] * depth * 0.9)[..., None]
    )
    u = np.linspace(0, 1, len(a), endpoint=False)
    uv = np.stack(np.broadcast_arrays(u, s[:, None]), -1)
    return loft(rings, end=True, uv=uv)
