# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on hair: v is the height, u runs from root to tip; the right half is for inward sides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .curves import smooth
from .hair import TEXTURE_HIGH, TEXTURE_LOW
from .palette import Colour, mix, shade
from .textures import Atlas, Cell, blend

Array = np.ndarray


def _hair(u: Array, v: Array, p: Mapping[str, Colour]) -> Array:
    half = u.shape[1] // 2
    outside = _outside(2 * u[:, :half], v[:, :half], p)
    return np.hstack([outside, shade(outside, 0.75, np.array([0.50, 0.52, 0.78]))])


def _outside(u: Array, v: Array, p: Mapping[str, Colour]) -> Array:
    t = TEXTURE_LOW + v * (TEXTURE_HIGH - TEXTURE_LOW)
    picture = np.broadcast_to(p["hair"], (*u.shape, 3))
    deep = shade(p["hair"], 0.62, np.array([0.52, 0.50, 0.74]))
    picture = blend(picture, deep, 0.38 * smooth(0.55, 0.0, t))
    picture = blend(picture, p["hair_tip"], 0.88 * smooth(0.52, 1.0, u))
    picture = blend(picture, deep, 0.50 * smooth(0.14, 0.0, u))
    shine = mix(p["hair"], np.ones(3), 0.62)
    picture = blend(picture, shine, 0.30 * smooth(0.735, 0.75, t) * smooth(0.845, 0.82, t))
    return blend(picture, shine, 0.62 * smooth(0.757, 0.766, t) * smooth(0.813, 0.800, t))


HAIR = Atlas("Hair", 512, {"hair": Cell(0, 0, 8, 8, _hair)})
