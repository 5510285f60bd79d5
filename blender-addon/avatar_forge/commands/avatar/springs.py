# SPDX-License-Identifier: GPL-3.0-or-later
"""What swings: chains of hair, and how chains and colliders are annotated for VRM's spring bones.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_springBone-1.0/README.md
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .figure import Figure
from .hair import curtain
from .skeleton import Chain

Array = np.ndarray

_BACK_ANGLES = (240.0, 210.0, 180.0, 150.0, 120.0)  # from the figure's right to its left


def hair_chains(figure: Figure, length: float) -> dict[str, list[Chain]]:
    """Chains of the back (right to left) and of the two strands in front of the shoulders."""
    low = 0.02 + (-1.10 - 0.02) * length
    heights = np.linspace(0.26, min(low, -0.1), 5)
    back = []
    for i, angle in enumerate(_BACK_ANGLES):
        joints = curtain(np.full(5, angle), heights, np.full(5, 0.04))
        back.append(Chain(f"hair_back{i + 1}", figure.from_head(joints), "head"))
    tip = 0.16 + (-0.52 - 0.16) * length
    front = []
    for side, sign in ((".L", 1), (".R", -1)):
        z = np.linspace(0.34, min(tip, 0.0), 4)
        x = np.interp(z, [-0.55, -0.1, 0.34], [0.30, 0.40, 0.44])
        y = np.interp(z, [-0.55, -0.1, 0.34], [-0.34, -0.22, -0.10])
        front.append(Chain("hair_front", figure.from_head(np.stack([x * sign, y, z], 1)), "head", side))
    return {"back": back, "front": front}


def springs(hair: dict[str, list[Chain]], skirt: list[Chain]) -> list[dict]:
    """The `springs` of the annotation, one for each chain."""
    rows = [(c, 0.9, 0.12, 0.42, 0.020, ["head", "torso"]) for c in (*hair["back"], *hair["front"])]
    rows += [(c, 1.3, 0.10, 0.50, 0.014, ["legs"]) for c in skirt]
    return [
        {
            "name": chain.name + chain.side,
            "joints": [
                {
                    "bone": bone,
                    "hitRadius": radius,
                    "stiffness": stiffness,
                    "gravityPower": gravity,
                    "gravityDir": [0, 0, -1],
                    "dragForce": drag,
                }
                for bone in chain.bones
            ],
            "colliderGroups": groups,
        }
        for chain, stiffness, gravity, drag, radius, groups in rows
    ]


def colliders(figure: Figure, to_bone: Callable[[str, Array], list[float]]) -> list[dict]:
    """The `colliders`; `to_bone(bone, point)` turns metres of the figure into the bone's own space."""
    rows: list[tuple[str, str, float, tuple[float, ...], tuple[float, ...] | None]] = [
        ("torso", "neck", 0.030, (0, 0.010, 0.800), None),
        ("torso", "upperChest", 0.050, (-0.050, 0.004, 0.735), (0.050, 0.004, 0.735)),
        ("torso", "chest", 0.048, (-0.030, 0.004, 0.665), (0.030, 0.004, 0.665)),
        ("torso", "hips", 0.062, (-0.040, 0.006, 0.525), (0.040, 0.006, 0.525)),
    ]
    for side, sign in ((".L", 1), (".R", -1)):
        rows += [
            ("torso", "upperArm" + side, 0.034, (sign * 0.105, 0.004, 0.757), (sign * 0.200, 0.004, 0.757)),
            ("legs", "upperLeg" + side, 0.052, (sign * 0.052, 0.004, 0.460), (sign * 0.048, 0.002, 0.300)),
            ("legs", "lowerLeg" + side, 0.040, (sign * 0.0475, 0.006, 0.250), (sign * 0.0445, 0.006, 0.120)),
        ]
    found = []
    for group, bone, radius, a, b in rows:
        shape = {"offset": to_bone(bone, figure.from_body(np.array(a))), "radius": radius * figure.body}
        kind = "capsule" if b else "sphere"
        if b:
            shape["tail"] = to_bone(bone, figure.from_body(np.array(b)))
        found.append({"group": group, "bone": bone, kind: shape})
    skull = {
        "offset": to_bone("head", figure.from_head(np.array([0, 0.03, 0.52]))),
        "radius": 0.40 * figure.head,
    }
    return [*found, {"group": "head", "bone": "head", "sphere": skull}]
