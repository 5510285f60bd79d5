# SPDX-License-Identifier: GPL-3.0-or-later
"""The head as one smooth function: every part of a face lies on it, or a little off it.

Head units (figure.py). A point of the front is named by (x, t), so that a part which moves (a lid, a lip,
a brow) is put back on the surface by asking for its new (x, t).
"""

from __future__ import annotations

import numpy as np

from .curves import bump, power, profile

Array = np.ndarray

half_width = profile(
    (0, 0.048), (0.03, 0.108), (0.07, 0.168), (0.13, 0.240), (0.20, 0.302), (0.30, 0.355), (0.40, 0.388),
    (0.50, 0.402), (0.60, 0.405), (0.70, 0.395), (0.80, 0.360), (0.90, 0.280), (0.96, 0.180), (1, 0),
)  # fmt: skip
_front = profile(
    (0, 0.328), (0.03, 0.362), (0.08, 0.373), (0.15, 0.376), (0.20, 0.381), (0.28, 0.390), (0.36, 0.389),
    (0.43, 0.386), (0.50, 0.392), (0.60, 0.405), (0.70, 0.405), (0.80, 0.370), (0.90, 0.280),
    (0.96, 0.180), (1, 0),
)  # fmt: skip
_back = profile(
    (0, -0.22), (0.03, -0.12), (0.07, -0.02), (0.12, 0.10), (0.18, 0.21), (0.25, 0.31), (0.35, 0.40),
    (0.45, 0.44),
    (0.60, 0.47), (0.70, 0.455), (0.80, 0.40), (0.90, 0.30), (0.96, 0.19), (1, 0),
)  # fmt: skip
_middle = profile((0, -0.27), (0.05, -0.20), (0.1, -0.13), (0.2, -0.05), (0.3, 0), (1, 0))
_roundness = profile((0, 1.9), (0.1, 2.0), (0.25, 2.25), (0.5, 2.45), (0.8, 2.2), (1, 2.0))


def _relief(x: Array, t: Array) -> Array:
    """Nose, eye sockets, cheeks and lips, as heights."""
    nose_width = 0.030 + 0.02 * np.clip(t - 0.27, 0, None)
    nose = 0.042 * bump(x, nose_width) * np.where(t < 0.285, bump(t - 0.285, 0.028), bump(t - 0.285, 0.075))
    socket = -0.020 * bump(np.abs(x) - 0.17, 0.10) * bump(t - 0.44, 0.07)
    cheek = 0.014 * bump(np.abs(x) - 0.20, 0.10) * bump(t - 0.25, 0.09)
    lips = 0.007 * bump(x, 0.07) * bump(t - 0.150, 0.035) - 0.004 * bump(x, 0.06) * bump(t - 0.105, 0.022)
    return nose + socket + cheek + lips


def front(x: Array, t: Array) -> Array:
    """y of the front surface."""
    middle = _middle(t)
    u = np.clip(np.abs(x) / np.maximum(half_width(t), 1e-6), 0, 1)
    n = _roundness(t)
    return middle - (middle + _front(t)) * np.clip(1 - u**n, 0, 1) ** (1 / n) - _relief(x, t)


def on_front(x: Array, t: Array, off: Array | float = 0.0) -> Array:
    """Points (…, 3) of the face, `off` in front of it."""
    return np.stack([x, front(x, t) - off, t], -1)


def surface(angle: Array, t: Array) -> Array:
    """Points all round the head; angle 0 faces forwards, positive angles lie on the figure's left (+x)."""
    angle = (np.asarray(angle, float) + np.pi) % (2 * np.pi) - np.pi
    t = np.asarray(t, float)
    s, c = np.sin(angle), np.cos(angle)
    exponent = np.where(c >= 0, _roundness(t), 2.0)
    x = half_width(t) * power(s, 2 / exponent)
    y = np.where(c >= 0, front(x, t), _middle(t) + (_back(t) - _middle(t)) * np.abs(c))
    return np.stack(np.broadcast_arrays(x, y, t), -1)


def angle_of(x: Array, t: Array) -> Array:
    """The angle at which the front surface has that x."""
    return np.sign(x) * np.arcsin(np.clip(np.abs(x) / half_width(t), 0, 1) ** (_roundness(t) / 2))
