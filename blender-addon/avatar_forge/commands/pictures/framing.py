# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to look from so that everything is in the picture: exact fits of points into a camera's frustum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MARGIN = 0.05
"""Share of the picture's width and height left free at each side."""


@dataclass(frozen=True)
class View:
    """A camera: 4 by 4 matrices (world → camera, camera → clip, column vectors) and the picture's width /
    height.
    """

    view: np.ndarray
    projection: np.ndarray
    aspect: float

    @property
    def eye(self) -> np.ndarray:
        return -self.view[:3, :3].T @ self.view[:3, 3]

    @property
    def axes(self) -> np.ndarray:
        """Rows: right, up and back, in the world."""
        return self.view[:3, :3]

    def pixels(self, max_size: int) -> tuple[int, int]:
        """The picture's width and height where the longer one is `max_size`."""
        if self.aspect >= 1:
            return max_size, max(16, round(max_size / self.aspect))
        return max(16, round(max_size * self.aspect)), max_size


def axes_of(azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    """Rows right, up, back of a camera that looks at a figure: azimuth 0 from its front (-Y), 90 from +X."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    right = np.array([math.cos(a), math.sin(a), 0.0])
    back = np.array([math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)])
    return np.stack([right, np.cross(back, right), back])


def fit(points: np.ndarray, axes: np.ndarray, fov_deg: float, aspect: float | None = None) -> View:
    """The nearest camera with these axes that has all points (shape n, 3) in its picture.

    Without an aspect the picture takes the points' own, between 1:2 and 2:1. `fov_deg` is that of the longer
    side.
    """
    seen = points @ axes.T.astype(points.dtype)
    if aspect is None:
        aspect = clamp_aspect(seen)
    tan_x, tan_y = _tangents(fov_deg, aspect)
    x_low, x_high, far_x = _side(seen[:, 0], seen[:, 2], tan_x)
    y_low, y_high, far_y = _side(seen[:, 1], seen[:, 2], tan_y)
    center = np.array([(x_high - x_low) / 2, (y_high - y_low) / 2, max(far_x, far_y)])
    return _view(axes, center, seen, fov_deg, aspect)


def fit_all_round(
    points: np.ndarray, azimuths_deg: Sequence[float], elevation_deg: float, fov_deg: float
) -> list[View]:
    """Cameras on a circle around the upright axis of the points, all at one height and distance."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    around = points - middle
    turned = [around @ axes_of(azimuth, elevation_deg).T.astype(points.dtype) for azimuth in azimuths_deg]
    mirrored = [np.concatenate([seen, seen * np.array([-1, 1, 1], points.dtype)]) for seen in turned]
    aspect = clamp_aspect(np.concatenate(mirrored))
    tan_x, tan_y = _tangents(fov_deg, aspect)
    sides_x = [_side(seen[:, 0], seen[:, 2], tan_x) for seen in mirrored]
    sides_y = [_side(seen[:, 1], seen[:, 2], tan_y) for seen in turned]
    low, high = max(side[0] for side in sides_y), max(side[1] for side in sides_y)
    distance = max((low + high) / (2 * tan_y), *(side[2] for side in sides_x))
    views = []
    for azimuth, seen in zip(azimuths_deg, turned, strict=True):
        axes = axes_of(azimuth, elevation_deg)
        center = np.array([0.0, (high - low) / 2, distance]) + axes @ middle
        views.append(_view(axes, center, seen + axes @ middle, fov_deg, aspect))
    return views


def share(view: View, points: np.ndarray) -> float:
    """How much of the picture's longer way the points take up, 0…1; 0 where one lies behind or beyond the
    picture.
    """
    homogeneous = _clip(view, points)
    if homogeneous[:, 3].min() <= 0:
        return 0.0
    flat = homogeneous[:, :2] / homogeneous[:, 3:]
    return 0.0 if np.abs(flat).max() > 1 else float((flat.max(axis=0) - flat.min(axis=0)).max() / 2)


def in_sight(view: View, triangles: np.ndarray) -> bool:
    """Whether the picture may show some of the triangles, three points each: those are out of sight that lie
    beyond one side of the frustum altogether.
    """
    homogeneous = _clip(view, triangles).reshape(-1, 3, 4)
    places, ends = homogeneous[..., :3], homogeneous[..., 3:]
    beyond = (places > ends).all(axis=1) | (places < -ends).all(axis=1)
    return not beyond.any(axis=1).all()


def _clip(view: View, points: np.ndarray) -> np.ndarray:
    return np.c_[points, np.ones(len(points))] @ (view.projection @ view.view).T


def clamp_aspect(seen: np.ndarray) -> float:
    """Width / height of points in a camera's axes, between 1:2 and 2:1."""
    width, height = (seen.max(axis=0) - seen.min(axis=0))[:2]
    return float(min(max(width / max(height, 1e-9), 0.5), 2.0)) if width > 0 or height > 0 else 1.0


def _side(across: np.ndarray, depth: np.ndarray, tangent: float) -> tuple[float, float, float]:
    """How far out the two planes of a frustum must lie, and the camera's depth at which they meet.

    A camera at (c, z) sees a point when |across - c| <= tangent * (z - depth): two linear conditions, each
    with one point that binds.
    """
    low = float(np.max(-across + tangent * depth))
    high = float(np.max(across + tangent * depth))
    return low, high, (low + high) / (2 * tangent)


def _tangents(fov_deg: float, aspect: float) -> tuple[float, float]:
    longer = math.tan(math.radians(fov_deg) / 2)
    room = 1 - 2 * MARGIN
    return longer * min(1.0, aspect) * room, longer * min(1.0, 1 / aspect) * room


def _view(axes: np.ndarray, center: np.ndarray, seen: np.ndarray, fov_deg: float, aspect: float) -> View:
    near_depth = center[2] - float(seen[:, 2].max())
    size = float(np.linalg.norm(seen.max(axis=0) - seen.min(axis=0)))
    view = np.eye(4)
    view[:3, :3] = axes
    view[:3, 3] = -center
    far = center[2] - float(seen[:, 2].min()) + size + 0.1
    near = max(near_depth * 0.5, far * 1e-3)
    tan_x, tan_y = (tangent / (1 - 2 * MARGIN) for tangent in _tangents(fov_deg, aspect))
    projection = np.zeros((4, 4))
    projection[0, 0], projection[1, 1] = 1 / tan_x, 1 / tan_y
    projection[2, 2], projection[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
    projection[3, 2] = -1
    return View(view, projection, aspect)
