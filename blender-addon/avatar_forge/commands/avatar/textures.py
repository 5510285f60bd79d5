# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture atlases: each material's picture is painted in code, cell by cell.

A painter gets the cell's u and v (0…1, v up) and the palette and returns sRGB (height, width, 3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .palette import Colour, shade

Array = np.ndarray
Painter = Callable[[Array, Array, Mapping[str, Colour]], Array]

_BLEED = 2.0  # pixels kept free at a cell's border so that filtering never reaches the neighbour


@dataclass(frozen=True)
class Cell:
    """A rectangle of the atlas in eighths (column, row, width, height) and what is painted there."""

    x: float
    y: float
    width: float
    height: float
    painter: Painter


@dataclass(frozen=True)
class Atlas:
    """One square texture."""

    name: str
    size: int
    cells: Mapping[str, Cell]

    def place(self, cell: str, uv: Array) -> Array:
        """UV 0…1 of a cell as UV of the whole texture."""
        c = self.cells[cell]
        border = _BLEED / self.size
        low = np.array([c.x, c.y]) / 8 + border
        span = np.array([c.width, c.height]) / 8 - 2 * border
        return low + np.clip(uv, 0, 1) * span

    def paint(self, palette: Mapping[str, Colour]) -> Array:
        """Pixels (size, size, 3) from the bottom row up, as Blender keeps them."""
        picture = np.ones((self.size, self.size, 3), np.float32)
        for cell in self.cells.values():
            x0, y0 = round(cell.x / 8 * self.size), round(cell.y / 8 * self.size)
            w, h = round(cell.width / 8 * self.size), round(cell.height / 8 * self.size)
            u = (np.arange(w, dtype=np.float32) + 0.5 - _BLEED) / (w - 2 * _BLEED)
            v = (np.arange(h, dtype=np.float32) + 0.5 - _BLEED) / (h - 2 * _BLEED)
            u, v = np.meshgrid(np.clip(u, 0, 1), np.clip(v, 0, 1))
            picture[y0 : y0 + h, x0 : x0 + w] = np.clip(cell.painter(u, v, palette), 0, 1)
        return picture


def flat(name: str, amount: float = 0.0) -> Painter:
    """One colour of the palette, darkened by `amount`."""
    return lambda u, v, p: np.broadcast_to(shade(p[name], amount), (*u.shape, 3))


def blend(base: Array, colour: Colour, mask: Array) -> Array:
    """`colour` painted over `base` where `mask` is 1."""
    return base + (colour - base) * mask[..., None]


def disc(u: Array, v: Array, x: float, y: float, a: float, b: float, soft: float = 0.08) -> Array:
    """A mask: 1 inside the ellipse, with a soft edge."""
    r = np.sqrt(((u - x) / a) ** 2 + ((v - y) / b) ** 2)
    t = np.clip((1 + soft - r) / (2 * soft), 0, 1)
    return t * t * (3 - 2 * t)


def noise(x: Array, cells: int, seed: int) -> Array:
    """Smooth noise 0…1 along x, which repeats after 1; `cells` hills and dales fit into that."""
    values = np.random.default_rng(seed).random(cells)
    at = (x * cells) % cells
    low = at.astype(int) % cells
    k = at - np.floor(at)
    k = k * k * (3 - 2 * k)
    return values[low] * (1 - k) + values[(low + 1) % cells] * k
