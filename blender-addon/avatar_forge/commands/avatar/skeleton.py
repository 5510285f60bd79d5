# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones: VRM's humanoid in a T-pose, and the loose chains of hair and skirt.

A bone is named as VRM names it, the side as Blender names it: VRM's leftUpperArm is `upperArm.L`.
https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import ARM_Y, ARM_Z, ELBOW, WRIST
from .eyes import eye_centre
from .figure import Figure

Array = np.ndarray

FORWARD, UP = (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Bone:
    """Head and tail in metres; `axis` is where its local Z is turned to."""

    head: Array
    tail: Array
    parent: str | None
    axis: tuple[float, float, float] = FORWARD


@dataclass(frozen=True)
class Finger:
    """Where a finger leaves the hand and points; its length and radius; joints as shares of its length."""

    base: tuple[float, float, float]
    direction: tuple[float, float, float]
    length: float
    radius: float
    joints: tuple[float, float, float] = (0.10, 0.435, 0.695)
    segments: tuple[str, str, str] = ("Proximal", "Intermediate", "Distal")


FINGERS = {
    "thumb": Finger(
        (WRIST + 0.006, -0.0110, ARM_Z + 0.0005), (0.74, -0.67, -0.03), 0.046, 0.0061,
        (0.0, 0.42, 0.70), ("Metacarpal", "Proximal", "Distal"),
    ),
    "index": Finger((WRIST + 0.034, -0.0152, ARM_Z), (1, -0.05, 0), 0.0440, 0.0057),
    "middle": Finger((WRIST + 0.035, -0.0050, ARM_Z + 0.0006), (1, -0.01, 0), 0.0490, 0.0058),
    "ring": Finger((WRIST + 0.034, 0.0050, ARM_Z), (1, 0.03, 0), 0.0455, 0.0056),
    "little": Finger((WRIST + 0.032, 0.0142, ARM_Z - 0.0008), (1, 0.07, 0), 0.0370, 0.0050),
}  # fmt: skip

_SPINE = (
    ("hips", 0.530),
    ("spine", 0.590),
    ("chest", 0.645),
    ("upperChest", 0.700),
    ("neck", 0.786),
    ("head", 0.828),
)
_LEFT = {
    "shoulder": ((0.020, 0.004, 0.766), "upperChest", UP),
    "upperArm": ((0.090, ARM_Y, ARM_Z), "shoulder", UP),
    "lowerArm": ((ELBOW, ARM_Y, ARM_Z), "upperArm", UP),
    "hand": ((WRIST, ARM_Y, ARM_Z), "lowerArm", UP),
    "upperLeg": ((0.052, 0.004, 0.490), "hips", FORWARD),
    "lowerLeg": ((0.0475, 0.002, 0.270), "upperLeg", FORWARD),
    "foot": ((0.044, 0.008, 0.045), "lowerLeg", UP),
    "toes": ((0.0465, -0.052, 0.013), "foot", UP),
}
_LAST = {"hand": (WRIST + 0.036, 0.0, ARM_Z), "toes": (0.0475, -0.090, 0.010)}


def humanoid_bones(figure: Figure) -> dict[str, Bone]:
    """The 55 humanoid bones but the jaw, parents first."""
    top = figure.head_height(0.95)
    heights = [z for _, z in _SPINE] + [top]
    bones: dict[str, Bone] = {}
    for i, (name, z) in enumerate(_SPINE):
        ends = [
            figure.from_body(np.array([0, 0.006 if at > 0.75 else 0.0, at])) for at in (z, heights[i + 1])
        ]
        bones[name] = Bone(*ends, _SPINE[i - 1][0] if i else None)
    for side, sign in ((".L", 1), (".R", -1)):
        mirror = np.array([sign, 1, 1])
        for name, (head, parent, axis) in _LEFT.items():
            child = next((other for other, row in _LEFT.items() if row[1] == name), None)
            tail = _LEFT[child][0] if child else _LAST[name]
            owner = parent if parent in bones else parent + side
            ends = [figure.from_body(np.array(p) * mirror) for p in (head, tail)]
            bones[name + side] = Bone(*ends, owner, axis)
        bones.update(_hand(figure, side, mirror))
        eye = figure.from_face(eye_centre()) * mirror
        bones["eye" + side] = Bone(eye, eye + np.array([0, -0.05 * figure.height, 0]), "head", UP)
    return bones


def _hand(figure: Figure, side: str, mirror: Array) -> dict[str, Bone]:
    bones = {}
    for name, finger in FINGERS.items():
        direction = np.array(finger.direction) / np.linalg.norm(finger.direction)
        stops = [np.array(finger.base) + direction * finger.length * s for s in (*finger.joints, 1.0)]
        parent = "hand" + side
        for segment, a, b in zip(finger.segments, stops[:-1], stops[1:], strict=True):
            bone = name + segment + side
            bones[bone] = Bone(figure.from_body(a * mirror), figure.from_body(b * mirror), parent, UP)
            parent = bone
    return bones


def vrm_name(bone: str) -> str:
    """`upperArm.L` as VRM has it: leftUpperArm."""
    if bone[-2:] not in (".L", ".R"):
        return bone
    return {"L": "left", "R": "right"}[bone[-1]] + bone[0].upper() + bone[1:-2]


@dataclass(frozen=True)
class Chain:
    """A loose strand: its joints in metres from the root to the tip, where its last bone ends."""

    name: str
    joints: Array
    parent: str
    side: str = ""

    @property
    def bones(self) -> list[str]:
        return [f"{self.name}_{i + 1}{self.side}" for i in range(len(self.joints) - 1)]


def chain_bones(chain: Chain) -> dict[str, Bone]:
    """A chain's bones from the root."""
    owners = [chain.parent, *chain.bones]
    return {
        bone: Bone(a, b, owner)
        for bone, a, b, owner in zip(
            chain.bones, chain.joints[:-1], chain.joints[1:], owners[:-1], strict=True
        )
    }
