# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair: a cap, and locks of lens-shaped section that leave the crown, hug the skull and fall free.

A lock is a path in head units; its width and its tip are a profile along it. Which locks there are is the
haircut's affair (haircuts.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .curves import Array, Profile, around, profile, smooth, spline, tangents, unit
from .headshape import surface
from .patch import Patch, grid, loft

_SECTION = np.radians([0, 45, 90, 135, 180, 270])  # three points outwards, one to the head
CENTRE = np.array([0, 0.03, 0.55])
# The texture's upper part goes by height, so that the light lies at one height on all locks; below it, a
# lock's own length is what the rest is stretched over.
BROW, CROWN, FALL = 0.68, 1.2, 0.55  # heights t where the parts meet and at the top; v where they meet
SLOTS = 4  # painted locks side by side


@dataclass(frozen=True)
class Lock:
    """`path` (n, 3) from root to tip; `width` is half the fullest, `thickness` a share of it."""

    path: Array
    width: float
    taper: Profile
    thickness: float = 0.42
    rows: int = 16
    swing: str = ""  # the chains that move it; none: the head alone
    core: Array | None = None  # (n, 3) what its face turns away from; else the head
    tip: float = 1.0  # how far towards the colour of the tips it goes
    flat: bool = False  # it lies on the skull, and has no back

    @property
    def triangles(self) -> int:
        return 2 * (len(_SECTION) - 2 * self.flat) * (self.rows - 1)


def around_skull(keys: Array) -> Array:
    """Points for keys (n, 3) of angle in degrees, height, distance; below the ears they hang down."""
    angle, t, off = keys.T
    held = np.clip(t, 0.46, 0.999)
    skull = surface(np.radians(angle), held)
    out = skull - CENTRE
    out[:, 2] *= smooth(0.42, 0.66, t)
    points = skull + unit(out) * off[:, None]
    points[:, 2] += t - held
    return points


def skull_along(points: Array, off: Array | float) -> Array:
    """Where rays from the head's middle through points (n, 3) leave the skull, and `off` further."""
    ray = unit(np.asarray(points, float) - CENTRE)
    near, far = np.zeros(len(ray)), np.full(len(ray), 0.8)
    for _ in range(24):
        middle = (near + far) / 2
        at = CENTRE + ray * middle[:, None]
        height = np.clip(at[:, 2], 0.02, 0.9995)
        wall = surface(np.arctan2(at[:, 0], -(at[:, 1] - CENTRE[1])), height)[:, :2] - CENTRE[:2]
        inside = (np.hypot(*wall.T) > np.hypot(*(at[:, :2] - CENTRE[:2]).T)) & (at[:, 2] < 0.9995)
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return CENTRE + ray * (near + off)[:, None]


def _sampled(path: Array, rows: int) -> tuple[Array, Array]:
    """`rows` points of a dense path and how far along they are: closer in bends and towards the tip."""
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    far = np.concatenate([[0], np.cumsum(step)])
    far /= far[-1]
    bend = np.linalg.norm(np.diff(tangents(path), axis=0), axis=1)
    cost = step + bend + step * 1.2 * smooth(0.70, 0.95, far[1:])
    spent = np.concatenate([[0], np.cumsum(cost)])
    at = np.interp(np.linspace(0, spent[-1], rows), spent, np.arange(len(path)))
    index = np.arange(len(path))
    return np.stack([np.interp(at, index, axis) for axis in path.T], 1), np.interp(at, index, far)


def texture_v(t: Array, low: float, tip: float = 1.0) -> Array:
    """Where heights t of a lock lie in the texture; `low` is where it ends, `tip` as Lock has it."""
    fallen = np.clip((BROW - t) / max(BROW - low, 0.08), 0, 1)
    return np.where(t < BROW, FALL * (1 - tip * fallen), FALL + (1 - FALL) * (t - BROW) / (CROWN - BROW))


def lock_patch(lock: Lock, slot: int) -> Patch:
    """The surface of one lock.

    u runs across one of the texture's painted locks, in its right half on the side to the head.
    """
    path, s = _sampled(spline(lock.path, 241), lock.rows)
    width = lock.width * lock.taper(s)
    along = tangents(path)
    if lock.core is None:
        out = path - CENTRE
        out[:, 2] *= 0.15 + 0.85 * smooth(0.35, 0.72, path[:, 2])
    else:
        core = spline(lock.core, 241)
        out = path - np.stack([np.interp(s, np.linspace(0, 1, 241), axis) for axis in core.T], 1)
    out = unit(out - along * np.einsum("ij,ij->i", out, along)[:, None])
    side = np.cross(along, out)
    section = _SECTION[:-1] if lock.flat else _SECTION
    c, d = np.cos(section), np.sin(section)
    lens = width[:, None] * (lock.thickness * np.where(d < 0, 0.55, 1.0) * d - 0.20 * c**2)
    rings = path[:, None] + side[:, None] * (width[:, None] * c)[..., None] + out[:, None] * lens[..., None]
    # the ring of light lies on a ball
    dome = 0.06 * (path[:, :1] / 0.4) ** 2 * smooth(0.60, 0.75, path[:, 2:])
    v = texture_v(rings[..., 2] + dome, path[:, 2].min(), lock.tip)
    u = (slot + 0.5 + 0.47 * c) / SLOTS
    uv = np.stack(np.broadcast_arrays(u, v), -1)
    if lock.flat:
        outside = grid(rings, uv=uv).flipped()
        return replace(outside, uv=outside.uv * [0.5, 1])
    patch = loft(rings, uv=uv)
    inner = np.tile(np.repeat(np.roll(d, -1) + d < 0, 4), lock.rows - 1)
    return Patch(patch.points, patch.faces, patch.uv * [0.5, 1] + np.where(inner, 0.5, 0.0)[:, None] * [1, 0])


def hairline(angle: Array) -> Array:
    """The lowest t that hair grows from, by degrees round the head."""
    return _hairline(np.abs(angle))


_hairline = profile((0, 0.78), (25, 0.76), (45, 0.66), (70, 0.52), (95, 0.44), (130, 0.29), (180, 0.24))


def cap() -> Patch:
    """The scalp under the locks, down to the hairline."""
    columns, rows = 36, 7
    angle = -180 + 360 * np.arange(columns) / columns
    k = np.linspace(0, 1, rows)[:, None]
    low = hairline(angle)
    t = low + (0.999 - low) * (1 - (1 - k) ** 1.2)
    skull = surface(np.radians(angle), t)
    points = skull + unit(skull - CENTRE) * (0.014 + 0.026 * smooth(0, 0.2, k))[..., None]
    to_and_fro = np.abs(np.arange(columns) % 6 - 3) / 3  # no seam, whatever the texture
    u = (0.1 + 0.8 * to_and_fro) / SLOTS / 2
    uv = np.stack(np.broadcast_arrays(u, texture_v(t, -0.4)), -1)
    return grid(points, True, uv)


def wisp() -> Patch:
    """The one strand that stands up from the crown."""
    path = spline([(0, 0.02, 1.04), (0.01, -0.03, 1.13), (0.09, -0.10, 1.175), (0.17, -0.12, 1.11)], 9)
    s = np.linspace(0, 1, 9)
    along = tangents(path)
    side = unit(np.cross(along, [0, 1.0, 0.2]))
    up = np.cross(side, along)
    angle = around(6)
    a, b = (
        0.024 * profile((0, 0.7), (0.4, 1), (1, 0.03))(s),
        0.013 * profile((0, 0.7), (0.4, 1), (1, 0.05))(s),
    )
    rings = (
        path[:, None]
        + side[:, None] * (a[:, None] * np.cos(angle))[..., None]
        + up[:, None] * (b[:, None] * np.sin(angle))[..., None]
    )
    uv = np.stack(np.broadcast_arrays((0.5 + 0.4 * np.cos(angle)) / SLOTS / 2, 0.5 - 0.3 * s[:, None]), -1)
    return loft(rings, uv=uv)
