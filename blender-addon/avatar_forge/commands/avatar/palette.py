# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours: the palette, and small sums with colours as sRGB triples 0…1."""

from __future__ import annotations

import numpy as np

from ..params import Params

Colour = np.ndarray

DEFAULT = {
    "hair": "#4a86e0",
    "hair_tip": "#8fd0ff",
    "eyes": "#2f9fd8",
    "skin": "#fde3d3",
    "main": "#37427f",
    "light": "#f7f3ec",
    "accent": "#e9b54d",
    "metal": "#c3cede",
    "leather": "#7b4b37",
    "dark": "#2d2b42",
    "gem": "#4fd6c4",
}


def palette(given: Params) -> dict[str, Colour]:
    """The default palette with the given colours in place; hair tips follow the hair unless given.

    A colour is `#rrggbb`, or [r, g, b] linear from 0 to 1. Error: bad-params.
    """
    default = Params(dict(DEFAULT))
    colours = {name: encode(np.array(given.color(name, None) or default.color(name))) for name in DEFAULT}
    if given.has("hair") and not given.has("hair_tip"):
        colours["hair_tip"] = mix(colours["hair"], np.ones(3), 0.38)
    given.done()
    return colours


def encode(linear: Colour) -> Colour:
    """Linear to sRGB. https://www.w3.org/TR/css-color-4/#color-conversion-code"""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)


def decode(srgb: Colour) -> Colour:
    """sRGB to linear."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def mix(a: Colour, b: Colour, k: Colour | float) -> Colour:
    """From a to b by k."""
    return a + (b - a) * k


def shade(colour: Colour, amount: float, towards: Colour | None = None) -> Colour:
    """Darker the painter's way: towards a cool purple, not towards black."""
    return mix(colour, colour * (np.array([0.56, 0.42, 0.60]) if towards is None else towards), amount)
