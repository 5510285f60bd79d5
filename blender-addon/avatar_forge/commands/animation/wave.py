# SPDX-License-Identifier: GPL-3.0-or-later
"""Wave: the right arm comes up from the shoulder, four swings of forearm and hand, a smile."""

from __future__ import annotations

import math

from .body import Body
from .clip import NECK, SPINE, Clip, Moment
from .curves import blinks, bump
from .stance import standing

_SECONDS = 4.0
_SWING, _SWING_DEG = 0.46, 14.0


def _at(t: float, body: Body) -> Moment:
    moment = standing(t, body, _SECONDS)
    lead = bump(t, 0.15, 0.6, 2.05, 0.8)  # the trunk goes first
    up = bump(t, 0.2, 0.75, 1.85, 0.9)
    elbow = bump(t, 0.3, 0.75, 1.7, 0.9)  # and what hangs on it later
    wrist = bump(t, 0.42, 0.75, 1.5, 0.85)
    swinging = bump(t, 0.9, 0.35, 1.3, 0.45)
    phase = 2 * math.pi * (t - 0.9) / _SWING
    moment.hips.x += 0.018 * lead
    moment.turn("hips", y=-1.2 * lead, z=-2.0 * lead)
    moment.spread(SPINE, y=3.4 * lead, z=-3.0 * lead)
    moment.spread(NECK, y=-4.0 * lead, z=3.0 * lead, x=-2.0 * lead)
    moment.side("right", "Shoulder", y=-13.0 * up, z=-2.0 * up)
    moment.side("right", "UpperArm", y=(28.0 - body.hang) * up, z=-8.0 * up, twist=-66.0 * up)
    bend = -90.0 + body.outward + _SWING_DEG
    moment.side(
        "right", "LowerArm", z=bend * elbow + _SWING_DEG * swinging * math.sin(phase), twist=-4.0 * elbow
    )
    moment.side("right", "Hand", y=-6.0 * wrist, z=8.0 * wrist + 16.0 * swinging * math.sin(phase - 1.0))
    moment.curl("right", -17.0 * wrist)
    for finger, spread in (("Index", -7.0), ("Ring", 4.0), ("Little", 9.0)):
        moment.side("right", f"{finger}Proximal", z=spread * wrist)
    moment.side("left", "UpperArm", y=-2.5 * lead, x=1.5 * lead)
    moment.side("left", "LowerArm", z=-4.0 * lead)
    moment.expressions["happy"] = 0.75 * bump(t, 0.35, 0.45, 2.3, 0.8)
    moment.expressions["blink"] = blinks(t, (0.1, 3.72))
    return moment


WAVE = Clip("wave", _SECONDS, _at)
