# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles: how many heads tall, how built, with what features, unless told otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from .build import Build
from .features import Features


@dataclass(frozen=True)
class Style:
    """What a style starts from; `height` in metres."""

    height: float
    heads: float
    build: Build = field(default_factory=Build)
    features: Features = field(default_factory=Features)


STYLES = {
    "anime": Style(1.5, 4.9),
    "natural": Style(
        1.68,
        6.5,
        Build(shoulders=1.10, bust=1.04, waist=1.06, hips=1.02, limbs=1.04),
        Features(eyes=0.76, eyes_up=0.046, nose=1.5, jaw=1.02, mouth=1.22),
    ),
    "chibi": Style(
        1.0,
        3.1,
        Build(shoulders=0.90, waist=1.16, hips=1.06, limbs=1.14),
        Features(eyes=1.09, eyes_up=-0.012, jaw=1.07, mouth=0.92),
    ),
}
