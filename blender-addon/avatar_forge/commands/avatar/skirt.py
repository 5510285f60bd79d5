# SPDX-License-Identifier: GPL-3.0-or-later
"""Skirts: two pleated sheets with linings, folding at the same frequency, or one would cut the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import torso
from .curves import Array
from .figure import Figure
from .skeleton import Chain
from .wear import Wear

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
_SLIM_UNDER = Sheet(0.590, 0.436, 0.006, 0.026, 0.0014)  # under a coat
_SLIM_OVER = Sheet(0.594, 0.408, 0.0095, 0.034, 0.0018)
OPENING = 42.0  # degrees to each side of the front where the overskirt parts
_SEEN = 72.0  # as far round it is to be seen what hangs under an open coat or overskirt


def arc(start: float, end: float, count: int) -> Array:
    """Angles (1, count) from the front, in degrees."""
    return np.radians(np.linspace(start - 90, end - 90, count))[None]


def phase(angle: Array) -> Array:
    """u (columns) of a sheet's face: whole turns, moved by whole pleats so that it begins after 0."""
    turns = angle[0] / (2 * np.pi)
    return turns + np.ceil(-turns.min() * PLEATS) / PLEATS


def skirt(wear: Wear) -> None:
    """Overskirt open in front, underskirt as far as it shows, and a tabard down the middle.

    Under a coat it hangs closer, and there is no more of it than the coat lets see.
    """
    hidden = "coat" in wear.pieces
    lower, upper = (_SLIM_UNDER, _SLIM_OVER) if hidden else (UNDER, OVER)
    under = arc(-_SEEN, _SEEN, 33)
    wear.sheet(lower.at(under, _rows(6)), ("underskirt", "light_lining", "light"), False, phase(under))
    ends = (
        ((OPENING, _SEEN, 11), (360 - _SEEN, 360 - OPENING, 11))
        if hidden
        else ((OPENING, 360 - OPENING, 89),)
    )
    for over in (arc(*end) for end in ends):
        wear.sheet(upper.at(over, _rows(7)), ("overskirt", "lining", "accent"), False, phase(over))
    drop = np.linspace(0.03, 0.80, 7)[:, None]
    across = np.linspace(-1, 1, 9)[None]
    points = lower.at(
        np.radians(-90 + 15 * across), drop + 0.10 * (drop / 0.8) ** 4 * (1 - np.abs(across)), 0.0085
    )
    points[..., 0] = 0.036 * across * (1 + 0.25 * drop)  # straight sides, whatever the flare
    wear.sheet(points, ("tabard", "lining", "accent"), False)


def _rows(count: int) -> Array:
    return np.linspace(0, 1, count)[:, None]


def skirt_chains(figure: Figure, sheet: Sheet) -> list[Chain]:
    """Loose chains evenly round the hips, inside the sheet; of each side from the front, backwards."""
    chains = []
    for side, sign in ((".L", 1), (".R", -1)):
        for i in range(CHAINS // 2):
            angle = -np.pi / 2 + (i + 0.5) * 2 * np.pi / CHAINS
            joints = np.concatenate([sheet.at(np.array([angle]), k, -0.006) for k in (0.30, 0.66, 0.98)])
            chains.append(Chain(f"skirt_{i + 1}", figure.from_body(joints * [sign, 1, 1]), "hips", side))
    return chains
