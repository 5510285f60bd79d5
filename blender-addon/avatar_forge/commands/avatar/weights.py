# SPDX-License-Identifier: GPL-3.0-or-later
"""Bone weights as functions of place: each joint is a smooth step, so neighbouring layers of cloth agree.

All take points in metres of the left side or the middle and return {bone: weight of each point}.
"""

from __future__ import annotations

import numpy as np

from .body import ELBOW, WRIST
from .curves import smooth
from .figure import Figure
from .skeleton import FINGERS, Chain

Array = np.ndarray
Weights = dict[str, Array]

_SPINE = (
    ("hips", 0.0, 0.0), ("spine", 0.565, 0.610), ("chest", 0.622, 0.668), ("upperChest", 0.675, 0.722),
    ("neck", 0.782, 0.802), ("head", 0.822, 0.848),
)  # fmt: skip


def torso(figure: Figure, points: Array) -> Weights:
    """Trunk and neck; towards the armpits the shoulder and the arm take over. Both sides at once."""
    x, _, z = figure.to_body(points).T
    across = np.abs(x)
    arm = smooth(0.064, 0.124, across) * smooth(0.690, 0.735, z)
    shoulder = smooth(0.040, 0.088, across) * smooth(0.715, 0.750, z) * 0.65 * (1 - arm)
    weights: Weights = {}
    steps = [np.ones(len(z))] + [smooth(a, b, z) for _, a, b in _SPINE[1:]] + [np.zeros(len(z))]
    for i, (bone, _, _) in enumerate(_SPINE):
        share = np.prod(steps[: i + 1], axis=0) * (1 - steps[i + 1])
        weights[bone] = share * (1 - arm - shoulder)
    for side, mask in ((".L", x >= 0), (".R", x < 0)):
        weights["upperArm" + side] = arm * mask
        weights["shoulder" + side] = shoulder * mask
    return weights


def arm(figure: Figure, points: Array) -> Weights:
    """The left arm from the chest to the wrist."""
    x = figure.to_body(points)[:, 0]
    up = smooth(0.060, 0.122, x)
    low = smooth(ELBOW - 0.024, ELBOW + 0.024, x)
    hand = smooth(WRIST - 0.014, WRIST + 0.010, x)
    return {
        "shoulder.L": 1 - up,
        "upperArm.L": up * (1 - low),
        "lowerArm.L": low * (1 - hand),
        "hand.L": hand,
    }


def finger(figure: Figure, points: Array, name: str) -> Weights:
    """A finger of the left hand, by the way along it."""
    spec = FINGERS[name]
    direction = np.array(spec.direction) / np.linalg.norm(spec.direction)
    s = (figure.to_body(points) - spec.base) @ direction / spec.length
    soft = 0.09
    steps = [smooth(j - soft, j + soft, s) for j in spec.joints]
    if name == "thumb":
        steps[0] = smooth(-0.15, 0.15, s)
    weights = {"hand.L": 1 - steps[0]}
    for i, segment in enumerate(spec.segments):
        after = steps[i + 1] if i < 2 else 0.0
        weights[f"{name}{segment}.L"] = np.prod(steps[: i + 1], axis=0) * (1 - after)
    return weights


def leg(figure: Figure, points: Array) -> Weights:
    """The left leg from the hips to the toes."""
    _, y, z = figure.to_body(points).T
    up = smooth(0.520, 0.448, z)
    knee = smooth(0.292, 0.248, z)
    foot = smooth(0.072, 0.040, z)
    toes = smooth(-0.040, -0.062, y) * foot
    return {
        "hips": 1 - up,
        "upperLeg.L": up * (1 - knee),
        "lowerLeg.L": up * knee * (1 - foot),
        "foot.L": up * knee * foot * (1 - toes),
        "toes.L": up * knee * toes,
    }


def both_legs(figure: Figure, points: Array, side: Array) -> Weights:
    """Trousers; `side` is 1 on the left leg, -1 on the right, 0 on the hips, where both share by place."""
    x, _, z = figure.to_body(points).T
    up, knee = smooth(0.520, 0.448, z), smooth(0.292, 0.248, z)
    left = np.where(side == 0, smooth(-0.03, 0.03, x), side > 0)
    return {
        "hips": 1 - up,
        "upperLeg.L": up * left * (1 - knee),
        "upperLeg.R": up * (1 - left) * (1 - knee),
        "lowerLeg.L": up * left * knee,
        "lowerLeg.R": up * (1 - left) * knee,
    }


def skirt(figure: Figure, points: Array, chains: list[Chain]) -> Weights:
    """From the belt down to the loose chains; a share follows the thighs, most in front, where they rise."""
    x, y, z = figure.to_body(points).T
    loose = smooth(0.575, 0.480, z)
    before = smooth(-0.1, 0.8, -y / np.hypot(x, y))
    thigh = (0.42 + 0.40 * before) * smooth(0.550, 0.450, z)
    left = smooth(-0.05, 0.05, x)
    weights: Weights = {
        "hips": 1 - loose,
        "upperLeg.L": loose * thigh * left,
        "upperLeg.R": loose * thigh * (1 - left),
    }
    angle = np.arctan2(y, x)
    around = np.array([np.arctan2(c.joints[0][1], c.joints[0][0]) for c in chains])
    gap = 2 * np.pi / len(chains)
    for chain, at in zip(chains, around, strict=True):
        turn = np.abs((angle - at + np.pi) % (2 * np.pi) - np.pi)
        near = smooth(gap, 0, turn)
        for bone, share in _along(chain, points).items():
            weights[bone] = loose * (1 - thigh) * near * share
    return weights


def _along(chain: Chain, points: Array) -> Weights:
    """Shares of a chain's bones by height, each joint softened over half its bone."""
    z = points[:, 2]
    joints = chain.joints[:, 2]
    soft = 0.28 * np.abs(np.diff(joints)).mean()
    steps = [np.ones(len(z))] + [smooth(j + soft, j - soft, z) for j in joints[1:-1]] + [np.zeros(len(z))]
    return {bone: np.prod(steps[: i + 1], axis=0) * (1 - steps[i + 1]) for i, bone in enumerate(chain.bones)}


def strand(points: Array, chains: list[Chain], places: Array, root: Array | float) -> Weights:
    """Hair between chains: `places` (chains, points) is each chain's share, `root` what stays on the head."""
    weights: Weights = {"head": np.broadcast_to(root, len(points))}
    for chain, place in zip(chains, places, strict=True):
        for bone, share in _along(chain, points).items():
            weights[bone] = (1 - root) * place * share
    return weights
