# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure's measures: how tall, how many heads, how built, and the two units shapes are given in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .build import Build
from .features import Features

Array = np.ndarray

CHIN = 0.8148  # height of the chin in body units
_BACK, _CHEST = 0.088, 0.071  # how far the dressed back and chest reach, in body units


@dataclass(frozen=True)
class Figure:
    """Head units: x, y in heads, t from 0 (chin) to 1 (skull top). Body units: the chin lies at `CHIN`."""

    height: float = 1.5
    heads: float = 4.9
    build: Build = field(default_factory=Build)
    features: Features = field(default_factory=Features)

    @property
    def head(self) -> float:
        """One head in metres."""
        return self.height / self.heads

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

    def from_face(self, points: Array) -> Array:
        """Head units to metres, for what lies on the face: it takes on the figure's features."""
        return self.from_head(self.features.shape(points))

    def from_body(self, points: Array) -> Array:
        """Body units to metres, in the figure's build."""
        return self.build.shape(points) * self.body

    def to_body(self, points: Array) -> Array:
        """Metres to body units."""
        return self.build.unshape(np.asarray(points, float) / self.body)

    def head_height(self, t: float) -> float:
        """The height t of the head, in body units."""
        return (self.chin + t * self.head) / self.body

    @property
    def behind(self) -> float:
        """How much further back than a figure of 4.9 heads needs, long hair hangs; head units."""
        return max(0.0, _BACK * self.body / self.head - 0.42)

    @property
    def before(self) -> float:
        """The same for strands that lie on the chest."""
        return max(0.0, _CHEST * self.body / self.head - 0.34)
