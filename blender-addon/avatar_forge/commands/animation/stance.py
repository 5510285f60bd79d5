# SPDX-License-Identifier: GPL-3.0-or-later
"""How a figure stands while it does anything: arms hanging, breathing, its feet where they are."""

from __future__ import annotations

import math

from mathutils import Quaternion, Vector

from .body import Body
from .clip import NECK, SPINE, Moment
from .curves import breath

_STRETCH = 0.9985
_SOFT = 0.002


def standing(t: float, body: Body, breaths: float) -> Moment:
    """At ease. `breaths` is the time of one breath, in seconds."""
    moment = Moment(body)
    for side in ("left", "right"):
        moment.side(side, "Shoulder", y=3.0)
        moment.side(side, "UpperArm", x=-2.0, y=body.hang - 3.0)
        moment.side(side, "LowerArm", z=-13.0, twist=-12.0)
        moment.side(side, "Hand", y=4.0, z=-3.0)
        moment.curl(side, 20.0)
    air = breath(t, breaths)
    moment.spread(SPINE, x=1.6 - 2.2 * air)
    moment.spread(NECK, x=-1.2 + 1.4 * air)
    moment.hips.z += 0.0015 * air
    for side in ("left", "right"):
        moment.side(side, "Shoulder", y=-2.4 * air)
        moment.side(side, "UpperArm", y=1.8 * air)
    return moment


def rotations(moment: Moment) -> tuple[dict[str, Quaternion], Vector]:
    """Each bone's turn against its parent, with legs that keep the feet where they rest; the way of the hips
    in metres.
    """
    body = moment.body
    turns = {bone: turn.quaternion() for bone, turn in moment.turns.items() if bone in body.joints}
    hips = turns.get("hips", Quaternion())
    way = moment.hips * body.leg
    way.z += _room(body, hips, way)
    for side in ("left", "right"):
        turns.update(_leg(body, side, hips, way))
    return turns, way


def _hip(body: Body, side: str, hips: Quaternion, way: Vector) -> Vector:
    rest = body.joints["hips"]
    return rest + way + hips @ (body.joints[f"{side}UpperLeg"] - rest)


def _lengths(body: Body, side: str) -> tuple[float, float]:
    hip, knee, ankle = (body.joints[side + name] for name in ("UpperLeg", "LowerLeg", "Foot"))
    return (knee - hip).length, (ankle - knee).length


def _room(body: Body, hips: Quaternion, way: Vector) -> float:
    """How far the hips must come down for both feet to be reached; the nearer of both limits, blended."""
    limits = []
    for side in ("left", "right"):
        hip, ankle = _hip(body, side, hips, way), body.joints[f"{side}Foot"]
        reach = _STRETCH * sum(_lengths(body, side))
        flat = (hip - ankle).xy.length
        limits.append(ankle.z + math.sqrt(max(reach**2 - flat**2, 0.0)) - hip.z)
    soft = _SOFT * body.leg
    low = min(0.0, *limits)
    return low - soft * math.log(sum(math.exp((low - limit) / soft) for limit in (0.0, *limits)))


def _leg(body: Body, side: str, hips: Quaternion, way: Vector) -> dict[str, Quaternion]:
    """Turns of a leg that puts the ankle where it rests and the foot flat, the knee bent forward."""
    upper, lower, foot = (f"{side}{name}" for name in ("UpperLeg", "LowerLeg", "Foot"))
    thigh, shin = _lengths(body, side)
    hip, ankle = _hip(body, side, hips, way), body.joints[foot]
    far = min((ankle - hip).length, 0.9999 * (thigh + shin))
    along = (ankle - hip).normalized()
    forward = Vector((0, -1, 0))
    forward = (forward - along * forward.dot(along)).normalized()
    down = (thigh**2 - shin**2 + far**2) / (2 * far)
    knee = hip + along * down + forward * math.sqrt(max(thigh**2 - down**2, 0.0))
    turned_upper = (body.joints[lower] - body.joints[upper]).rotation_difference(knee - hip)
    turned_lower = (ankle - body.joints[lower]).rotation_difference(ankle - knee)
    return {
        upper: hips.inverted() @ turned_upper,
        lower: turned_upper.inverted() @ turned_lower,
        foot: turned_lower.inverted(),
    }
