# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces of surface before they become a mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .curves import unit

Array = np.ndarray


@dataclass(frozen=True)
class Patch:
    """Points (n, 3), faces as tuples of points, and one UV for each corner of each face in order."""

    points: Array
    faces: tuple[tuple[int, ...], ...]
    uv: Array

    def moved(self, points: Array) -> Patch:
        return replace(self, points=np.asarray(points, float).reshape(-1, 3))

    def flipped(self) -> Patch:
        corners = np.split(self.uv, np.cumsum([len(face) for face in self.faces])[:-1])
        return replace(
            self,
            faces=tuple(face[::-1] for face in self.faces),
            uv=np.vstack([c[::-1] for c in corners]),
        )

    def mirrored(self) -> Patch:
        return self.flipped().moved(self.points * [-1, 1, 1])


def join(*patches: Patch) -> Patch:
    """Several pieces as one."""
    start = np.cumsum([0] + [len(p.points) for p in patches])
    faces = tuple(
        tuple(i + int(o) for i in face) for p, o in zip(patches, start[:-1], strict=True) for face in p.faces
    )
    return Patch(np.vstack([p.points for p in patches]), faces, np.vstack([p.uv for p in patches]))


def grid_faces(rows: int, columns: int, wrap: bool) -> tuple[tuple[int, ...], ...]:
    """Quads between neighbouring points of a grid numbered row by row."""
    return tuple(
        (
            r * columns + c,
            r * columns + (c + 1) % columns,
            (r + 1) * columns + (c + 1) % columns,
            (r + 1) * columns + c,
        )
        for r in range(rows - 1)
        for c in range(columns if wrap else columns - 1)
    )


def grid(points: Array, wrap: bool = False, uv: Array | None = None) -> Patch:
    """A surface through points (rows, columns, 3); `uv` (rows, columns, 2) or 0…1 along columns and rows."""
    rows, columns = points.shape[:2]
    faces = grid_faces(rows, columns, wrap)
    if uv is None:
        r, c = (
            a.ravel()
            for a in np.meshgrid(
                np.arange(rows - 1), np.arange(columns if wrap else columns - 1), indexing="ij"
            )
        )
        span = columns if wrap else columns - 1
        corners = [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)]
        flat = np.stack([np.stack([x / span, y / (rows - 1)], 1) for x, y in corners], 1).reshape(-1, 2)
    else:
        flat = uv.reshape(-1, 2)[np.array(faces).ravel()]
    return Patch(points.reshape(-1, 3).astype(float), faces, flat)


def disc(points: Array, columns: int, uv: Array) -> Patch:
    """A surface through a middle and rings around it: (1 + rings · columns, 3) points, `uv` likewise."""
    rings = grid_faces((len(points) - 1) // columns, columns, True)
    fan = tuple((0, 1 + (c + 1) % columns, 1 + c) for c in range(columns))
    faces = fan + tuple(tuple(1 + i for i in face) for face in rings)
    return Patch(np.asarray(points, float), faces, uv[[i for face in faces for i in face]])


def cap(points: Array, ring: Array, uv: tuple[float, float]) -> Patch:
    """A fan that closes `ring` (indices); it shares no points, so its edge is sharp."""
    loop = points[ring]
    count = len(ring)
    rim = np.vstack([loop, loop.mean(axis=0)])
    faces = tuple((i, (i + 1) % count, count) for i in range(count))
    return Patch(rim, faces, np.tile(np.array(uv, float), (3 * count, 1)))


def loft(
    rings: Array, start: bool = False, end: bool = False, uv: Array | None = None, out: bool = True
) -> Patch:
    """A tube through rings (rows, segments, 3), closed at its start or end as asked, facing outwards."""
    body = grid(rings, True, uv)
    rows, segments = rings.shape[:2]
    quads = rings.reshape(-1, 3)[np.array(body.faces)]
    normal = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    centre = np.repeat((rings[:-1] + rings[1:]).mean(axis=1) / 2, segments, axis=0)
    inward = np.einsum("ij,ij->", normal, quads.mean(axis=1) - centre) < 0
    pieces = [body]
    if start:
        pieces.append(cap(body.points, np.arange(segments)[::-1], (0.5, 0.0)))
    if end:
        pieces.append(cap(body.points, (rows - 1) * segments + np.arange(segments), (0.5, 1.0)))
    whole = join(*pieces)
    return whole.flipped() if inward == out else whole


def tube(
    centres: Array, side: Array, up: Array, a: Array, b: Array, segments: int, n: float = 2.0, **ends: bool
) -> Patch:
    """A loft of superellipses with half-axes a along `side` and b along `up`."""
    angle = np.arange(segments) * 2 * np.pi / segments
    c, s = np.cos(angle), np.sin(angle)
    c, s = np.sign(c) * np.abs(c) ** (2 / n), np.sign(s) * np.abs(s) ** (2 / n)
    centres = np.asarray(centres, float)
    side, up = np.broadcast_to(side, centres.shape), np.broadcast_to(up, centres.shape)
    a, b = np.broadcast_to(a, len(centres)), np.broadcast_to(b, len(centres))
    rings = (
        centres[:, None]
        + side[:, None] * (a[:, None] * c)[..., None]
        + up[:, None] * (b[:, None] * s)[..., None]
    )
    return loft(rings, **ends)


def grid_normals(points: Array, wrap: bool) -> Array:
    """Normals of a grid (rows, columns, 3), by differences along it."""
    along = np.roll(points, -1, 1) - np.roll(points, 1, 1) if wrap else np.gradient(points, axis=1)
    return unit(np.cross(along, np.gradient(points, axis=0)))


def shell(points: Array, thickness: float, wrap: bool, uv: Array | None = None) -> tuple[Patch, Patch, Patch]:
    """A sheet (rows, columns, 3) with a lining `thickness` behind its face, and the edge between them.

    Returned apart (face, lining, edge) so that each can be painted differently.
    """
    inner = points - grid_normals(points, wrap) * thickness
    face = grid(points, wrap, uv)
    lining = grid(inner, wrap).flipped()
    if wrap:
        loops = [(points[-1], inner[-1]), (inner[0], points[0])]
        edge = join(*(grid(np.stack(pair), True) for pair in loops))
    else:
        outline = np.concatenate([points[0, :-1], points[:-1, -1], points[-1, :0:-1], points[:0:-1, 0]])
        under = np.concatenate([inner[0, :-1], inner[:-1, -1], inner[-1, :0:-1], inner[:0:-1, 0]])
        edge = grid(np.stack([under, outline]), True)
    return face, lining, edge
