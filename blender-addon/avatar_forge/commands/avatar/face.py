# SPDX-License-Identifier: GPL-3.0-or-later
"""The head's skin: a polar grid whose front is retriangulated around the eyes and the mouth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from mathutils import Vector, geometry

from .curves import around
from .faceplan import (
    EYE_DOWN,
    EYE_T,
    EYE_TILT,
    EYE_UP,
    EYE_WIDTH,
    EYE_X,
    MOUTH_T,
    REST,
    FacePose,
    Mouth,
    drop_jaw,
    eye_outline,
    lid_shift,
    mouth_outline,
    swapped,
)  # fmt: skip
from .headshape import angle_of, front, surface
from .patch import Patch, grid

Array = np.ndarray

COLUMNS, ROWS = 48, 30
EYE_POINTS, MOUTH_POINTS = 32, 28
EYE_RINGS = (
    (1.0, 1.0),
    (1.07, 0.80),
    (1.18, 0.45),
    (1.34, 0.12),
)  # scale of the outline, share of a lid's way
# growth of the outline, share of a lip's way: no ring may overtake the next when the mouth opens .07 wide
MOUTH_RINGS = ((0.0, 1.0), (0.010, 0.93), (0.026, 0.72), (0.048, 0.42), (0.074, 0.14))
RIM = 0.05  # depth of the wall behind an opening
_PATCH_COLUMN = 10  # the retriangulated front spans ±75°
_ASPECT = 0.4  # angles weigh this much beside heights when triangulating


@dataclass(frozen=True)
class Anchor:
    """A point of the skin that follows an eye's or the mouth's outline."""

    index: int
    share: float
    side: int  # 1 left eye, -1 right eye, 0 mouth
    angle: float  # on the eye's outline; on the mouth's, its number


def mouth_loop() -> tuple[Array, Array]:
    """(u, upper) of the lips' outline: along the top from the right corner, back below."""
    half = MOUTH_POINTS // 2
    u = -np.cos(np.linspace(0, np.pi, half + 1))
    return np.concatenate([u, u[-2:0:-1]]), np.arange(MOUTH_POINTS) <= half


class Skin:
    """The head's skin at rest; `points(pose)` is where its points lie in a pose."""

    def __init__(self) -> None:
        self._chart: list[tuple[float, float]] = []  # (angle, t) of each point
        self._faces: list[tuple[int, ...]] = []
        self._anchors: list[Anchor] = []
        self._build()
        self._drop_unused()
        self._outlines = {side: self._outline(side) for side in (1, -1, 0)}
        angle, t = np.array(self._chart).T
        self._rest = surface(angle, t)

    def patch(self) -> Patch:
        """The skin at rest, in head units, with the planar front view as UV."""
        faces = [*self._faces, tuple(range(COLUMNS))[::-1]]
        points = self.points(REST)
        uv = np.stack([points[:, 0] + 0.5, points[:, 2]], 1)
        behind = points[:, 1] > 0.05
        uv[behind, 0] = 0.5 + 0.45 * np.sign(points[behind, 0])  # plain skin at the picture's edges
        return Patch(points, tuple(faces), uv[np.concatenate([np.array(f) for f in faces])])

    def points(self, pose: FacePose) -> Array:
        """Points (n, 3) in head units."""
        shift = self._shift(pose)
        moved = np.abs(shift).sum(axis=1) > 1e-6
        points = self._rest.copy()
        points[moved, 0] += shift[moved, 0]
        points[moved, 2] += shift[moved, 1]
        lids = np.zeros(len(points))
        for anchor in self._anchors:
            if anchor.side:
                lids[anchor.index] = np.abs(shift[anchor.index, 1]) * 0.085  # a closed lid lies on a ball
        points[moved, 1] = front(points[moved, 0], points[moved, 2]) - lids[moved]
        return points + drop_jaw(points, pose.jaw)

    def wall(self, side: int, pose: FacePose) -> Patch:
        """The wall behind an opening; apart from the skin, or the skin's outline would turn inwards."""
        loop = self._outlines[side]
        edge = self.points(pose)[loop]
        wall = grid(np.stack([edge, edge + np.array([0, RIM, 0])]), True)
        return wall if side >= 0 else wall.flipped()

    def _shift(self, pose: FacePose) -> Array:
        shift = np.zeros((len(self._chart), 2))
        u, upper = mouth_loop()
        rest, posed = (np.stack(mouth_outline(mouth, u, upper), 1) for mouth in (Mouth(), pose.mouth))
        for side in (1, -1):
            mine = [a for a in self._anchors if a.side == side]
            angle = np.array([a.angle for a in mine])
            view = pose if side > 0 else swapped(pose)
            way = lid_shift(view, eye_outline(angle)[0], angle) * np.array([a.share for a in mine])
            shift[[a.index for a in mine], 1] = way
        for anchor in self._anchors:
            if anchor.side == 0:
                shift[anchor.index] = (posed - rest)[int(anchor.angle)] * anchor.share
        return shift

    def _build(self) -> None:
        heights = np.concatenate([[0], 0.5 - 0.5 * np.cos(np.linspace(0.12, np.pi - 0.06, ROWS - 2)), [1]])
        angles = around(COLUMNS)
        index = {(r, c): r * COLUMNS + c for r in range(ROWS) for c in range(COLUMNS)}
        self._chart = [(float(a), float(t)) for t in heights for a in angles]
        low, high = int(np.searchsorted(heights, 0.04)), int(np.searchsorted(heights, 0.60))
        left = _PATCH_COLUMN

        def inside(r: int, c: int) -> bool:
            return low <= r < high and (c + left) % COLUMNS < 2 * left

        for r in range(ROWS - 1):
            for c in range(COLUMNS):
                hidden = heights[r] > 0.80 or (heights[r] > 0.50 and abs((c + 24) % COLUMNS - 24) > 16)
                if not inside(r, c) and not hidden:  # the hair's cap has no skin under it
                    n = (c + 1) % COLUMNS
                    self._faces.append((index[r, c], index[r, n], index[r + 1, n], index[r + 1, c]))
        border = (
            [(low, c) for c in range(-left, left)]
            + [(r, left) for r in range(low, high)]
            + [(high, c) for c in range(left, -left, -1)]
            + [(r, -left) for r in range(high, low, -1)]
        )
        within = [(r, c) for r in range(low + 1, high) for c in range(-left + 1, left)]
        self._triangulate(heights, angles, index, border, within)

    def _triangulate(
        self,
        heights: Array,
        angles: Array,
        index: Mapping[tuple[int, int], int],
        border: list[tuple[int, int]],
        within: list[tuple[int, int]],
    ) -> None:
        """Fills the front between `border` and the openings with triangles over the points `within`."""
        places: list[Vector] = []
        known: dict[int, int] = {}  # place: point of the grid
        anchors: dict[int, Anchor] = {}

        def place(angle: float, t: float) -> int:
            places.append(Vector((angle * _ASPECT, t)))
            return len(places) - 1

        def ring(numbers: list[int]) -> list[tuple[int, int]]:
            return list(zip(numbers, numbers[1:] + numbers[:1], strict=True))

        def grid_place(r: int, c: int) -> int:
            angle = (angles[c % COLUMNS] + np.pi) % (2 * np.pi) - np.pi
            number = place(float(angle), float(heights[r]))
            known[number] = index[r, c % COLUMNS]
            return number

        edges = ring([grid_place(r, c) for r, c in border])
        for x, t, entries in _openings():
            numbers = [place(float(a), float(b)) for a, b in zip(angle_of(x, t), t, strict=True)]
            anchors.update({n: Anchor(0, *entry) for n, entry in zip(numbers, entries, strict=True)})
            edges += ring(numbers)
        r, c = np.array(within).T
        x, _, t = surface(angles[c % COLUMNS], heights[r]).T
        for i in np.flatnonzero((_eye_distance(x, t) > 1.50) & (_mouth_distance(x, t) > 1)):
            grid_place(*within[i])
        spots, _, triangles, origins, *_ = geometry.delaunay_2d_cdt(places, edges, [], 0, 1e-6)
        point: list[int] = []
        for spot, sources in zip(spots, origins, strict=True):
            old = next((known[s] for s in sources if s in known), None)
            if old is None:
                old = len(self._chart)
                self._chart.append((spot.x / _ASPECT, spot.y))
            point.append(old)
            self._anchors += [
                Anchor(old, anchors[s].share, anchors[s].side, anchors[s].angle)
                for s in sources
                if s in anchors
            ]
        corners = np.array([spots[i] for i in np.ravel(triangles)]).reshape(-1, 3, 2)
        angle, t = corners.mean(axis=1).T / np.array([[_ASPECT], [1]])
        x = surface(angle, t)[:, 0]
        for i in np.flatnonzero((_eye_distance(x, t) > 0.97) & ~_in_mouth(x, t)):
            self._faces.append(tuple(point[j] for j in triangles[i]))

    def _drop_unused(self) -> None:
        used = sorted({i for face in self._faces for i in face})
        new = {old: i for i, old in enumerate(used)}
        self._chart = [self._chart[i] for i in used]
        self._faces = [tuple(new[i] for i in face) for face in self._faces]
        self._anchors = [
            Anchor(new[a.index], a.share, a.side, a.angle) for a in self._anchors if a.index in new
        ]

    def _outline(self, side: int) -> list[int]:
        edge = [a for a in self._anchors if a.side == side and a.share == 1.0]
        loop = [a.index for a in sorted(edge, key=lambda a: a.angle)]
        return loop if side else loop[::-1]


def _openings() -> Iterator[tuple[Array, Array, list[tuple[float, int, float]]]]:
    """(x, t, entries of Anchor) for each ring round the eyes and the mouth."""
    angles = around(EYE_POINTS)
    for side in (1, -1):
        for scale, share in EYE_RINGS:
            x, t = eye_outline(angles, scale)
            yield x * side, t, [(share, side, float(a)) for a in angles]
    u, upper = mouth_loop()
    for grow, share in MOUTH_RINGS:
        x, t = mouth_outline(Mouth(), u, upper, grow)
        yield x, t, [(share, 0, j) for j in range(MOUTH_POINTS)]


def _eye_distance(x: Array, t: Array) -> Array:
    u = (np.abs(x) - EYE_X) / EYE_WIDTH
    v = t - EYE_T - EYE_TILT * u
    return (np.abs(u) ** 2.35 + np.abs(v / np.where(v > 0, EYE_UP, EYE_DOWN)) ** 2.2) ** 0.4444


def _mouth_distance(x: Array, t: Array) -> Array:
    grow = MOUTH_RINGS[-1][0]
    return np.hypot(x / (Mouth().width + grow * 1.70), (t - MOUTH_T) / (grow * 1.5))


def _in_mouth(x: Array, t: Array) -> Array:
    mouth = Mouth()
    u = np.clip(x / mouth.width, -1, 1)
    (_, top), (_, bottom) = (mouth_outline(mouth, u, np.array(up)) for up in (True, False))
    return (np.abs(x) < mouth.width) & (bottom < t) & (t < top)
