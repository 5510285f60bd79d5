# SPDX-License-Identifier: GPL-3.0-or-later
"""The body's surface as functions: skin lies on it, clothes and armour a little off it. Body units."""

from __future__ import annotations

import numpy as np

from .curves import around, power, profile, smooth
from .patch import Patch, loft, tube

Array = np.ndarray

ARM_Z, ARM_Y = 0.757, 0.004
ELBOW, WRIST = 0.235, 0.355

torso_width = profile(
    (0.44, 0.088), (0.465, 0.098), (0.49, 0.100), (0.515, 0.098), (0.545, 0.088), (0.58, 0.072),
    (0.61, 0.064),
    (0.64, 0.068), (0.67, 0.078), (0.705, 0.087), (0.73, 0.093), (0.75, 0.095), (0.768, 0.086),
    (0.780, 0.064),
    (0.790, 0.038), (0.803, 0.0285), (0.83, 0.026), (0.86, 0.026),
)  # fmt: skip
_front = profile(
    (0.44, 0.046), (0.48, 0.052), (0.515, 0.053), (0.545, 0.048), (0.58, 0.044), (0.61, 0.044), (0.64, 0.048),
    (0.67, 0.058), (0.695, 0.065), (0.72, 0.061), (0.75, 0.049), (0.775, 0.037), (0.80, 0.025), (0.83, 0.022),
    (0.86, 0.022),
)  # fmt: skip
_back = profile(
    (0.44, 0.056), (0.48, 0.065), (0.515, 0.063), (0.545, 0.055), (0.58, 0.045), (0.61, 0.040), (0.64, 0.042),
    (0.68, 0.047), (0.72, 0.050), (0.75, 0.048), (0.775, 0.044), (0.80, 0.038), (0.83, 0.038), (0.86, 0.040),
)  # fmt: skip
arm_radius = profile(
    (0.06, 0.031), (0.098, 0.030), (0.13, 0.0265), (0.18, 0.0238), (0.235, 0.0215), (0.27, 0.0222),
    (0.32, 0.0185),
    (0.355, 0.0150), (0.37, 0.0150),
)  # fmt: skip
leg_radius = profile(
    (0.03, 0.022), (0.06, 0.0190), (0.10, 0.0208), (0.16, 0.0312), (0.205, 0.0348), (0.245, 0.0318),
    (0.27, 0.0322),
    (0.30, 0.0365), (0.36, 0.0452), (0.42, 0.0525), (0.47, 0.055),
)  # fmt: skip
leg_x = profile((0, 0.043), (0.05, 0.044), (0.27, 0.0475), (0.47, 0.052))


def torso(angle: Array, z: Array, off: Array | float = 0.0, n: float = 2.25) -> Array:
    """Points of the torso, neck and hips; angle 0 is the figure's left, -90° its front."""
    c, s = np.cos(angle), np.sin(angle)
    depth = np.where(s < 0, _front(z), _back(z)) + off
    return np.stack(
        np.broadcast_arrays((torso_width(z) + off) * power(c, 2 / n), depth * power(s, 2 / n), z), -1
    )


def torso_band(
    heights: Array, offs: Array | float, segments: int = 24, span: tuple[float, float] | None = None
) -> Array:
    """Rings (heights, segments, 3) of the torso; `span` in degrees takes an arc of it."""
    angle = around(segments) if span is None else np.radians(np.linspace(*span, segments))
    offs = np.broadcast_to(offs, len(heights))
    return np.stack([torso(angle, np.full(segments, z), off) for z, off in zip(heights, offs, strict=True)])


def arm_band(xs: Array, offs: Array | float, segments: int = 14, droop: Array | float = 0.0) -> Array:
    """Rings (xs, segments, 3) around the left arm; angle 0 points forwards, a quarter turn up."""
    angle = around(segments)
    radius = (arm_radius(xs) + offs)[:, None]
    lower = 1 + np.broadcast_to(droop, len(xs))[:, None] * np.clip(-np.sin(angle), 0, 1)
    y = ARM_Y - radius * np.cos(angle)
    z = ARM_Z + radius * np.sin(angle) * lower
    return np.stack(np.broadcast_arrays(xs[:, None], y, z), -1)


def leg_centre(z: Array) -> Array:
    """The left leg's axis: the calf lies a little behind the knee and the ankle."""
    calf = 0.007 * smooth(0.27, 0.19, z) * smooth(0.05, 0.14, z)
    return np.stack(np.broadcast_arrays(leg_x(z), 0.004 + calf, z), -1)


def leg_band(
    heights: Array, offs: Array | float, segments: int = 16, span: tuple[float, float] | None = None
) -> Array:
    """Rings (heights, segments, 3) around the left leg; angle 0 is outwards, -90° the front."""
    angle = around(segments) if span is None else np.radians(np.linspace(*span, segments))
    radius = (leg_radius(heights) + offs)[:, None]
    shin = 1 + 0.10 * smooth(0.27, 0.20, heights)[:, None] * smooth(0.05, 0.12, heights)[:, None]
    x = radius * 0.97 * np.cos(angle)
    y = radius * np.sin(angle) * np.where(np.sin(angle) < 0, 1.03 * (2 - shin), 1.03 * shin)
    rings = np.stack(np.broadcast_arrays(x, y, 0.0), -1)
    return rings + leg_centre(heights)[:, None]


def neck() -> Patch:
    """Skin from under the collar into the head, where it draws in behind the jaw."""
    heights = np.array([0.784, 0.795, 0.805, 0.82, 0.84, 0.865])
    rings = torso_band(heights, 0.0)
    inside = smooth(0.808, 0.845, heights)[:, None]
    rings[..., 0] *= 1 - 0.40 * inside
    rings[..., 1] *= 1 - np.where(rings[..., 1] < 0, 0.75, 0.12) * inside
    return loft(rings)


def bare_arm(start: float, end: float) -> Patch:
    """Skin of the left arm between two x."""
    return loft(arm_band(np.linspace(start, end, max(5, round((end - start) / 0.018))), 0.0))


def bare_leg(top: float, low: float) -> Patch:
    """Skin of the left leg between two heights."""
    return loft(leg_band(np.linspace(top, low, max(5, round((top - low) / 0.017))), 0.0))


def finger(base: Array, direction: Array, up: Array, length: float, radius: float, curl: float) -> Array:
    """Rings (8, 8, 3) of a finger, thicker at its joints; the last ring all but closes the tip."""
    s = np.array([0.0, 0.37, 0.48, 0.64, 0.74, 0.88, 0.96, 1.0])
    thick = np.array([1.04, 0.98, 0.96, 0.93, 0.90, 0.83, 0.62, 0.25])
    side = np.cross(up, direction)
    centre = base + direction * (length * s)[:, None] - up * (curl * s**2)[:, None]
    angle = around(8)
    ring = side * np.cos(angle)[:, None] + up * np.sin(angle)[:, None] * 0.95
    return centre[:, None] + ring * (radius * thick)[:, None, None]


def palm(off: float) -> Patch:
    """The left hand without its fingers: from the wrist to the knuckles."""
    x = WRIST + np.array([-0.010, 0.0, 0.010, 0.020, 0.030, 0.039, 0.043])
    centre = np.stack([x, np.array([0.004, 0.003, 0.0015, 0.0005, 0.0, 0.0, 0.0]), np.full(7, ARM_Z)], 1)
    wide = np.array([0.0142, 0.0150, 0.0172, 0.0198, 0.0212, 0.0208, 0.0180]) + off
    thick = np.array([0.0140, 0.0130, 0.0118, 0.0110, 0.0100, 0.0088, 0.0062]) + off
    return tube(centre, np.array([0, 1.0, 0]), np.array([0, 0, 1.0]), wide, thick, 12, n=2.5, end=True)
