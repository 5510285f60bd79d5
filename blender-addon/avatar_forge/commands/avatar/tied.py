# SPDX-License-Identifier: GPL-3.0-or-later
"""Haircuts that are drawn back and tied."""

from __future__ import annotations

import numpy as np

from .curves import Array, profile, smooth, spline
from .hair import Lock, hairline, skull_along
from .haircut import Haircut, Strand, Wearer
from .headshape import surface
from .sidelocks import front_strands, sides

PULLED = profile((0, 0.62), (0.15, 0.90), (0.6, 1.0), (1, 0.60))
TAIL = profile((0, 0.36), (0.08, 0.62), (0.20, 0.90), (0.45, 1.0), (0.75, 0.80), (0.92, 0.40), (1, 0.02))


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
        locks.append(Lock(path, 0.098, PULLED, 0.34, 11, tip=0.42, flat=True))
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
    locks = [*sides(wearer, True), *_pulled(tie, _on_hairline(angles)), *_tail(spine, 9, 0.125, "tail")]
    return Haircut(
        locks, [Strand("hair_tail", joints), *front_strands(wearer)], [(tie, np.array([0, 0.93, 0.3]))]
    )


def twin_tails(wearer: Wearer) -> Haircut:
    """Tied on both sides; length 0 ends at the shoulders, 1 at the waist."""
    tip = -0.20 - 0.95 * wearer.length
    locks, strands, ties = sides(wearer, True), front_strands(wearer), []
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
