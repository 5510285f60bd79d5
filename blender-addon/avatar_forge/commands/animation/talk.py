# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk: two sentences in visemes, nods on what is stressed, a hand that beats time."""

from __future__ import annotations

from .body import Body
from .clip import NECK, SPINE, Clip, Moment
from .curves import blinks, bump, drift, keyed
from .stance import standing

_SECONDS = 8.0
_VISEMES = ("aa", "ih", "ou", "ee", "oh")
# Sounds as (viseme, seconds, loudness); None is closed lips. Then silence to the end.
_SPEECH = (
    (None, 0.35, 0), ("aa", 0.17, 0.75), ("ih", 0.11, 0.5), (None, 0.05, 0), ("ee", 0.19, 0.7),
    ("oh", 0.15, 0.6), ("ou", 0.16, 0.7), (None, 0.07, 0), ("aa", 0.24, 0.95), ("ih", 0.10, 0.45),
    ("ee", 0.13, 0.55), (None, 0.06, 0), ("oh", 0.22, 0.85), ("ih", 0.11, 0.4), ("aa", 0.17, 0.6),
    (None, 0.46, 0), ("ee", 0.15, 0.6), ("aa", 0.20, 0.85), ("ou", 0.14, 0.6), (None, 0.05, 0),
    ("ih", 0.12, 0.5), ("aa", 0.15, 0.65), ("oh", 0.19, 0.75), (None, 0.06, 0), ("ee", 0.21, 0.8),
    ("ih", 0.10, 0.4), ("ou", 0.17, 0.65), (None, 0.28, 0), ("aa", 0.23, 1.0), ("ih", 0.12, 0.5),
    (None, 0.05, 0), ("oh", 0.17, 0.7), ("ee", 0.14, 0.55), ("aa", 0.21, 0.7), ("ou", 0.22, 0.5),
)  # fmt: skip
_STRESSED = (0.42, 1.30, 1.86, 2.95, 3.95, 4.82, 5.62)  # where a loud vowel begins
_BLINKS = (0.12, 2.55, 4.6, 6.75)
_BLEND = 0.075


def _at(t: float, body: Body) -> Moment:
    moment = standing(t, body, _SECONDS / 2)
    stress = sum(bump(t, at - 0.08, 0.16, 0.02, 0.34) for at in _STRESSED)
    late = sum(bump(t, at - 0.02, 0.16, 0.02, 0.34) for at in _STRESSED)
    turned = keyed(
        t, ((0.1, 0), (0.8, 1), (2.3, 0.7), (3.1, -0.7), (4.7, -0.4), (5.6, 0.6), (7.4, 0), (8, 0))
    )
    moment.hips.x += 0.012 * keyed(t, ((0, 0), (1.5, 1), (3.0, 1), (4.6, -1), (6.0, -0.8), (7.8, 0), (8, 0)))
    moment.spread(SPINE, x=1.6 * late, z=1.6 * turned)
    moment.spread(NECK, x=4.6 * stress - 1.0, z=4.0 * turned, y=1.8 * drift(t, _SECONDS, 0.0))
    raised = bump(t, 0.15, 0.8, 4.9, 1.2)
    _gesture(moment, "right", raised, late)
    _gesture(moment, "left", 0.62 * bump(t, 2.5, 0.7, 2.4, 1.1), 0.8 * late)
    for viseme in _VISEMES:
        moment.expressions[viseme] = _loudness(viseme, t)
    moment.expressions["blink"] = blinks(t, _BLINKS)
    moment.gaze = (2.5 * turned, 0.0)
    return moment


def _gesture(moment: Moment, side: str, raised: float, beat: float) -> None:
    """A forearm lifted before the body, the palm turned up and in, down a little on each beat."""
    beat *= raised
    moment.side(side, "Shoulder", y=-2.0 * raised)
    moment.side(side, "UpperArm", x=-9.0 * raised + 2.5 * beat, y=-4.0 * raised, twist=-14.0 * raised)
    moment.side(side, "LowerArm", z=-60.0 * raised + 9.0 * beat, twist=-38.0 * raised - 6.0 * beat)
    moment.side(side, "Hand", z=6.0 * raised - 5.0 * beat, y=-8.0 * raised + 9.0 * beat)
    moment.curl(side, -6.0 * raised - 5.0 * beat)


def _loudness(viseme: str, t: float) -> float:
    """Each sound rises before the one ahead of it has gone: mouths do not jump."""
    at, loudest = 0.0, 0.0
    for sound, seconds, loud in _SPEECH:
        if sound == viseme:
            loudest = max(loudest, loud * bump(t, at - _BLEND / 2, _BLEND, seconds - _BLEND, _BLEND))
        at += seconds
    return loudest


TALK = Clip("talk", _SECONDS, _at)
