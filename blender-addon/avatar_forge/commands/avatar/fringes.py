# SPDX-License-Identifier: GPL-3.0-or-later
"""Fringes: a kind is one table of locks."""

from __future__ import annotations

from .curves import profile
from .hair import Lock
from .haircut import FRINGE, on_skull, root

BLUNT = profile((0, 0.30), (0.3, 0.92), (0.7, 1.0), (0.95, 0.92), (1, 0.50))

# root angle, tip angle, tip height, half width, distance
_FRINGES: dict[str, tuple[tuple[float, float, float, float, float], ...]] = {
    "full": (
        (-63, -68, 0.20, 0.070, 0.046), (-51, -62, 0.315, 0.080, 0.066), (-38, -52, 0.45, 0.078, 0.050),
        (-25, -42, 0.545, 0.082, 0.074), (-12, -27, 0.550, 0.078, 0.056), (2, -12, 0.495, 0.078, 0.084),
        (14, 17, 0.565, 0.068, 0.056), (26, 36, 0.545, 0.082, 0.074), (39, 50, 0.445, 0.078, 0.052),
        (51, 62, 0.300, 0.082, 0.068), (63, 70, 0.20, 0.072, 0.048),
    ),
    "parted": (
        (-63, -72, 0.16, 0.072, 0.046), (-50, -68, 0.23, 0.084, 0.064), (-37, -62, 0.33, 0.086, 0.050),
        (-24, -55, 0.42, 0.088, 0.072), (-11, -46, 0.50, 0.086, 0.054), (-2, -34, 0.575, 0.080, 0.080),
        (5, 30, 0.585, 0.078, 0.062), (12, 44, 0.50, 0.086, 0.078), (25, 54, 0.42, 0.088, 0.054),
        (38, 62, 0.33, 0.086, 0.070), (51, 68, 0.23, 0.084, 0.050), (63, 72, 0.16, 0.072, 0.048),
    ),
    "straight": (
        (-66, -66, 0.16, 0.076, 0.046), (-54, -55, 0.20, 0.082, 0.064), (-42, -43, 0.515, 0.082, 0.050),
        (-30, -31, 0.520, 0.082, 0.070), (-18, -18, 0.515, 0.082, 0.052), (-6, -6, 0.520, 0.082, 0.072),
        (6, 6, 0.515, 0.082, 0.054), (18, 18, 0.520, 0.082, 0.072), (30, 31, 0.515, 0.082, 0.052),
        (42, 43, 0.520, 0.082, 0.068), (54, 55, 0.20, 0.082, 0.064), (66, 66, 0.16, 0.076, 0.046),
    ),
}  # fmt: skip
FRINGES = tuple(_FRINGES)


def fringe(kind: str, tucked: bool) -> list[Lock]:
    """The locks over the forehead; `tucked` where the hair behind is tied."""
    locks = []
    for angle, tip, height, width, off in _FRINGES[kind]:
        fall = tuple(
            (angle + (tip - angle) * k**1.6, 0.74 + (height - 0.74) * k, off + lift)
            for k, lift in ((0, 0.022), (0.36, 0.014), (0.70, 0.002), (1, -0.018))
        )
        taper = BLUNT if kind == "straight" and height > 0.4 else FRINGE
        locks.append(Lock(on_skull(root(angle, (off - 0.06) * 0.6, tucked) + fall), width, taper, 0.46, 17))
    return locks
