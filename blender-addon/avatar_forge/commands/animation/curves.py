# SPDX-License-Identifier: GPL-3.0-or-later
"""Values over time, in seconds, that begin and end softly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise


def ease(x: float) -> float:
    """0 at 0 and before, 1 at 1 and after; at rest and without a jerk at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def keyed(t: float, keys: Sequence[tuple[float, float]]) -> float:
    """Through (time, value) keys in order, at rest in each."""
    if t <= keys[0][0]:
        return keys[0][1]
    for (start, one), (end, other) in pairwise(keys):
        if t <= end:
            return one + (other - one) * ease((t - start) / (end - start))
    return keys[-1][1]


def bump(t: float, at: float, rise: float, hold: float, fall: float) -> float:
    """From 0 to 1 within `rise` from `at` on, held, and back."""
    return keyed(t, ((at, 0.0), (at + rise, 1.0), (at + rise + hold, 1.0), (at + rise + hold + fall, 0.0)))


def drift(t: float, period: float, phase: float) -> float:
    """About -1…1, wandering, the same again after `period`: three waves that seldom meet."""
    turn = 2.0 * math.pi * t / period
    return (
        0.55 * math.sin(turn + phase)
        + 0.3 * math.sin(2.0 * turn + 2.3 * phase)
        + 0.15 * math.sin(5.0 * turn + 4.1 * phase)
    )


def breath(t: float, period: float) -> float:
    """0 breathed out, 1 breathed in: in takes two fifths of the time, and there is a pause after out."""
    part = t / period % 1.0
    return keyed(part, ((0.0, 0.0), (0.4, 1.0), (0.88, 0.0), (1.0, 0.0)))


def blinks(t: float, times: Sequence[float]) -> float:
    """Lids shut at each of the times: fast down, slower up."""
    return max((bump(t, at, 0.07, 0.035, 0.14) for at in times), default=0.0)
