# SPDX-License-Identifier: GPL-3.0-or-later
"""Material presets: what skin, hair, cloth, metal and eyes are in Principled and in MToon terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np

OUTLINE_COLOR = (0.042, 0.016, 0.03)  # #3a2230


@dataclass(frozen=True)
class Look:
    """Colours linear; `shade` makes the base colour into the shadow's; `outline` in metres, 0 for none."""

    base_color: tuple[float, float, float]
    metallic: float
    roughness: float
    shade: tuple[float, float, float]
    toony: float
    shift: float
    outline: float
    rim: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rim_power: float = 5.0
    matcap: float = 0.0


LOOKS: dict[str, Look] = {
    "plain": Look((0.6, 0.6, 0.6), 0.0, 0.5, (0.62, 0.52, 0.6), 0.9, -0.05, 0.0),
    "skin": Look(
        (0.965, 0.745, 0.624), 0.0, 0.6, (0.84, 0.56, 0.55), 0.88, -0.08, 0.0013, (0.1, 0.05, 0.04), 4.0
    ),
    "hair": Look(
        (0.08, 0.21, 0.62), 0.0, 0.45, (0.5, 0.42, 0.58), 0.92, -0.02, 0.0013, (0.06, 0.06, 0.08), 6.0
    ),
    "cloth": Look((0.05, 0.15, 0.1), 0.0, 0.8, (0.55, 0.46, 0.56), 0.92, -0.05, 0.0017),
    "metal": Look(
        (0.57, 0.6, 0.64), 1.0, 0.25, (0.3, 0.24, 0.28), 0.75, -0.1, 0.0016, (0.05, 0.05, 0.05), 4.0, 0.9
    ),
    "eye": Look((0.03, 0.36, 0.2), 0.0, 0.3, (1.0, 1.0, 1.0), 1.0, 0.5, 0.0),
}

METAL_MATCAP = "Metal matcap"


def metal_matcap() -> bpy.types.Image:
    """The packed picture of a studio's lights in a polished ball, as MToon adds it to a metal's own colour.

    Mostly black: a key light from the upper left with a firm edge, a strip at the horizon and a bounce from
    below.
    """
    image = bpy.data.images.get(METAL_MATCAP)
    if image is not None and image.size[0] > 0:
        return image
    side = 128
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    x, y = np.meshgrid(axis, axis)

    def step(low: float, high: float, value: np.ndarray) -> np.ndarray:
        t = np.clip((value - low) / (high - low), 0, 1)
        return t * t * (3 - 2 * t)

    key = step(0.42, 0.3, np.hypot((x + 0.28) / 1.5, y - 0.42))
    strip = step(0.1, 0.02, np.abs(y + 0.12 + 0.25 * x * x)) * 0.35
    bounce = step(0.55, 0.95, np.hypot(x, y)) * step(0.1, -0.6, y) * 0.4
    light = np.clip(key + strip + bounce, 0, 1)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    pixels = np.ones((side, side, 4), np.float32)
    pixels[..., :3] = srgb[..., None]
    image = bpy.data.images.new(METAL_MATCAP, side, side)
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


def shaded(base: Sequence[float], look: Look) -> list[float]:
    """The colour of a surface of this look where it is turned away from the light."""
    return [channel * tint for channel, tint in zip(base, look.shade, strict=True)]
