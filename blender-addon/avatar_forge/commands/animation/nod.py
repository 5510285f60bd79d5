# SPDX-License-Identifier: GPL-3.0-or-later
"""Nod: two soft nods, the second smaller; the chest leads, the shoulders follow."""

from __future__ import annotations

from .body import Body
from .clip import NECK, SPINE, Clip, Moment
from .curves import blinks, keyed
from .stance import standing

_SECONDS = 2.6
# A small lift before, two nods, a settling past the rest.
_NOD = (
    (0.05, 0.0), (0.3, -0.22), (0.62, 1.0), (0.95, -0.06),
    (1.25, 0.62), (1.6, -0.1), (2.05, 0.05), (2.5, 0.0),
)  # fmt: skip


def _at(t: float, body: Body) -> Moment:
    moment = standing(t, body, _SECONDS)
    head, neck = keyed(t, _NOD), keyed(t + 0.05, _NOD)
    chest, arms = keyed(t + 0.08, _NOD), keyed(t - 0.08, _NOD)
    if "neck" not in body.joints:
        moment.turn("head", x=9.0 * neck)
    moment.turn("neck", x=9.0 * neck)
    moment.turn("head", x=10.0 * head)
    moment.spread(SPINE, x=2.6 * chest)
    moment.spread(NECK, y=1.6 * keyed(t, ((0.2, 0), (0.8, 1), (1.6, 1), (2.5, 0))))
    moment.hips.y += 0.006 * chest
    for side in ("left", "right"):
        moment.side(side, "Shoulder", z=-0.8 * arms)
        moment.side(side, "UpperArm", x=-1.4 * arms)
        moment.side(side, "LowerArm", z=-1.6 * arms)
    moment.gaze = (0.0, -5.0 * max(head, 0.0))  # eyes stay on whom it nods to
    moment.expressions["blink"] = blinks(t, (0.38,))
    return moment


NOD = Clip("nod", _SECONDS, _at)
