# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours: the palette, and small sums with colours as sRGB triples 0…1."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from ..errors import CommandError

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

_HEX = re.compile(r"#?([0-9a-fA-F]{6})$")


def parse(text: object, name: str) -> Colour:
    """`#rrggbb`, or [r, g, b] linear 0…1, as an sRGB triple."""
    if isinstance(text, str) and (match := _HEX.match(text)):
        digits = match.group(1)
        return np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    if isinstance(text, (list, tuple)) and len(text) == 3 and all(_channel(c) for c in text):
        return encode(np.array(text, float))
    raise CommandError(
        "bad-params", f"palette.{name} is not a colour: {text!r}", "Give "#rrggbb", or [r, g, b] linear from 0 to 1."
    )


def _channel(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def palette(given: Mapping[str, object]) -> dict[str, Colour]:
    """The default palette with the given colours in place; hair tips follow the hair unless given."""
    unknown = sorted(set(given) - set(DEFAULT))
    if unknown:
        raise CommandError(
            "bad-params", f"palette has no colour {unknown[0]!r}", f"Use: {', '.join(DEFAULT)}."
        )
    colours = {name: parse(given.get(name, default), name) for name, default in DEFAULT.items()}
    if "hair" in given and "hair_tip" not in given:
        colours["hair_tip"] = mix(colours["hair"], np.ones(3), 0.38)
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
