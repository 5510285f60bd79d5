# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on clothes and armour. v runs down a garment: 0 at its upper edge, 1 at its hem."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .curves import bump, smooth
from .palette import Colour, mix, shade
from .skirt import PLEATS
from .textures import Atlas, Cell, Painter, blend, disc, flat, noise

Array = np.ndarray
Palette = Mapping[str, Colour]


def _weave(picture: Array, u: Array, v: Array, threads: int = 48) -> Array:
    """Threads over and under, seen from near only."""
    over = np.sin(2 * np.pi * threads * u) * np.sin(2 * np.pi * threads * v)
    return picture * (1 + 0.014 * over)[..., None]


def _stitches(picture: Array, line: Array, along: Array, p: Palette, name: str, size: float = 1.0) -> Array:
    """A seam where `line` is 0, with a row of stitches beside it; `along` counts them."""
    dark = shade(picture, 0.6)
    picture = picture + (dark - picture) * (0.75 * bump(line, 0.006 * size))[..., None]
    thread = mix(p[name], np.ones(3), 0.30)
    row = bump(np.abs(line) - 0.020 * size, 0.005 * size) * (np.abs(along % 1 - 0.5) < 0.30)
    return blend(picture, thread, 0.55 * row)


def _folds(picture: Array, u: Array, v: Array, where: Array, seed: int, count: int = 11) -> Array:
    """Soft creases that run down the cloth where `where` is 1."""
    hills = noise(u + 0.03 * np.sin(5 * v + seed), count, seed)
    dark, light = shade(picture, 0.55), mix(picture, np.ones(3), 0.16)
    depth = 0.66 - 0.36 * picture.mean(axis=-1)  # white cloth would look soiled
    picture = picture + (dark - picture) * (depth * smooth(0.58, 0.85, hills) * where)[..., None]
    return picture + (light - picture) * (0.70 * smooth(0.42, 0.15, hills) * where)[..., None]


def _cloth(name: str, *bands: tuple[float, float, str], folds: float = 0.0) -> Painter:
    """Woven cloth, a little deeper towards the hem, with bands (from v, to v, colour)."""

    def painter(u: Array, v: Array, p: Palette) -> Array:
        base = np.broadcast_to(p[name], (*u.shape, 3))
        picture = blend(base, shade(p[name], 0.5), 0.35 * smooth(0.2, 1.0, v))
        picture = blend(picture, shade(p[name], 0.7), 0.55 * smooth(0.10, 0.0, v))
        picture = _folds(picture, u, v, folds * np.ones_like(u), 5)
        for low, high, colour in bands:
            picture = blend(picture, shade(picture, 0.5), 0.5 * bump(v - low + 0.012, 0.016))
            picture = blend(picture, p[colour], ((v >= low) & (v <= high)).astype(float))
        return _weave(picture, u, v)

    return painter


def _pleated(name: str, *bands: tuple[float, float, str]) -> Painter:
    """Cloth in the skirt's pleats, whose phase u carries: valleys in shadow, ridges in light."""
    cloth = _cloth(name, *bands)

    def painter(u: Array, v: Array, p: Palette) -> Array:
        return _in_pleats(cloth(u, v, p), np.cos(2 * np.pi * PLEATS * u), v)

    return painter


def _in_pleats(picture: Array, ridge: Array, v: Array) -> Array:
    depth = smooth(-0.05, 0.5, v)
    dark, light = shade(picture, 0.60), mix(picture, np.ones(3), 0.14)
    picture = picture + (dark - picture) * (0.75 * smooth(0.10, -0.95, ridge) * depth)[..., None]
    return picture + (light - picture) * (0.70 * smooth(0.55, 1.0, ridge) * depth)[..., None]


def _embroidered(u: Array, v: Array, p: Palette) -> Array:
    """The overskirt: a gold hem, a thin line, and lozenges between them."""
    picture = _cloth("main", (0.93, 1.0, "accent"), (0.80, 0.815, "accent"))(u, v, p)
    cell = np.abs((u * 36) % 1 - 0.5) / 0.34 + np.abs(v - 0.872) / 0.036
    picture = blend(picture, p["accent"], smooth(1.05, 0.95, cell))
    return _in_pleats(picture, np.cos(2 * np.pi * PLEATS * u), v)


def _bodice(u: Array, v: Array, p: Palette) -> Array:
    """The vest, neckline at v = 1, front at u = ¾: an edging, seams to the waist, two rows of buttons."""
    picture = _cloth("main")(u, 1 - v, p)
    front = u - 0.75
    picture = blend(picture, shade(p["main"], 0.6), 0.35 * bump(v - 0.52, 0.16) * bump(front, 0.16))
    picture = _folds(picture, u, v, smooth(0.40, 0.05, v) * 0.8, 3, 17)
    picture = blend(picture, p["accent"], (v >= 0.955).astype(float))
    for line in (np.abs(front) - 0.105, np.abs(u - 0.25) - 0.09):
        picture = _stitches(picture, line, v * 40, p, "main", 0.55)
    picture = _stitches(picture, front, v * 40, p, "main", 0.55)
    for height in (0.30, 0.47, 0.64):
        button = np.hypot((np.abs(front) - 0.045) * 2.3, v - height) / 0.036
        picture = blend(picture, shade(p["accent"], 0.6), smooth(1.25, 1.05, button))
        picture = blend(picture, p["accent"], smooth(1.0, 0.85, button))
        picture = blend(picture, mix(p["accent"], np.ones(3), 0.5), smooth(0.5, 0.2, button))
    return _weave(picture, u, v)


def _shirt(u: Array, v: Array, p: Palette) -> Array:
    """The front at u = ¾: a placket with buttons, a yoke, shadow under the collar."""
    shadow = shade(p["light"], 0.45, np.array([0.62, 0.52, 0.56]))
    picture = blend(np.broadcast_to(p["light"], (*u.shape, 3)), shadow, 0.30 * smooth(0.3, 1.0, v))
    picture = _folds(picture, u, v, 0.35 * smooth(0.25, 0.6, v), 5)
    front = np.abs(u - 0.75)
    picture = _stitches(picture, front - 0.028, v * 44, p, "light", 0.55)
    picture = blend(
        picture, shade(p["light"], 0.65), 0.8 * disc(front, v % 0.16, 0.0, 0.08, 0.008, 0.016, 0.3)
    )
    return picture


def _sleeve(name: str) -> Painter:
    """Along the arm: creases inside of the elbow and under the shoulder, a seam below."""

    def painter(u: Array, v: Array, p: Palette) -> Array:
        picture = _cloth(name)(u, 0.3 + 0.4 * v, p)
        front = np.cos(2 * np.pi * u)
        elbow = bump(v - 0.70, 0.10) * smooth(-0.6, 0.8, front)
        picture = _folds(picture, v + 0.06 * front, u, np.maximum(elbow, 0.55 * bump(v - 0.25, 0.14)), 8, 19)
        return _stitches(picture, u - 0.75, v * 40, p, name)

    return painter


def _puff(u: Array, v: Array, p: Palette) -> Array:
    """Gathers that run out from the band and from the shoulder."""
    picture = _cloth("light")(u, 0.15 + 0.5 * v, p)
    return _folds(picture, u, v, np.maximum(smooth(0.62, 0.98, v), 0.6 * smooth(0.40, 0.10, v)), 4, 19)


def _trousers(u: Array, v: Array, p: Palette) -> Array:
    """Seen from in front, u from the middle outwards, v from the waist to the ankle: fly, creases, knees."""
    picture = _cloth("dark")(u, 0.2 + 0.5 * v, p)
    picture = blend(picture, shade(p["dark"], 0.7), 0.6 * smooth(0.16, 0.0, u) * smooth(0.18, 0.30, v))
    picture = blend(
        picture, mix(p["dark"], np.ones(3), 0.16), 0.8 * bump(u - 0.40, 0.13) * smooth(0.2, 0.4, v)
    )
    knee = bump(v - 0.66, 0.05) + 0.8 * bump(v - 0.24, 0.05) + 0.7 * bump(v - 0.97, 0.06)
    picture = _folds(picture, v + 0.22 * np.abs(u - 0.4), u, 0.9 * np.clip(knee, 0, 1), 6, 37)
    picture = _stitches(picture, u - 0.02 + 9 * smooth(0.20, 0.24, v), v * 60, p, "dark")
    return _stitches(picture, u - 0.78, v * 60, p, "dark")


def _stocking(u: Array, v: Array, p: Palette) -> Array:
    """With the sheen of a knitted thing, lightest in front."""
    picture = _cloth("dark", (0.0, 0.035, "accent"), (0.06, 0.075, "accent"))(u, v, p)
    sheen = mix(p["dark"], np.ones(3), 0.24)
    return blend(picture, sheen, 0.55 * bump(u - 0.75, 0.13) * smooth(0.10, 0.25, v))


def _tabard(u: Array, v: Array, p: Palette) -> Array:
    """A gold edge and a four-pointed star."""
    picture = _cloth("main")(u, v, p)
    edge = np.minimum(np.minimum(u, 1 - u) * 1.0, (1.0 - v) * 1.6)
    picture = blend(picture, shade(p["main"], 0.6), 0.5 * bump(edge - 0.16, 0.03))
    picture = blend(picture, p["accent"], ((edge < 0.075) | ((edge > 0.115) & (edge < 0.14))).astype(float))
    x, y = np.abs(u - 0.5) / 0.24, np.abs(v - 0.60) / 0.16
    star = np.sqrt(x) + np.sqrt(y)
    picture = blend(picture, p["accent"], smooth(1.03, 0.97, star))
    return _weave(picture, u, v)


def _leather(u: Array, v: Array, p: Palette) -> Array:
    grain = noise(u * 1.0 + 0.11 * np.sin(31 * v), 37, 1) * noise(v + 0.09 * np.sin(29 * u), 41, 2)
    picture = np.broadcast_to(p["leather"], (*u.shape, 3)) * (0.95 + 0.14 * grain)[..., None]
    picture = blend(picture, shade(p["leather"], 0.6), 0.5 * smooth(0.4, 1.0, v))
    return blend(picture, mix(p["leather"], np.ones(3), 0.3), 0.35 * bump(v - 0.12, 0.05))


def _boot(u: Array, v: Array, p: Palette) -> Array:
    """The shaft, front at u = ¾: laces in front, a seam at each side, creases at the ankle."""
    picture = _leather(u, 0.15 + 0.6 * v, p)
    front = u - 0.75
    picture = blend(picture, mix(p["leather"], np.ones(3), 0.22), 0.8 * bump(np.abs(front) - 0.12, 0.06))
    picture = _folds(picture, v + 0.03 * np.cos(4 * np.pi * u), u, 0.9 * smooth(0.55, 0.75, v), 7, 23)
    for seam in (0.0, 0.5, 1.0):
        picture = _stitches(picture, (u - seam) * 0.8, v * 30, p, "leather")
    tongue = shade(p["leather"], 0.75)
    picture = blend(picture, tongue, smooth(0.055, 0.045, np.abs(front)) * smooth(0.90, 0.82, v))
    lace = mix(p["accent"], p["light"], 0.35)
    for sign in (1, -1):
        cross = (v * 9 + sign * front * 9.5) % 1 - 0.5
        lane = smooth(0.068, 0.060, np.abs(front)) * smooth(0.86, 0.84, v)
        picture = blend(picture, shade(p["leather"], 0.95), 0.7 * smooth(0.22, 0.16, np.abs(cross)) * lane)
        picture = blend(picture, lace, smooth(0.15, 0.10, np.abs(cross)) * lane)
    return picture


def _coat(u: Array, v: Array, p: Palette) -> Array:
    """With a line along the hem and the open edges, and a seam down the back."""
    picture = _folds(_cloth("leather")(u, v, p), u, v, 0.5 * smooth(0.55, 0.9, v), 2, 23)
    picture = _stitches(picture, u - 0.5, v * 70, p, "leather", 0.35)
    rim = np.minimum(np.minimum(u, 1 - u) * 3.0, 1 - v)
    picture = blend(picture, shade(p["leather"], 0.6), 0.5 * bump(rim - 0.085, 0.015))
    return blend(picture, p["accent"], ((rim > 0.045) & (rim < 0.075)).astype(float))


def _coat_tail(u: Array, v: Array, p: Palette) -> Array:
    """The same below the belt, in pleats: 15.6 of them between the open edges."""
    return _in_pleats(_coat(u, v, p), np.cos(2 * np.pi * (15.6 * u - 3.3)), v)


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
        "underskirt": Cell(4, 0, 4, 2, _pleated("light", (0.80, 0.85, "main"), (0.89, 0.92, "main"))),
        "vest": Cell(4, 2, 2, 2, _bodice),
        "shirt": Cell(6, 2, 2, 2, _shirt),
        "glove": Cell(0, 4, 2, 1, _cloth("main", (0.0, 0.05, "accent"), folds=0.5)),
        "boot": Cell(0, 5, 2, 1, _boot),
        "stocking": Cell(2, 4, 2, 2, _stocking),
        "leather": Cell(4, 4, 2, 2, _leather),
        "puff": Cell(6, 4, 1, 1, _puff),
        "sleeve": Cell(6, 5, 1, 1, _sleeve("main")),
        "trousers": Cell(7, 4, 1, 2, _trousers),
        "coat_tail": Cell(0, 6, 4, 1, _coat_tail),
        "coat": Cell(0, 7, 3, 1, _coat),
        "frill": Cell(3, 7, 1, 1, _pleated("main", (0.84, 0.95, "accent"))),
        "tabard": Cell(6, 6, 2, 2, _tabard),
        "coat_sleeve": Cell(4, 6, 1, 1, _sleeve("leather")),
        "gem": Cell(5, 6, 0.5, 1, _gem),
        "main": Cell(5.5, 6, 0.5, 1, _cloth("main", folds=0.3)),
        "accent": Cell(4, 7, 0.5, 0.5, flat("accent")),
        "accent_deep": Cell(4.5, 7, 0.5, 0.5, flat("accent", 0.35)),
        "lining": Cell(5, 7, 0.5, 0.5, flat("main", 0.65)),
        "light": Cell(5.5, 7, 0.5, 0.5, flat("light")),
        "light_lining": Cell(4, 7.5, 0.5, 0.5, flat("light", 0.30)),
        "sole": Cell(4.5, 7.5, 0.5, 0.5, flat("dark", 0.35)),
        "coat_lining": Cell(5, 7.5, 0.5, 0.5, flat("leather", 0.75)),
        "leather_deep": Cell(5.5, 7.5, 0.5, 0.5, flat("leather", 0.45)),
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
