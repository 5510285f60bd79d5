# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on clothes and armour. v runs down a garment: 0 at its upper edge, 1 at its hem."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .curves import bump, smooth
from .palette import Colour, mix, shade
from .textures import Atlas, Cell, Painter, blend, disc, flat

Array = np.ndarray
Palette = Mapping[str, Colour]


def _cloth(name: str, *bands: tuple[float, float, str]) -> Painter:
    """Cloth, a little deeper towards the hem, with bands (from v, to v, colour)."""

    def painter(u: Array, v: Array, p: Palette) -> Array:
        base = np.broadcast_to(p[name], (*u.shape, 3))
        picture = blend(base, shade(p[name], 0.5), 0.35 * smooth(0.2, 1.0, v))
        for low, high, colour in bands:
            picture = blend(picture, p[colour], ((v >= low) & (v <= high)).astype(float))
        return picture

    return painter


def _embroidered(u: Array, v: Array, p: Palette) -> Array:
    """The overskirt: a gold hem, a thin line, and lozenges between them."""
    picture = _cloth("main", (0.93, 1.0, "accent"), (0.80, 0.815, "accent"))(u, v, p)
    cell = np.abs((u * 36) % 1 - 0.5) / 0.34 + np.abs(v - 0.872) / 0.036
    return blend(picture, p["accent"], smooth(1.05, 0.95, cell))


def _tabard(u: Array, v: Array, p: Palette) -> Array:
    """A gold edge and a four-pointed star."""
    picture = _cloth("main")(u, v, p)
    edge = np.minimum(np.minimum(u, 1 - u) * 1.0, (1.0 - v) * 1.6)
    picture = blend(picture, p["accent"], ((edge < 0.075) | ((edge > 0.115) & (edge < 0.14))).astype(float))
    x, y = np.abs(u - 0.5) / 0.24, np.abs(v - 0.60) / 0.16
    star = np.sqrt(x) + np.sqrt(y)
    return blend(picture, p["accent"], smooth(1.03, 0.97, star))


def _leather(u: Array, v: Array, p: Palette) -> Array:
    picture = np.broadcast_to(p["leather"], (*u.shape, 3))
    picture = blend(picture, shade(p["leather"], 0.6), 0.5 * smooth(0.4, 1.0, v))
    return blend(picture, mix(p["leather"], np.ones(3), 0.3), 0.35 * bump(v - 0.12, 0.05))


def _coat(u: Array, v: Array, p: Palette) -> Array:
    """Plain, with a line along the hem and the open edges."""
    picture = _cloth("leather")(u, v, p)
    rim = np.minimum(np.minimum(u, 1 - u) * 3.0, 1 - v)
    return blend(picture, p["accent"], ((rim > 0.045) & (rim < 0.075)).astype(float))


def _gem(u: Array, v: Array, p: Palette) -> Array:
    picture = mix(shade(p["gem"], 0.7), p["gem"], smooth(0.0, 0.8, v)[..., None])
    picture = blend(picture, mix(p["gem"], np.ones(3), 0.7), disc(u, v, 0.3, 0.7, 0.18, 0.14, 0.3))
    return picture


# Armour is painted in greys: its colour is the material's, so that it can be turned to gold by one factor.
_METAL, _DEEP, _BRIGHT = np.array([0.90, 0.91, 0.93]), np.array([0.60, 0.61, 0.68]), np.ones(3)


def _plate(u: Array, v: Array, p: Palette) -> Array:
    """Metal: bands of sky and ground as an illustrator has them, and a bright edge."""
    picture = _band(u, v, p)
    rim = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v) * 0.8)
    picture = blend(picture, _DEEP * 0.82, bump(rim - 0.062, 0.010))
    return blend(picture, _BRIGHT, 0.9 * smooth(0.056, 0.044, rim))


def _band(u: Array, v: Array, p: Palette) -> Array:
    picture = np.broadcast_to(_METAL, (*u.shape, 3))
    picture = blend(picture, _DEEP, 0.65 * smooth(0.45, 0.95, v))
    return blend(picture, _BRIGHT, 0.85 * bump(v - 0.26 - 0.06 * np.sin(u * 2 * np.pi), 0.07))


OUTFIT = Atlas(
    "Outfit",
    1024,
    {
        "overskirt": Cell(0, 0, 4, 4, _embroidered),
        "underskirt": Cell(4, 0, 4, 2, _cloth("light", (0.80, 0.85, "main"), (0.89, 0.92, "main"))),
        "vest": Cell(4, 2, 2, 2, _cloth("main", (0.955, 1.0, "accent"))),
        "shirt": Cell(6, 2, 2, 2, _cloth("light")),
        "glove": Cell(0, 4, 2, 2, _cloth("main", (0.0, 0.05, "accent"))),
        "stocking": Cell(2, 4, 2, 2, _cloth("dark", (0.0, 0.035, "accent"), (0.06, 0.075, "accent"))),
        "leather": Cell(4, 4, 2, 2, _leather),
        "gem": Cell(6, 4, 1, 1, _gem),
        "accent": Cell(7, 4, 1, 1, flat("accent")),
        "accent_deep": Cell(6, 5, 1, 1, flat("accent", 0.35)),
        "main": Cell(7, 5, 1, 1, flat("main")),
        "lining": Cell(0, 6, 1, 1, flat("main", 0.65)),
        "light": Cell(1, 6, 1, 1, flat("light")),
        "light_lining": Cell(2, 6, 1, 1, flat("light", 0.30)),
        "dark": Cell(3, 6, 1, 1, flat("dark")),
        "coat": Cell(1, 7, 3, 1, _coat),
        "coat_lining": Cell(4, 7, 1, 1, flat("leather", 0.75)),
        "coat_plain": Cell(5, 7, 1, 1, flat("leather")),
        "frill": Cell(0, 7, 1, 1, _cloth("main", (0.84, 0.95, "accent"))),
        "sole": Cell(4, 6, 1, 1, flat("dark", 0.35)),
        "tabard": Cell(6, 6, 2, 2, _tabard),
        "leather_deep": Cell(5, 6, 1, 1, flat("leather", 0.45)),
    },
)
ARMOR = Atlas(
    "Armor",
    512,
    {
        "plate": Cell(0, 0, 5, 6, _plate),
        "band": Cell(5, 0, 3, 6, _band),
        "edge": Cell(0, 6, 4, 2, lambda u, v, p: np.broadcast_to(_BRIGHT, (*u.shape, 3))),
        "inside": Cell(4, 6, 4, 2, lambda u, v, p: np.broadcast_to(_DEEP * 0.7, (*u.shape, 3))),
    },
)
