# SPDX-License-Identifier: GPL-3.0-or-later
"""Haircuts that hang loose."""

from __future__ import annotations

import numpy as np

from .curves import Array, Profile, smooth
from .hair import Lock, around_skull
from .haircut import FRINGE, FULL, Haircut, Keys, Strand, Wearer, on_skull, root
from .sidelocks import front_strands, sides


def curtain(angle: Array, t: Array, off: Array, behind: float) -> Array:
    """Points of the mass behind the shoulders; the angle 110…250 spreads it across the back."""
    s = np.radians((angle - 180) / 70 * 78)
    away = behind * smooth(0.10, -0.25, np.asarray(t, float))
    return np.stack([-0.46 * np.sin(s), 0.285 + 0.135 * np.cos(s) + off + away, t], -1)


def _behind(keys: Keys, behind: float) -> Array:
    """A back lock's path: below the ears the locks draw together behind the shoulders, clear of the arms."""
    rows = np.array(keys)
    k = smooth(0.42, -0.06, rows[:, 1])[:, None]
    return around_skull(rows) * (1 - k) + curtain(*rows.T, behind) * k


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
    locks = sides(wearer)
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
                *root(angle, 0.010 * (layer == 2)),
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
    return Haircut(locks, [*back, *front_strands(wearer)])


def bob(wearer: Wearer) -> Haircut:
    """Round the head and curled in; length 0 ends at the ears, 1 at the shoulders."""
    random = np.random.default_rng(5)
    locks = []
    end = 0.16 - min(0.24, 0.16 - wearer.below) * wearer.length
    for count, first, off, width, up in ((13, 66, 0.050, 0.120, 0.0), (12, 74, 0.082, 0.110, 0.055)):
        for i in range(count):
            angle = first + (360 - 2 * first) * i / (count - 1)
            tip = end + up + 0.05 * smooth(0.9, 0.4, np.abs(angle - 180) / 114) + random.uniform(-0.02, 0.02)
            fall = 0.56 - tip
            keys = (
                *root(angle, 0.008 * (up > 0)),
                (angle, 0.60, off + 0.022),
                (angle, 0.56 - fall * 0.45, off + 0.046),
                (angle, 0.56 - fall * 0.76, off + 0.040),
                (angle + random.uniform(-3, 3), tip, off - 0.050),
            )
            locks.append(Lock(on_skull(keys), width, FULL, 0.40, 16))
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
                *root(angle, off * 0.12),
                (angle + turn * 0.3, 0.70 - fall * 0.30, off + 0.014),
                (angle + turn * 0.7, 0.70 - fall * 0.66, off + 0.006),
                (angle + turn * 1.3, tip, off + 0.016 + 0.03 * (i % 2)),
            )
            locks.append(Lock(on_skull(keys), width, FRINGE, 0.44, 14))
    return Haircut(locks)
