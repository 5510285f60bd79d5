# SPDX-License-Identifier: GPL-3.0-or-later
"""How a body is built: a smooth deformation of body units, so that skin, clothes, armour and bones agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import ARM_Y, ARM_Z, leg_radius, leg_x
from .curves import Array, bump, smooth

_TRUNK = 0.095  # further out than this from the middle, points are carried along, not stretched


@dataclass(frozen=True)
class Build:
    """Factors; 1 is the slight build all shapes are drawn in. `limbs` is how thick arms and legs are."""

    shoulders: float = 1.0
    bust: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    limbs: float = 1.0

    def shape(self, points: Array) -> Array:
        """Points (…, 3) of the drawn body as points of this one. Both sides; heights stay but on the arms."""
        points = np.asarray(points, float)
        x, y, z = np.moveaxis(points, -1, 0)
        across, side = np.abs(x), np.sign(x)
        arm = smooth(0.080, 0.115, across) * smooth(0.62, 0.68, z)
        chest = smooth(0.66, 0.73, z) * smooth(0.800, 0.770, z)
        waist = (self.waist - 1) * bump(z - 0.610, 0.050)
        hips = (self.hips - 1) * bump(z - 0.490, 0.085)
        trunk = 1 - arm
        wider = (self.shoulders - 1) * np.maximum(chest, arm) + (waist + hips) * trunk
        deeper = (waist + hips + (self.shoulders - 1) * 0.4 * chest) * trunk
        swell = (self.bust - 1) * bump(z - 0.692, 0.036) * smooth(0.0, -0.03, y) * trunk
        out = np.stack(
            [
                x + side * wider * np.minimum(across, _TRUNK),
                y + np.clip(y, -_TRUNK, _TRUNK) * (deeper + swell),
                z,
            ],
            -1,
        )
        return out + self._thicker(x, y, z, arm)

    def _thicker(self, x: Array, y: Array, z: Array, arm: Array) -> Array:
        """What thicker limbs add: away from each limb's own axis; thick thighs stand further apart."""
        more = self.limbs - 1
        side = np.where(x < 0, -1.0, 1.0)
        dx, dy = x - side * leg_x(z), y - 0.004
        away = np.where(z < 0.11, np.abs(dx), np.hypot(dx, dy))
        leg = smooth(0.500, 0.430, z) * smooth(0.105, 0.075, away)
        inside = np.minimum(np.abs(x) / 0.02, 1)  # the middle stays in the middle
        apart = side * leg_radius(z) * smooth(0.500, 0.400, z)
        return more * np.stack(
            [
                (dx * leg + apart * 0.9) * inside,
                dy * leg + (y - ARM_Y) * arm,
                (z - ARM_Z) * arm,
            ],
            -1,
        )

    def unshape(self, points: Array) -> Array:
        """The drawn body's points for points of this one, by iterating: the deformation is mild."""
        drawn = np.asarray(points, float)
        for _ in range(8):
            drawn = drawn - (self.shape(drawn) - points)
        return drawn
