# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair: a cap, and locks of lens-shaped section that leave the crown, hug the skull and fall free.

A lock is a few keys (degrees round the head, height t, distance off the skull) in head units; its width and
its tips are profiles along it. All locks leave the crown by the same four keys: fewer give a flat crown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import Array, Profile, around, profile, smooth, spline, tangents, unit
from .headshape import surface
from .patch import Patch, grid, loft

_SECTION = np.radians([0, 45, 90, 135, 180, 270])  # three points outwards, one to the head
CENTRE = np.array([0, 0.03, 0.55])
TEXTURE_LOW, TEXTURE_HIGH = -2.5, 1.2  # heights t at the texture's bottom and top

FULL = profile((0, 0.30), (0.2, 0.86), (0.5, 1.0), (0.74, 0.86), (0.88, 0.58), (0.96, 0.27), (1, 0.02))
FRINGE = profile((0, 0.30), (0.3, 0.92), (0.6, 0.98), (0.80, 0.70), (0.93, 0.30), (1, 0.02))
SIDE = profile((0, 0.30), (0.3, 1.0), (0.65, 0.95), (0.85, 0.60), (1, 0.02))


@dataclass(frozen=True)
class Lock:
    """`keys` (n, 3) from root to tip; `thickness` is a share of `width`."""

    keys: tuple[tuple[float, float, float], ...]
    width: float
    taper: Profile
    thickness: float = 0.42
    rows: int = 16
    kind: str = "head"  # which chains move it: head, side, back


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


def curtain(angle: Array, t: Array, off: Array) -> Array:
    """Points of the mass behind the shoulders; the angle 110…250 spreads it across the back."""
    s = np.radians((angle - 180) / 70 * 78)
    return np.stack([-0.46 * np.sin(s), 0.285 + 0.135 * np.cos(s) + off, t], -1)


def place(keys: Array, kind: str) -> Array:
    """The path of a lock. Back locks draw together behind the shoulders, clear of arms and armour."""
    skull = around_skull(keys)
    if kind != "back":
        return skull
    angle, t, off = keys.T
    k = smooth(0.42, -0.06, t)[:, None]
    return skull * (1 - k) + curtain(angle, t, off) * k


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


def lock_patch(lock: Lock, jitter: float) -> Patch:
    """The surface of one lock.

    u runs from root to tip, in the texture's right half on the side to the head; v is the height, wavering
    across the lock.
    """
    path, s = _sampled(spline(place(np.array(lock.keys), lock.kind), 241), lock.rows)
    width = lock.width * lock.taper(s)
    along = tangents(path)
    out = path - CENTRE
    out[:, 2] *= 0.15 + 0.85 * smooth(0.35, 0.72, path[:, 2])
    out = unit(out - along * np.einsum("ij,ij->i", out, along)[:, None])
    side = np.cross(along, out)
    c, d = np.cos(_SECTION), np.sin(_SECTION)
    lens = width[:, None] * (lock.thickness * np.where(d < 0, 0.55, 1.0) * d - 0.20 * c**2)
    rings = path[:, None] + side[:, None] * (width[:, None] * c)[..., None] + out[:, None] * lens[..., None]
    v = (rings[..., 2] - TEXTURE_LOW) / (TEXTURE_HIGH - TEXTURE_LOW) - 0.012 * np.abs(c) + jitter
    u = np.clip(0.06 + 0.94 * s[:, None] + jitter * 6 * (1 - s[:, None]), 0, 1)
    patch = loft(rings, uv=np.stack(np.broadcast_arrays(u, v), -1))
    inner = np.tile(np.repeat(np.roll(d, -1) + d < 0, 4), lock.rows - 1)
    return Patch(patch.points, patch.faces, patch.uv * [0.5, 1] + np.where(inner, 0.5, 0.0)[:, None] * [1, 0])


def cap() -> Patch:
    """The scalp under the locks, down to the hairline."""
    line = profile((0, 0.78), (25, 0.76), (45, 0.66), (70, 0.52), (95, 0.44), (130, 0.22), (180, 0.16))
    columns, rows = 36, 7
    angle = -180 + 360 * np.arange(columns) / columns
    k = np.linspace(0, 1, rows)[:, None]
    low = line(np.abs(angle))
    t = low + (0.999 - low) * (1 - (1 - k) ** 1.7)
    skull = surface(np.radians(angle), t)
    points = skull + unit(skull - CENTRE) * (0.012 + 0.028 * smooth(0, 0.3, k))[..., None]
    v = (t - TEXTURE_LOW) / (TEXTURE_HIGH - TEXTURE_LOW) + 0.012 * np.cos(np.arange(columns) * np.pi)
    uv = np.stack(np.broadcast_arrays(0.1, v), -1)
    return grid(points, True, uv)


def _root(angle: float, lift: float = 0.0) -> tuple[tuple[float, float, float], ...]:
    return (
        (angle * 0.88, 0.998, 0.085),
        (angle * 0.97, 0.968, 0.086 + lift),
        (angle, 0.90, 0.080 + lift),
        (angle, 0.80, 0.074 + lift),
    )


# root angle, tip angle, tip height, half width, distance
_FRINGE = (
    (-63, -68, 0.20, 0.070, 0.046), (-51, -62, 0.315, 0.080, 0.066), (-38, -52, 0.45, 0.078, 0.050),
    (-25, -42, 0.545, 0.082, 0.074), (-12, -27, 0.550, 0.078, 0.056), (2, -12, 0.495, 0.078, 0.084),
    (14, 17, 0.565, 0.068, 0.056), (26, 36, 0.545, 0.082, 0.074), (39, 50, 0.445, 0.078, 0.052),
    (51, 62, 0.300, 0.082, 0.068), (63, 70, 0.20, 0.072, 0.048),
)  # fmt: skip


def _fringe() -> list[Lock]:
    locks = []
    for angle, tip, height, width, off in _FRINGE:
        fall = tuple(
            (angle + (tip - angle) * k**1.6, 0.74 + (height - 0.74) * k, off + lift)
            for k, lift in ((0, 0.022), (0.36, 0.014), (0.70, 0.002), (1, -0.018))
        )
        locks.append(Lock(_root(angle, (off - 0.06) * 0.6) + fall, width, FRINGE, 0.46, 17))
    return locks


def _sides(length: float) -> list[Lock]:
    """Strands before the ears; below the chin they turn forwards, to lie on the chest."""
    locks = []
    for side in (1, -1):
        for angle, low, width, off in (
            (71, -0.52, 0.054, 0.050),
            (80, -0.10, 0.050, 0.062),
            (90, 0.06, 0.066, 0.052),
        ):
            tip = 0.16 + (low - 0.16) * length
            turn = smooth(-0.05, -0.5, np.array(tip))
            fall = (
                (side * angle, 0.60, off + 0.020),
                (side * angle, 0.36, off + 0.014),
                (side * (angle * 0.97 - 5 * turn), 0.36 + (tip - 0.36) * 0.30, off - 0.002 - 0.01 * turn),
                (side * (angle * 0.94 - 26 * turn), 0.36 + (tip - 0.36) * 0.65, off - 0.004 + 0.01 * turn),
                (side * (angle * 0.90 - 38 * turn), tip, off - 0.040 + 0.02 * turn),
            )
            locks.append(
                Lock(_root(side * angle) + fall, width, SIDE, 0.46, 18, "side" if angle < 75 else "head")
            )
    return locks


# locks, first angle, tip's height, distance, half width, how much every second one is shorter
_BACK = (
    (6, 122, -1.00, 0.018, 0.180, 0.10),
    (7, 112, -1.24, 0.055, 0.165, 0.13),
    (7, 118, -0.82, 0.095, 0.150, 0.16),
)


def _back(length: float, random: np.random.Generator) -> list[Lock]:
    locks = []
    for layer, (count, first, low, off, width, ragged) in enumerate(_BACK):
        for i in range(count):
            angle = first + (360 - 2 * first) * i / (count - 1)
            edge = abs(angle - 180) / 70
            tip = low + 0.20 * edge**2 + (ragged if i % 2 else 0) + random.uniform(-0.04, 0.04)
            tip = 0.02 + (tip - 0.02) * length
            fall = 0.30 - tip
            sway = random.uniform(3, 7) * (1 if (i + layer) % 2 else -1)
            away = off + random.uniform(-0.006, 0.010)
            keys = (
                *_root(angle, 0.010 * (layer == 2)),
                (angle, 0.60, away + 0.012),
                (angle + sway * 0.3, 0.32, away + 0.022),
                (angle + sway * 0.9, 0.30 - fall * 0.40, away + 0.006),
                (angle + sway * 0.2, 0.30 - fall * 0.74, away + 0.024),
                (angle - sway * 1.5, tip, away - 0.006 + 0.02 * (i % 2)),
            )
            locks.append(Lock(keys, width, FULL, 0.36, 17, "back"))
    return locks


def locks(length: float) -> list[Lock]:
    """Every lock; `length` 0 ends at the nape, 1 at the waist."""
    return [*_fringe(), *_sides(length), *_back(length, np.random.default_rng(7))]


def ahoge() -> Patch:
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
    uv = np.stack(np.broadcast_arrays(0.1 + 0.3 * s[:, None], np.full(6, 0.87)), -1)
    return loft(rings, uv=uv)
