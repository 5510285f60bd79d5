# SPDX-License-Identifier: GPL-3.0-or-later
"""What swings: chains of hair, and how chains and colliders are annotated for VRM's spring bones.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_springBone-1.0/README.md
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .figure import Figure
from .haircut import Strand
from .skeleton import Chain

Array = np.ndarray


def hair_chains(figure: Figure, strands: list[Strand]) -> list[Chain]:
    """A haircut's strands as chains of bones."""
    return [Chain(s.name, figure.from_head(s.joints), "head", s.side) for s in strands]


def springs(hair: list[Chain], skirt: list[Chain]) -> list[dict]:
    """The `springs` of the annotation, one for each chain."""
    rows = [(c, 0.9, 0.12, 0.42, 0.020, ["head", "torso"]) for c in hair]
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
