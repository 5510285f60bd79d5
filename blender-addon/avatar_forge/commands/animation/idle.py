# SPDX-License-Identifier: GPL-3.0-or-later
"""Idle: breathing, the weight from one leg to the other, a head and eyes that wander, blinks."""

from __future__ import annotations

from .body import Body
from .clip import NECK, SPINE, Clip, Moment
from .curves import blinks, drift, keyed
from .stance import standing

_SECONDS = 12.0
# To its left and back; the stay differs, or it would look like a pendulum.
_WEIGHT = (
    (0.0, 0.0),
    (0.6, 0.0),
    (2.6, 1.0),
    (5.2, 0.9),
    (8.0, -0.85),
    (10.0, -0.8),
    (11.8, 0.0),
    (12.0, 0.0),
)
_BLINKS = (1.9, 5.1, 5.45, 8.9)
# (time, degrees to the left, degrees down): eyes jump, then rest.
_LOOKS = (
    (2.55, 7.0, 1.0),
    (4.6, 3.0, -1.0),
    (5.15, -6.0, 2.0),
    (7.4, -8.0, 0.0),
    (8.95, 2.0, 1.0),
    (11.0, 0.0, 0.0),
)


def _at(t: float, body: Body) -> Moment:
    moment = standing(t, body, _SECONDS / 3)
    weight = keyed(t, _WEIGHT)
    late = keyed(t - 0.25, _WEIGHT)  # the upper body follows the hips
    moment.hips.x += 0.042 * weight
    moment.hips.y += 0.004 * drift(t, _SECONDS, 0.0)
    moment.turn("hips", y=-2.8 * weight, z=-1.8 * weight)
    moment.spread(SPINE, y=0.6 * weight + 2.4 * late, z=2.0 * late, x=0.7 * drift(t, _SECONDS, 1.0))
    moment.spread(
        NECK, y=-1.6 * late, x=1.4 * drift(t, _SECONDS, 2.6), z=1.0 * late + 3.5 * drift(t, _SECONDS, 0.0)
    )
    for side, sign in (("left", 1.0), ("right", -1.0)):
        moment.side(side, "UpperArm", x=0.8 * drift(t - 0.3, _SECONDS, 0.0), y=-1.2 * max(sign * late, 0.0))
        moment.side(side, "LowerArm", z=-1.5 * drift(t, _SECONDS, sign * 3.0))
        moment.curl(side, 1.5 * drift(t, _SECONDS, sign))
    gaze = [(0.0, 0.0)] + [(left, down) for _, left, down in _LOOKS]
    moved = [_jump(t - at) for at, _, _ in _LOOKS]
    moment.gaze = tuple(
        sum(step * (new[axis] - old[axis]) for step, old, new in zip(moved, gaze, gaze[1:], strict=False))
        for axis in (0, 1)
    )
    moment.expressions["blink"] = blinks(t, _BLINKS)
    return moment


def _jump(t: float) -> float:
    return min(max(t / 0.066, 0.0), 1.0)


IDLE = Clip("idle", _SECONDS, _at)
