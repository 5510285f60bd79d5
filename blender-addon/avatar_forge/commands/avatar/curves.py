# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves that shapes are described with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Array = np.ndarray
Profile = Callable[[Array], Array]


def profile(*knots: tuple[float, float]) -> Profile:
    """A monotone cubic through (x, y) knots, constant outside them.

    Fritsch and Carlson's weighted harmonic slopes: the curve never overshoots a knot, so a table of
    widths stays a table of widths. https://doi.org/10.1137/0717021
    """
    xs, ys = (np.array(column, float) for column in zip(*knots, strict=True))
    step = np.diff(xs)
    slope = np.diff(ys) / step
    tangent = np.zeros(len(xs))
    tangent[0], tangent[-1] = slope[0], slope[-1]
    for i in range(1, len(xs) - 1):
        if slope[i - 1] * slope[i] > 0:
            w1, w2 = 2 * step[i] + step[i - 1], step[i] + 2 * step[i - 1]
            tangent[i] = (w1 + w2) / (w1 / slope[i - 1] + w2 / slope[i])

    def at(x: Array) -> Array:
        x = np.clip(np.asarray(x, float), xs[0], xs[-1])
        i = np.clip(np.searchsorted(xs, x) - 1, 0, len(step) - 1)
        s = (x - xs[i]) / step[i]
        return (
            (1 + 2 * s) * (1 - s) ** 2 * ys[i]
            + s * (1 - s) ** 2 * step[i] * tangent[i]
            + s * s * (3 - 2 * s) * ys[i + 1]
            + s * s * (s - 1) * step[i] * tangent[i + 1]
        )

    return at


def spline(points: Sequence[Sequence[float]] | Array, count: int) -> Array:
    """`count` points of a Catmull-Rom curve through `points` (n, k)."""
    p = np.asarray(points, float)
    last = len(p) - 1
    t = np.linspace(0, last, count)
    i = np.minimum(t.astype(int), last - 1)
    s = (t - i)[:, None]
    q = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    a, b, c, d = q[i], q[i + 1], q[i + 2], q[i + 3]
    return 0.5 * (2 * b + (c - a) * s + (2 * a - 5 * b + 4 * c - d) * s**2 + (3 * b - a - 3 * c + d) * s**3)


def smooth(a: float, b: float, x: Array | float) -> Array:
    """Smoothstep from 0 at a to 1 at b (a may be the greater)."""
    t = np.clip((np.asarray(x, float) - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def bump(x: Array | float, width: float | Array) -> Array:
    """A Gaussian hill of height 1 at x = 0."""
    return np.exp(-((np.asarray(x, float) / width) ** 2))


def power(x: Array, exponent: float | Array) -> Array:
    """|x| to an exponent, with the sign of x: the coordinate of a superellipse."""
    return np.sign(x) * np.abs(x) ** exponent


def around(count: int) -> Array:
    """`count` angles of a closed loop."""
    return np.arange(count) * 2 * np.pi / count


def unit(v: Array) -> Array:
    """Vectors (…, 3) at length 1."""
    return v / (np.linalg.norm(v, axis=-1, keepdims=True) + 1e-12)


def tangents(points: Array) -> Array:
    """Directions along a polyline (n, 3)."""
    return unit(np.gradient(points, axis=0))
