# SPDX-License-Identifier: GPL-3.0-or-later
"""A face's features: a smooth deformation of the drawn head, the same for skin, lids, lashes and lips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import Array, bump, smooth
from .faceplan import EYE_T, EYE_WIDTH, EYE_X, MOUTH_T
from .headshape import front, half_width


@dataclass(frozen=True)
class Features:
    """Factors, 1 as drawn: size of the eyes, height of the nose, width of jaw and mouth.

    `eyes_up` in head units.
    """

    eyes: float = 1.0
    eyes_up: float = 0.0
    nose: float = 1.0
    jaw: float = 1.0
    mouth: float = 1.0

    def shape(self, points: Array) -> Array:
        """Points (…, 3) in head units; what lies on the front stays on it."""
        points = np.asarray(points, float)
        x, y, t = np.moveaxis(points, -1, 0)
        faces = smooth(0.30, 0.02, y)
        new_x, new_t = x.copy(), t.copy()
        for side in (1, -1):
            dx, dt = x - side * EYE_X, t - EYE_T
            near = smooth(2.45, 1.25, np.hypot(dx, dt) / EYE_WIDTH) * faces
            new_x += dx * (self.eyes - 1) * near
            new_t += dt * (self.eyes - 1) * near
        new_t += self.eyes_up * smooth(0.17, 0.31, new_t) * smooth(0.72, 0.50, t) * faces
        aside = np.abs(x) / np.maximum(half_width(t), 1e-6)
        lips = smooth(0.13, 0.06, np.hypot(x * 0.9, (t - MOUTH_T) * 1.3)) * smooth(0.80, 0.30, aside) * faces
        new_x += x * (self.mouth - 1) * lips
        seen = faces * smooth(0.97, 0.75, aside)  # past it the front turns away
        nose = 0.040 * bump(x, 0.034) * np.where(t < 0.285, bump(t - 0.285, 0.032), bump(t - 0.285, 0.085))
        new_y = y + (front(new_x, new_t) - front(x, t) - (self.nose - 1) * nose) * seen
        new_x *= 1 + (self.jaw - 1) * smooth(0.42, 0.10, t)
        return np.stack([new_x, new_y, new_t], -1)
