# SPDX-License-Identifier: GPL-3.0-or-later
"""What haircuts are made of: locks on the skull, chains that swing them, the wearer they are made for.

Keys of a lock are rows of (degrees round the head, height t, distance off the skull). All locks that leave
the crown do so by the same four keys: fewer give a flat crown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .curves import Array, profile
from .hair import Lock, around_skull

FULL = profile((0, 0.30), (0.2, 0.86), (0.5, 1.0), (0.74, 0.86), (0.88, 0.58), (0.96, 0.27), (1, 0.02))
FRINGE = profile((0, 0.30), (0.3, 0.92), (0.6, 0.98), (0.80, 0.70), (0.93, 0.30), (1, 0.02))

Keys = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Wearer:
    """What a cut is made for: length 0…1, and how far before, behind and below the body lets hair be."""

    length: float
    before: float = 0.0
    behind: float = 0.0
    below: float = -0.1


@dataclass(frozen=True)
class Strand:
    """A chain of hair in head units: its joints (n, 3) from the root, downwards."""

    name: str
    joints: Array
    side: str = ""


@dataclass(frozen=True)
class Haircut:
    """Locks and the chains that swing them; `ties` are where bands hold tails: (place, direction)."""

    locks: list[Lock]
    strands: list[Strand] = field(default_factory=list)
    ties: list[tuple[Array, Array]] = field(default_factory=list)


def root(angle: float, lift: float = 0.0, tucked: bool = False) -> Keys:
    """From the crown down to the brow; `tucked`, it begins under hair that is drawn back."""
    return (
        (angle * 0.88, 0.998, 0.010 if tucked else 0.085),
        (angle * 0.97, 0.968, (0.058 if tucked else 0.086) + lift),
        (angle, 0.90, 0.080 + lift),
        (angle, 0.80, 0.074 + lift),
    )


def on_skull(keys: Keys) -> Array:
    return around_skull(np.array(keys))
