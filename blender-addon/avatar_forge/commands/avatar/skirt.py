# SPDX-License-Identifier: GPL-3.0-or-later
"""Skirts: two pleated sheets with linings, folding at the same frequency, or one would cut the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import weights
from .body import torso
from .curves import Array
from .figure import Figure
from .meshbuilder import Part
from .patch import grid_normals, shell
from .skeleton import Chain

PLEATS = 18
CHAINS = 10


@dataclass(frozen=True)
class Sheet:
    """Body units. `flare` is how far the hem stands off the hips, `fall` how much lower it hangs behind."""

    top: float
    hem: float
    off: float
    flare: float
    pleat: float
    fall: float = 0.0

    def at(self, angle: Array, k: Array | float, lift: float = 0.0) -> Array:
        """Points of the sheet; k is 0 at the belt and 1 at the hem."""
        k = np.asarray(k, float)
        behind = 0.5 + 0.5 * np.sin(angle)
        z = self.top + (self.hem - self.fall * behind - self.top) * k
        base = torso(
            angle, np.maximum(self.top - (self.top - 0.515) * np.minimum(1, k * 1.6), 0.515), self.off, 2.05
        )
        out = base * [1, 1, 0]
        out = out / np.linalg.norm(out, axis=-1, keepdims=True)
        away = self.flare * k**0.85 + self.pleat * k**0.7 * np.cos(PLEATS * angle) + lift
        points = base + out * away[..., None]
        points[..., 2] = z
        return points


UNDER = Sheet(0.590, 0.436, 0.006, 0.052, 0.0050)
OVER = Sheet(0.594, 0.408, 0.0095, 0.078, 0.0065, fall=0.042)
OPENING = 42.0  # degrees to each side of the front where the overskirt parts


def _sheet(
    part: Part, figure: Figure, points: Array, cells: tuple[str, str, str], wrap: bool, chains: list[Chain]
) -> None:
    thickness = 0.0016
    if np.einsum("ijk,ijk->", grid_normals(points, wrap), points * [1, 1, 0]) < 0:
        points = points[:, ::-1]
    for patch, cell in zip(
        shell(figure.from_body(points), thickness * figure.body, wrap), cells, strict=True
    ):
        part.add(patch, cell, weights.skirt(figure, patch.points, chains))


def _arc(start: float, end: float, count: int) -> Array:
    """Angles (1, count) from the front, in degrees."""
    return np.radians(np.linspace(start - 90, end - 90, count))[None]


def add_skirt(part: Part, figure: Figure, chains: list[Chain]) -> None:
    """Overskirt open in front, underskirt as far as it shows, and a tabard down the middle."""
    k = np.linspace(0, 1, 6)[:, None]
    _sheet(
        part, figure, UNDER.at(_arc(-72, 72, 33), k), ("underskirt", "light_lining", "light"), False, chains
    )
    _sheet(
        part,
        figure,
        OVER.at(_arc(OPENING, 360 - OPENING, 89), np.linspace(0, 1, 7)[:, None]),
        ("overskirt", "lining", "accent"),
        False,
        chains,
    )
    drop = np.linspace(0.03, 0.80, 7)[:, None]
    across = np.linspace(-1, 1, 9)[None]
    points = UNDER.at(
        np.radians(-90 + 15 * across), drop + 0.10 * (drop / 0.8) ** 4 * (1 - np.abs(across)), 0.0085
    )
    points[..., 0] = 0.036 * across * (1 + 0.25 * drop)  # straight sides, whatever the flare
    _sheet(part, figure, points, ("tabard", "lining", "accent"), False, chains)


def skirt_chains(figure: Figure) -> list[Chain]:
    """Loose chains evenly round the hips, inside the overskirt; from the left front, backwards."""
    chains = []
    for i in range(CHAINS):
        angle = -np.pi / 2 + (i + 0.5) * 2 * np.pi / CHAINS
        joints = np.concatenate([OVER.at(np.array([angle]), k, -0.006) for k in (0.30, 0.66, 0.98)])
        chains.append(Chain(f"skirt_{i + 1}", figure.from_body(joints), "hips"))
    return chains
