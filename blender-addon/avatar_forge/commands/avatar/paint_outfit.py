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


def _leather(u: Array, v: Array, p: Palette) -> Array:
    picture = np.broadcast_to(p["leather"], (*u.shape, 3))
    picture = blend(picture, shade(p["leather"], 0.6), 0.5 * smooth(0.4, 1.0, v))
    return blend(picture, mix(p["leather"], np.ones(3), 0.3), 0.35 * bump(v - 0.12, 0.05))


def _gem(u: Array, v: Array, p: Palette) -> Array:
    picture = mix(shade(p["gem"], 0.7), p["gem"], smooth(0.0, 0.8, v)[..., None])
    picture = blend(picture, mix(p["gem"], np.ones(3), 0.7), disc(u, v, 0.3, 0.7, 0.18, 0.14, 0.3))
    return picture


def _plate(u: Array, v: Array, p: Palette) -> Array:
    """Metal: bands of sky and ground as an illustrator has them, and a bright edge."""
    metal = p["metal"]
    picture = np.broadcast_to(metal, (*u.shape, 3))
    picture = blend(picture, shade(metal, 0.55, np.array([0.50, 0.52, 0.66])), 0.65 * smooth(0.45, 0.95, v))
    picture = blend(picture, mix(metal, np.ones(3), 0.75), 0.85 * bump(v - 0.26 - 0.06 * np.sin(u * 2 * np.pi), 0.07))
    return picture


def _edge(u: Array, v: Array, p: Palette) -> Array:
    return np.broadcast_to(mix(p["metal"], np.ones(3), 0.45), (*u.shape, 3))


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
        "sole": Cell(4, 6, 1, 1, flat("dark", 0.35)),
        "leather_deep": Cell(5, 6, 1, 1, flat("leather", 0.45)),
    },
)
ARMOR = Atlas(
    "Armor",
    512,
    {"plate": Cell(0, 0, 8, 6, _plate), "edge": Cell(0, 6, 4, 2, _edge), "inside": Cell(4, 6, 4, 2, flat("metal", 0.6))},
)
