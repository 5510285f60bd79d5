# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure's measures: how tall, how many heads, and the two units shapes are given in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

HEADS = 4.9  # heads in the figure's height
CHIN = 0.8148  # height of the chin in body units


@dataclass(frozen=True)
class Figure:
    """Head units: x, y in heads, t from 0 (chin) to 1 (skull top). Body units: the chin lies at `CHIN`."""

    height: float = 1.5

    @property
    def head(self) -> float:
        """One head in metres."""
        return self.height / HEADS

    @property
    def chin(self) -> float:
        """The chin's height in metres."""
        return self.height - self.head

    @property
    def body(self) -> float:
        """One body unit in metres."""
        return self.chin / CHIN

    def from_head(self, points: Array) -> Array:
        """Head units to metres."""
        return np.asarray(points, float) * self.head + np.array([0, 0, self.chin])

    def from_body(self, points: Array) -> Array:
        """Body units to metres."""
        return np.asarray(points, float) * self.body

    def to_body(self, points: Array) -> Array:
        """Metres to body units."""
        return np.asarray(points, float) / self.body

    def head_height(self, t: float) -> float:
        """The height t of the head, in body units."""
        return (self.chin + t * self.head) / self.body
