# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip says about each moment, for any humanoid in a T-pose."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mathutils import Quaternion, Vector

from .body import Body

SPINE = ("spine", "chest", "upperChest")
NECK = ("neck", "head")
FINGERS = ("Index", "Middle", "Ring", "Little")
_X, _Y, _Z = Vector((1, 0, 0)), Vector((0, 1, 0)), Vector((0, 0, 1))


@dataclass
class Turn:
    """Degrees by which a bone is turned against its parent: about its own length when it points sideways
    (`twist`), then about Blender's Y, X and Z axes.

    The figure faces -Y, its left is +X. So for the trunk x bends forward, y leans to its left, z turns to its
    left; for the left arm y lowers, x swings back, z folds forward. `Moment.side` mirrors for the right.
    """

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    twist: float = 0.0

    def quaternion(self) -> Quaternion:
        q = Quaternion(_Z, math.radians(self.z)) @ Quaternion(_X, math.radians(self.x))
        return q @ Quaternion(_Y, math.radians(self.y)) @ Quaternion(_X, math.radians(self.twist))


@dataclass
class Moment:
    """A body at one time.

    hips   how far the hips are from where they rest, in lengths of a leg, Blender's axes
    gaze   degrees to its left, degrees down, from where the head looks
    """

    body: Body
    turns: dict[str, Turn] = field(default_factory=dict)
    hips: Vector = field(default_factory=lambda: Vector((0, 0, 0)))
    expressions: dict[str, float] = field(default_factory=dict)
    gaze: tuple[float, float] = (0.0, 0.0)

    def turn(self, bone: str, x: float = 0.0, y: float = 0.0, z: float = 0.0, twist: float = 0.0) -> None:
        """Turns a bone further."""
        sum_ = self.turns.setdefault(bone, Turn())
        sum_.x += x
        sum_.y += y
        sum_.z += z
        sum_.twist += twist

    def side(
        self, side: str, bone: str, x: float = 0.0, y: float = 0.0, z: float = 0.0, twist: float = 0.0
    ) -> None:
        """Turns a bone of a side; what is said of the left is mirrored for the right."""
        sign = 1.0 if side == "left" else -1.0
        self.turn(side + bone, x, sign * y, sign * z, twist)

    def spread(self, bones: Iterable[str], x: float = 0.0, y: float = 0.0, z: float = 0.0) -> None:
        """Shares a turn among those of the bones that this body has."""
        there = [bone for bone in bones if bone in self.body.joints]
        for bone in there:
            self.turn(bone, x / len(there), y / len(there), z / len(there))

    def curl(self, side: str, degrees: float) -> None:
        """Closes the fingers, the little one most, the thumb least."""
        for number, finger in enumerate(FINGERS):
            share = degrees * (0.75 + 0.17 * number)
            for segment, part in (("Proximal", 0.8), ("Intermediate", 1.1), ("Distal", 0.7)):
                self.side(side, f"{finger}{segment}", y=share * part)
        for segment, part in (("Proximal", 0.35), ("Distal", 0.45)):
            self.side(side, f"Thumb{segment}", z=degrees * part)


@dataclass(frozen=True)
class Clip:
    """`at(seconds, body)` is the same at 0 and at `seconds`, so that it loops and any other can follow."""

    name: str
    seconds: float
    at: Callable[[float, Body], Moment]
