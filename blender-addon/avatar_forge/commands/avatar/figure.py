# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure's measures: how tall, how many heads, how built, and the two units shapes are given in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .build import Build
from .features import Features

Array = np.ndarray

CHIN = 0.8148  # height of the chin in body units
_BACK, _CHEST = 0.088, -0.071  # how far the dressed back and chest reach, as they are drawn; body units


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

    def behind(self, bulk: float = 0.0) -> float:
        """How much further back than a figure of 4.9 heads needs, long hair hangs; head units.

        bulk   of what is worn, beyond the usual; body units
        """
        return max(0.0, self._reach(_BACK + bulk) - 0.42)

    def before(self, bulk: float = 0.0) -> float:
        """The same for strands that lie on the chest."""
        return max(0.0, self._reach(_CHEST - bulk) - 0.34)

    @property
    def below(self) -> float:
        """The height t down to which hair hangs clear round the head: of shoulders, or of a wide collar."""
        wide = self.body / self.head
        return -wide * (0.0140 if wide < 6.4 else 0.0045)

    def _reach(self, y: float) -> float:
        """How far from the middle the trunk of this build has what is drawn at y; head units."""
        trunk = np.array([(0, y, z) for z in np.linspace(0.62, 0.76, 8)])
        return np.abs(self.from_body(trunk)[:, 1]).max() / self.head
