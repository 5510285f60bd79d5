# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on hair: locks side by side, tip (v = 0) to crown; the right half is for inward sides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .curves import bump, smooth
from .hair import BROW, CROWN, FALL, SLOTS
from .palette import Colour, mix, shade
from .textures import Atlas, Cell, blend, noise

Array = np.ndarray


def _hair(u: Array, v: Array, p: Mapping[str, Colour]) -> Array:
    half = u.shape[1] // 2
    outside = _outside(2 * u[:, :half], v[:, :half], p)
    return np.hstack([outside, shade(outside, 0.75, np.array([0.50, 0.52, 0.78]))])


def _outside(u: Array, v: Array, p: Mapping[str, Colour]) -> Array:
    t = BROW + (v - FALL) / (1 - FALL) * (CROWN - BROW)
    fallen = np.clip(1 - v / FALL, 0, 1)  # 1 at a lock's tip
    slot, across = np.floor(u * SLOTS), np.abs(2 * ((u * SLOTS) % 1) - 1)
    sway = u + 0.006 * np.sin(7 * v + 3 * u)
    clumps, strands = noise(sway, 26, 1), noise(sway, 120, 2)
    deep = shade(p["hair"], 0.62, np.array([0.52, 0.50, 0.74]))
    light = mix(p["hair"], np.ones(3), 0.30)
    picture = np.broadcast_to(p["hair"], (*u.shape, 3))
    picture = blend(picture, deep, 0.30 * bump(fallen - 0.22, 0.22) + 0.40 * smooth(0.97, 1.03, t))
    picture = blend(picture, p["hair_tip"], 0.88 * smooth(0.10 + 0.20 * clumps, 0.95, fallen))
    dark = shade(picture, 0.55, np.array([0.52, 0.50, 0.74]))
    body = smooth(1.05, 0.92, t)  # strands run together at the crown
    picture = picture + (dark - picture) * (0.55 * smooth(0.62, 0.95, across) * body)[..., None]
    picture = picture + (dark - picture) * (0.26 * smooth(0.55, 0.80, clumps) * body)[..., None]
    picture = picture + (dark - picture) * (0.30 * smooth(0.70, 0.92, strands) * body)[..., None]
    picture = blend(picture, mix(light, p["hair_tip"], 0.4), 0.34 * smooth(0.36, 0.12, strands) * body)
    lit = t - 0.010 * np.cos(slot * 2.4) + 0.030 * across**2  # each lock carries its own arc of the ring
    return _shine(picture, lit, sway, across, p)


def _shine(picture: Array, t: Array, u: Array, across: Array, p: Mapping[str, Colour]) -> Array:
    """The ring of light: a bright core with spikes of uneven length above and, longer, below."""
    shine = mix(p["hair"], np.ones(3), 0.68)
    spikes = 0.5 * noise(u, 44, 3) + 0.5 * noise(u, 120, 4)
    for reach, opacity, soft in ((1.5, 0.30, 0.014), (1.0, 0.66, 0.006)):
        top = 0.800 + reach * 0.026 * spikes
        low = 0.790 - reach * 0.080 * (1 - spikes) ** 2
        band = smooth(top + soft, top - soft, t) * smooth(low - soft, low + soft, t)
        picture = blend(picture, shine, opacity * band * smooth(1.0, 0.70, across))
    return picture


def _outline(u: Array, v: Array, p: Mapping[str, Colour]) -> Array:
    """How wide the outline is: where locks run together at the crown, lines would lie beside lines."""
    t = BROW + (v - FALL) / (1 - FALL) * (CROWN - BROW)
    return np.repeat((1 - 0.56 * smooth(0.58, 0.90, t))[..., None], 3, axis=-1)


HAIR = Atlas("Hair", 1024, {"hair": Cell(0, 0, 8, 8, _hair)})
HAIR_OUTLINE = Atlas("Hair outline", 64, {"hair": Cell(0, 0, 8, 8, _outline)})
