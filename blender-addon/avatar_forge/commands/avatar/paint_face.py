# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on skin, eyes and mouth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .curves import bump, smooth
from .palette import Colour, mix, shade
from .textures import Atlas, Cell, blend, disc, flat

Array = np.ndarray
Palette = Mapping[str, Colour]

_BLUSH, _WARM = np.array([0.97, 0.62, 0.55]), np.array([0.86, 0.53, 0.46])
_WHITE = np.ones(3)


def _face(u: Array, v: Array, p: Palette) -> Array:
    """The front of the head, seen straight on: x = u - ½, t = v."""
    x, t = u - 0.5, v
    picture = np.broadcast_to(p["skin"], (*u.shape, 3))
    blush = mix(p["skin"], _BLUSH, 0.75)
    picture = blend(picture, blush, 0.72 * bump(np.abs(x) - 0.232, 0.075) * bump(t - 0.243, 0.040))
    for offset in (-0.028, 0.0, 0.028):  # three strokes across the blush
        stroke = disc(np.abs(x) - (t - 0.243) * 0.45, t, 0.232 + offset, 0.245, 0.0045, 0.020, 0.5)
        picture = blend(picture, mix(p["skin"], _BLUSH * 0.93, 0.9), 0.40 * stroke)
    picture = blend(picture, mix(p["skin"], _WARM, 0.9), 0.75 * disc(x, t, 0.0, 0.262, 0.011, 0.008, 0.6))
    picture = blend(picture, mix(p["skin"], _WHITE, 0.38), 0.8 * disc(x, t, -0.004, 0.292, 0.007, 0.011, 0.6))
    picture = blend(picture, shade(p["skin"], 0.30), 0.45 * disc(x, t, 0.0, 0.112, 0.030, 0.006, 0.8))
    lids = 0.30 * bump(np.hypot((np.abs(x) - 0.176) / 0.135, (t - 0.392) / 0.118) - 1.0, 0.11)
    picture = blend(picture, mix(p["skin"], _BLUSH, 0.8), lids)
    fringe = 0.55 * smooth(0.56, 0.72, t) + 0.45 * smooth(0.30, 0.40, np.abs(x)) * smooth(0.20, 0.34, t)
    return blend(picture, mix(shade(p["skin"], 0.30), _BLUSH, 0.12), fringe)


def _neck(u: Array, v: Array, p: Palette) -> Array:
    """In the shadow of the chin, front at u = ¾; behind, as light as the head that it grows into."""
    skin = np.broadcast_to(p["skin"], (*u.shape, 3))
    before = 0.25 + 0.75 * smooth(-0.5, 0.3, np.cos(2 * np.pi * (u - 0.75)))
    shadow = before * (0.25 + 0.75 * smooth(0.10, 0.50, v))
    return blend(skin, mix(shade(p["skin"], 0.50), _BLUSH, 0.15), shadow)


def _limb(u: Array, v: Array, p: Palette) -> Array:
    """In the shadow of what is worn above."""
    skin = np.broadcast_to(p["skin"], (*u.shape, 3))
    return blend(skin, mix(shade(p["skin"], 0.50), _BLUSH, 0.15), smooth(0.22, 0.02, v))


def _finger(u: Array, v: Array, p: Palette) -> Array:
    """Warm at the tip, with a nail on the back."""
    skin = np.broadcast_to(p["skin"], (*u.shape, 3))
    skin = blend(skin, mix(p["skin"], _BLUSH, 0.45), 0.7 * smooth(0.5, 0.95, v))
    nail = disc(u, v, 0.25, 0.82, 0.105, 0.115, 0.10)
    skin = blend(
        skin, mix(shade(p["skin"], 0.25), _BLUSH, 0.4), 0.8 * disc(u, v, 0.25, 0.815, 0.125, 0.135, 0.10)
    )
    return blend(skin, mix(mix(p["skin"], _BLUSH, 0.42), _WHITE, 0.30), nail)


def _ear(u: Array, v: Array, p: Palette) -> Array:
    hollow = np.broadcast_to(p["skin"], (*u.shape, 3))
    inner = disc(u, v, 0.27, 0.36, 0.15, 0.44, 0.4)
    return blend(hollow, mix(shade(p["skin"], 0.25), _BLUSH, 0.5), 0.75 * inner)


def _iris(u: Array, v: Array, p: Palette) -> Array:
    x, y = 2 * u - 1, 2 * v - 1
    r, angle = np.hypot(x, y), np.arctan2(y, x)
    eye = p["eyes"]
    deep = shade(eye, 0.80) * np.array([0.78, 0.80, 0.92])
    bright = mix(eye, _WHITE, 0.55)
    picture = mix(eye, deep, smooth(-0.55, 0.90, y)[..., None])
    rays = 0.5 + 0.5 * np.cos(angle * 23) * np.cos(angle * 9 + 1)
    picture = blend(
        picture, mix(eye, _WHITE, 0.25), 0.35 * rays * smooth(0.40, 0.62, r) * smooth(0.92, 0.76, r)
    )
    picture = blend(picture, bright, 0.90 * bump(x, 0.56) * bump(y + 0.56, 0.30))
    picture = blend(picture, deep * 0.62, smooth(0.83, 0.92, r))
    picture = blend(picture, deep * 0.45, disc(x, y, 0.0, 0.02, 0.36, 0.42, 0.10))
    picture = blend(picture, eye, 0.55 * disc(x, y, 0.0, -0.12, 0.22, 0.20, 0.45))
    picture = blend(picture, deep * 0.5, 0.62 * smooth(0.20, 0.80, y))
    glint = mix(bright, _WHITE, 0.5)
    picture = blend(picture, glint, 0.55 * disc(x, y, 0.0, -0.72, 0.42, 0.12, 0.5))
    for cx, cy, a, b, k in (
        (-0.34, 0.36, 0.25, 0.27, 1.0),
        (0.36, -0.40, 0.14, 0.13, 0.95),
        (0.10, 0.58, 0.09, 0.08, 0.8),
    ):
        picture = blend(picture, _WHITE, k * disc(x, y, cx, cy, a, b, 0.08))
    return picture


def _white(u: Array, v: Array, p: Palette) -> Array:
    picture = np.broadcast_to(np.array([0.985, 0.978, 0.975]), (*u.shape, 3))
    tint = mix(np.array([0.70, 0.68, 0.82]), p["skin"], 0.15)
    return blend(picture, tint, smooth(0.56, 0.76, v + 0.25 * (u - 0.5) ** 2))


def _mouth(u: Array, v: Array, p: Palette) -> Array:
    picture = np.broadcast_to(np.array([0.50, 0.15, 0.19]), (*u.shape, 3))
    picture = blend(picture, np.array([0.36, 0.09, 0.14]), smooth(0.45, 0.80, v))
    picture = blend(picture, np.array([0.91, 0.47, 0.47]), disc(u, v, 0.5, 0.04, 0.44, 0.44, 0.06))
    picture = blend(picture, np.array([0.96, 0.58, 0.57]), 0.7 * disc(u, v, 0.5, 0.10, 0.28, 0.22, 0.5))
    return blend(picture, np.array([1.0, 0.97, 0.95]), smooth(0.775, 0.80, v))


def _lash(u: Array, v: Array, p: Palette) -> Array:
    dark = mix(shade(p["hair"], 0.9), np.array([0.13, 0.08, 0.12]), 0.72)
    warm = mix(dark, np.array([0.55, 0.22, 0.22]), 0.35)
    return blend(np.broadcast_to(dark, (*u.shape, 3)), warm, smooth(0.35, 0.0, u) * 0.8)


def _tinted(amount: float, depth: float) -> object:
    return lambda u, v, p: np.broadcast_to(
        mix(shade(p["hair"], depth), np.array([0.20, 0.12, 0.15]), amount), (*u.shape, 3)
    )


def _lip(u: Array, v: Array, p: Palette) -> Array:
    return np.broadcast_to(mix(shade(p["skin"], 0.9), np.array([0.50, 0.17, 0.19]), 0.80), (*u.shape, 3))


def _crease(u: Array, v: Array, p: Palette) -> Array:
    return np.broadcast_to(mix(shade(p["skin"], 0.7), np.array([0.55, 0.30, 0.30]), 0.55), (*u.shape, 3))


SKIN = Atlas(
    "Skin",
    1024,
    {
        "face": Cell(0, 0, 6, 6, _face),
        "palm": Cell(6, 0, 2, 2, flat("skin")),
        "ear": Cell(6, 2, 2, 2, _ear),
        "neck": Cell(6, 4, 2, 2, _neck),
        "limb": Cell(0, 6, 4, 2, _limb),
        "finger": Cell(4, 6, 2, 2, _finger),
    },
)
FEATURES = Atlas(
    "Features",
    1024,
    {
        "iris": Cell(0, 0, 4, 4, _iris),
        "white": Cell(4, 0, 2, 2, _white),
        "mouth": Cell(6, 0, 2, 2, _mouth),
        "lash": Cell(4, 2, 2, 1, _lash),
        "brow": Cell(6, 2, 1, 1, _tinted(0.30, 0.70)),
        "lip": Cell(7, 2, 1, 1, _lip),
        "crease": Cell(4, 3, 1, 1, _crease),
        "rim": Cell(5, 3, 1, 1, flat("skin", 0.22)),
    },
)
