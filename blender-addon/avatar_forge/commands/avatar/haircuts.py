# SPDX-License-Identifier: GPL-3.0-or-later
"""Haircuts: fringes, and what hangs or is tied behind. A cut is one function and one line in `CUTS`.

Keys of a lock are rows of (degrees round the head, height t, distance off the skull). All locks that leave
the crown do so by the same four keys: fewer give a flat crown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .curves import Array, Profile, profile, smooth, spline
from .hair import Lock, around_skull, hairline, skull_along
from .headshape import surface

FULL = profile((0, 0.30), (0.2, 0.86), (0.5, 1.0), (0.74, 0.86), (0.88, 0.58), (0.96, 0.27), (1, 0.02))
FRINGE = profile((0, 0.30), (0.3, 0.92), (0.6, 0.98), (0.80, 0.70), (0.93, 0.30), (1, 0.02))
SIDE = profile((0, 0.30), (0.3, 1.0), (0.65, 0.95), (0.85, 0.60), (1, 0.02))
BLUNT = profile((0, 0.30), (0.3, 0.92), (0.7, 1.0), (0.95, 0.92), (1, 0.50))
PULLED = profile((0, 0.62), (0.15, 0.90), (0.6, 1.0), (1, 0.60))
TAIL = profile((0, 0.36), (0.08, 0.62), (0.20, 0.90), (0.45, 1.0), (0.75, 0.80), (0.92, 0.40), (1, 0.02))

Keys = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Wearer:
    """What a cut is made for: length 0…1, and how far before and behind the body keeps long hair off."""

    length: float
    before: float = 0.0
    behind: float = 0.0


@dataclass(frozen=True)
class Strand:
    """A chain of hair in head units: its joints (n, 3) from the root, downwards."""

    name: str
    joints: Array
    side: str = ""


@dataclass(frozen=True)
class Haircut:
    """Locks and the chains that swing them; `ties` are where bands hold tails: (place, direction)."""

    locks: list[Lock]
    strands: list[Strand] = field(default_factory=list)
    ties: list[tuple[Array, Array]] = field(default_factory=list)


def curtain(angle: Array, t: Array, off: Array, behind: float) -> Array:
    """Points of the mass behind the shoulders; the angle 110…250 spreads it across the back."""
    s = np.radians((angle - 180) / 70 * 78)
    away = behind * smooth(0.10, -0.25, np.asarray(t, float))
    return np.stack([-0.46 * np.sin(s), 0.285 + 0.135 * np.cos(s) + off + away, t], -1)


def _root(angle: float, lift: float = 0.0, tucked: bool = False) -> Keys:
    """From the crown down to the brow; `tucked`, it begins under hair that is drawn back."""
    return (
        (angle * 0.88, 0.998, 0.010 if tucked else 0.085),
        (angle * 0.97, 0.968, (0.058 if tucked else 0.086) + lift),
        (angle, 0.90, 0.080 + lift),
        (angle, 0.80, 0.074 + lift),
    )


def _on_skull(keys: Keys) -> Array:
    return around_skull(np.array(keys))


def _behind(keys: Keys, behind: float) -> Array:
    """A back lock's path: below the ears the locks draw together behind the shoulders, clear of the arms."""
    rows = np.array(keys)
    k = smooth(0.42, -0.06, rows[:, 1])[:, None]
    return around_skull(rows) * (1 - k) + curtain(*rows.T, behind) * k


# root angle, tip angle, tip height, half width, distance
_FRINGES: dict[str, tuple[tuple[float, float, float, float, float], ...]] = {
    "full": (
        (-63, -68, 0.20, 0.070, 0.046), (-51, -62, 0.315, 0.080, 0.066), (-38, -52, 0.45, 0.078, 0.050),
        (-25, -42, 0.545, 0.082, 0.074), (-12, -27, 0.550, 0.078, 0.056), (2, -12, 0.495, 0.078, 0.084),
        (14, 17, 0.565, 0.068, 0.056), (26, 36, 0.545, 0.082, 0.074), (39, 50, 0.445, 0.078, 0.052),
        (51, 62, 0.300, 0.082, 0.068), (63, 70, 0.20, 0.072, 0.048),
    ),
    "parted": (
        (-63, -72, 0.16, 0.072, 0.046), (-50, -68, 0.23, 0.084, 0.064), (-37, -62, 0.33, 0.086, 0.050),
        (-24, -55, 0.42, 0.088, 0.072), (-11, -46, 0.50, 0.086, 0.054), (-2, -34, 0.575, 0.080, 0.080),
        (5, 30, 0.585, 0.078, 0.062), (12, 44, 0.50, 0.086, 0.078), (25, 54, 0.42, 0.088, 0.054),
        (38, 62, 0.33, 0.086, 0.070), (51, 68, 0.23, 0.084, 0.050), (63, 72, 0.16, 0.072, 0.048),
    ),
    "straight": (
        (-66, -66, 0.16, 0.076, 0.046), (-54, -55, 0.20, 0.082, 0.064), (-42, -43, 0.515, 0.082, 0.050),
        (-30, -31, 0.520, 0.082, 0.070), (-18, -18, 0.515, 0.082, 0.052), (-6, -6, 0.520, 0.082, 0.072),
        (6, 6, 0.515, 0.082, 0.054), (18, 18, 0.520, 0.082, 0.072), (30, 31, 0.515, 0.082, 0.052),
        (42, 43, 0.520, 0.082, 0.068), (54, 55, 0.20, 0.082, 0.064), (66, 66, 0.16, 0.076, 0.046),
    ),
}  # fmt: skip
FRINGES = tuple(_FRINGES)


def fringe(kind: str, tucked: bool) -> list[Lock]:
    """The locks over the forehead; `tucked` where the hair behind is tied."""
    locks = []
    for angle, tip, height, width, off in _FRINGES[kind]:
        fall = tuple(
            (angle + (tip - angle) * k**1.6, 0.74 + (height - 0.74) * k, off + lift)
            for k, lift in ((0, 0.022), (0.36, 0.014), (0.70, 0.002), (1, -0.018))
        )
        taper = BLUNT if kind == "straight" and height > 0.4 else FRINGE
        locks.append(Lock(_on_skull(_root(angle, (off - 0.06) * 0.6, tucked) + fall), width, taper, 0.46, 17))
    return locks


def _sides(wearer: Wearer, tucked: bool = False) -> list[Lock]:
    """Strands before the ears; below the chin they turn forwards, to lie on the chest."""
    locks = []
    for side in (1, -1):
        for angle, low, width, off in (
            (71, -0.52, 0.054, 0.050),
            (80, -0.10, 0.050, 0.062),
            (90, 0.06, 0.066, 0.052),
        ):
            tip = 0.16 + (low - 0.16) * wearer.length
            turn = smooth(-0.05, -0.5, np.array(tip))
            fall = (
                (side * angle, 0.60, off + 0.020),
                (side * angle, 0.36, off + 0.014),
                (side * (angle * 0.97 - 5 * turn), 0.36 + (tip - 0.36) * 0.30, off - 0.002 - 0.01 * turn),
                (side * (angle * 0.94 - 26 * turn), 0.36 + (tip - 0.36) * 0.65, off - 0.004 + 0.01 * turn),
                (side * (angle * 0.90 - 38 * turn), tip, off - 0.040 + 0.02 * turn),
            )
            path = _on_skull(_root(side * angle, 0.0, tucked) + fall)
            path[:, 1] -= wearer.before * smooth(0.0, -0.3, path[:, 2])
            locks.append(Lock(path, width, SIDE, 0.46, 18, "front" if angle < 75 else ""))
    return locks


def _front_strands(wearer: Wearer) -> list[Strand]:
    tip = 0.16 + (-0.52 - 0.16) * wearer.length
    z = np.linspace(0.34, min(tip, 0.0), 4)
    x = np.interp(z, [-0.55, -0.1, 0.34], [0.30, 0.40, 0.44])
    y = np.interp(z, [-0.55, -0.1, 0.34], [-0.34, -0.22, -0.10]) - wearer.before * smooth(0.0, -0.3, z)
    return [Strand("hair_front", np.stack([x * s, y, z], 1), side) for side, s in ((".L", 1), (".R", -1))]


def _slimmer(much: float) -> Profile:
    """A lock that is slim below the ear, or it would reach round the shoulder."""
    return lambda s: FULL(s) * (1 - 0.46 * much * smooth(0.22, 0.42, s))


# locks, first angle, tip's height, distance, half width, how much every second one is shorter
_BACK = (
    (6, 122, -1.00, 0.018, 0.180, 0.10),
    (7, 112, -1.24, 0.055, 0.165, 0.13),
    (7, 118, -0.82, 0.095, 0.150, 0.16),
)
_BACK_CHAINS = (240.0, 210.0, 180.0, 150.0, 120.0)  # from the figure's right to its left


def long(wearer: Wearer) -> Haircut:
    """Loose; length 0 ends at the nape, 1 at the waist."""
    random = np.random.default_rng(7)
    locks = _sides(wearer)
    for layer, (count, first, low, off, width, ragged) in enumerate(_BACK):
        for i in range(count):
            angle = first + (360 - 2 * first) * i / (count - 1)
            edge = abs(angle - 180) / 70
            tip = low + 0.20 * edge**2 + (ragged if i % 2 else 0) + random.uniform(-0.04, 0.04)
            tip = 0.02 + (tip - 0.02) * wearer.length
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
            locks.append(Lock(_behind(keys, wearer.behind), width, _slimmer(edge**2), 0.36, 17, "back"))
    low = 0.02 + (-1.10 - 0.02) * wearer.length
    heights = np.linspace(0.26, min(low, -0.1), 5)
    back = [
        Strand(f"hair_back{i + 1}", curtain(np.full(5, angle), heights, np.full(5, 0.04), wearer.behind))
        for i, angle in enumerate(_BACK_CHAINS)
    ]
    return Haircut(locks, [*back, *_front_strands(wearer)])


def bob(wearer: Wearer) -> Haircut:
    """Round the head and curled in; length 0 ends at the ears, 1 at the shoulders."""
    random = np.random.default_rng(5)
    locks = []
    end = 0.16 - 0.24 * wearer.length
    for count, first, off, width, up in ((13, 66, 0.050, 0.120, 0.0), (12, 74, 0.082, 0.110, 0.055)):
        for i in range(count):
            angle = first + (360 - 2 * first) * i / (count - 1)
            tip = end + up + 0.05 * smooth(0.9, 0.4, np.abs(angle - 180) / 114) + random.uniform(-0.02, 0.02)
            fall = 0.56 - tip
            keys = (
                *_root(angle, 0.008 * (up > 0)),
                (angle, 0.60, off + 0.022),
                (angle, 0.56 - fall * 0.45, off + 0.046),
                (angle, 0.56 - fall * 0.76, off + 0.040),
                (angle + random.uniform(-3, 3), tip, off - 0.050),
            )
            locks.append(Lock(_on_skull(keys), width, FULL, 0.40, 16))
    return Haircut(locks)


def short(wearer: Wearer) -> Haircut:
    """Cropped, in layers whose tips stand off; length lets the nape grow."""
    random = np.random.default_rng(3)
    locks = []
    for count, first, low, off, width in (
        (13, 70, 0.10, 0.040, 0.132),
        (11, 84, 0.24, 0.070, 0.122),
        (10, 78, 0.42, 0.098, 0.115),
    ):
        for i in range(count):
            angle = first + (360 - 2 * first) * i / (count - 1)
            aside = abs(angle - 180) / 110
            tip = low + 0.26 * aside**2 * (low < 0.3) - 0.16 * wearer.length * (low < 0.2)
            tip += random.uniform(-0.03, 0.03)
            turn = random.uniform(4, 9) * (1 if i % 2 else -1)
            fall = 0.70 - tip
            keys = (
                *_root(angle, off * 0.12),
                (angle + turn * 0.3, 0.70 - fall * 0.30, off + 0.014),
                (angle + turn * 0.7, 0.70 - fall * 0.66, off + 0.006),
                (angle + turn * 1.3, tip, off + 0.016 + 0.03 * (i % 2)),
            )
            locks.append(Lock(_on_skull(keys), width, FRINGE, 0.44, 14))
    return Haircut(locks)


def _on_hairline(angles: Array) -> Array:
    """Points (n, 3) of the skull where hair begins, by degrees round the head."""
    return surface(np.radians(angles), hairline(angles) - 0.015)


def _pulled(tie: Array, starts: Array) -> list[Lock]:
    """Locks drawn tight from where they begin to a tie."""
    locks = []
    k = np.linspace(0, 1, 7)
    for i, start in enumerate(starts):
        off = 0.004 + 0.044 * smooth(0, 0.30, k) + 0.010 * np.sin(np.pi * k) + 0.010 * (i % 2) + 0.012 * k
        path = skull_along(start + (tie - start) * k[:, None], off)
        locks.append(Lock(path, 0.098, PULLED, 0.34, 11, tip=0.42))
    return locks


def _tail(spine: Array, count: int, width: float, swing: str) -> list[Lock]:
    """A bundle of locks round a spine (n, 3), ragged at its end."""
    random = np.random.default_rng(13)
    core = spline(spine, 25)
    along = np.gradient(core, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    first = np.cross(along, [1.0, 0, 0])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    s = np.linspace(0, 1, 25)
    swell = profile((0, 0.20), (0.15, 0.72), (0.40, 1.0), (0.75, 0.78), (1, 0.18))(s)
    locks = []
    for i in range(count):
        phase = 2 * np.pi * i / count + 0.3
        end = 1.0 - random.uniform(0.0, 0.16)
        turn = phase + random.uniform(0.2, 0.6) * s
        path = (
            core + (first * np.cos(turn)[:, None] + second * np.sin(turn)[:, None]) * (width * swell)[:, None]
        )
        keep = np.linspace(0, 24 * end, 9).round().astype(int)
        locks.append(Lock(path[keep], width * 0.95, TAIL, 0.55, 16, swing, core[keep] * 1.0))
    return locks


def ponytail(wearer: Wearer) -> Haircut:
    """Tied high behind; length 0 ends at the nape, 1 at the waist."""
    tie = np.array([0.0, 0.50, 0.76])
    tip = -0.05 - 1.15 * wearer.length
    spine = np.array(
        [
            tie,
            (0, 0.64, 0.80),
            (0, 0.76, 0.62),
            (0, 0.76, 0.25),
            (0, 0.68 + wearer.behind * 0.6, tip * 0.55),
            (0, 0.60 + wearer.behind, tip),
        ]
    )
    angles = np.array([*np.linspace(-172, -62, 9), *np.linspace(-44, 44, 5), *np.linspace(62, 172, 9)])
    joints = spline(spine[2:], 5)
    locks = [*_sides(wearer, True), *_pulled(tie, _on_hairline(angles)), *_tail(spine, 9, 0.125, "tail")]
    return Haircut(
        locks, [Strand("hair_tail", joints), *_front_strands(wearer)], [(tie, np.array([0, 0.93, 0.3]))]
    )


def twin_tails(wearer: Wearer) -> Haircut:
    """Tied on both sides; length 0 ends at the shoulders, 1 at the waist."""
    tip = -0.20 - 0.95 * wearer.length
    locks, strands, ties = _sides(wearer, True), _front_strands(wearer), []
    clear = 0.6 * wearer.behind  # of the arms
    for side, sign in ((".L", 1), (".R", -1)):
        tie = np.array([sign * 0.40, 0.16, 0.80])
        mirror = np.array([sign, 1, 1])
        spine = (
            np.array(
                [
                    (0.40, 0.16, 0.80),
                    (0.50, 0.19, 0.835),
                    (0.61, 0.24, 0.74),
                    (0.67, 0.36 + clear, 0.26),
                    (0.66, 0.44 + clear, tip * 0.55),
                    (0.58, 0.40 + clear, tip),
                ]
            )
            * mirror
        )
        t = np.linspace(0.235, 0.97, 8)
        parting = surface(np.radians(np.full(8, sign * 178.0)), t)  # down the back of the head
        starts = np.vstack([_on_hairline(sign * np.linspace(12, 177, 11)), parting])
        locks += [*_pulled(tie, starts), *_tail(spine, 8, 0.110, "tail")]
        strands.append(Strand("hair_tail", spline(spine[2:], 5), side))
        ties.append((tie, np.array([0.9 * sign, 0.25, 0.3])))
    return Haircut(locks, strands, ties)


CUTS: dict[str, Callable[[Wearer], Haircut]] = {
    "long": long,
    "bob": bob,
    "short": short,
    "ponytail": ponytail,
    "twin_tails": twin_tails,
}
