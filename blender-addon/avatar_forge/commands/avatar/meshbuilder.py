# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts: surface with texture cells, bone weights and shape keys, gathered for one material of one mesh."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .patch import Patch
from .textures import Atlas

Array = np.ndarray
Weights = Mapping[str, "Array | float"]

MAX_INFLUENCES = 4  # what glTF"s JOINTS_0 and WEIGHTS_0 hold


def other_side(name: str) -> str:
    """The bone or key of the other side: `hand.L` and `hand.R`."""
    return {".L": f"{name[:-2]}.R", ".R": f"{name[:-2]}.L"}.get(name[-2:], name)


class Part:
    """Everything of one mesh that wears one material."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self.count = 0
        self.faces: list[tuple[int, ...]] = []
        self.keys: dict[str, list[tuple[int, Array]]] = {}
        self._points: list[Array] = []
        self._uv: list[Array] = []
        self._weights: list[tuple[int, int, Weights]] = []

    def add(self, patch: Patch, cell: str, weights: Weights, keys: Mapping[str, Array] | None = None) -> None:
        """Adds a piece in metres; a weight is one number or one for each point; `keys` are displacements."""
        start = self.count
        self._points.append(patch.points)
        self._uv.append(self.atlas.place(cell, patch.uv))
        self._weights.append((start, start + len(patch.points), weights))
        self.faces += [tuple(i + start for i in face) for face in patch.faces]
        for name, delta in (keys or {}).items():
            self.keys.setdefault(name, []).append((start, delta))
        self.count += len(patch.points)

    def add_pair(
        self, patch: Patch, cell: str, weights: Weights, keys: Mapping[str, Array] | None = None
    ) -> None:
        """Adds a piece of the left side and its mirror image."""
        self.add(patch, cell, weights, keys)
        flipped = {other_side(name): delta * [-1, 1, 1] for name, delta in (keys or {}).items()}
        self.add(patch.mirrored(), cell, {other_side(bone): w for bone, w in weights.items()}, flipped)

    @property
    def triangles(self) -> int:
        return sum(len(face) - 2 for face in self.faces)

    @property
    def points(self) -> Array:
        return np.vstack(self._points)

    @property
    def uv(self) -> Array:
        return np.vstack(self._uv)

    def displacement(self, key: str) -> Array:
        """A shape key's displacement of every point of the part."""
        total = np.zeros((self.count, 3))
        for start, delta in self.keys.get(key, []):
            total[start : start + len(delta)] += delta
        return total

    def influences(self, bones: Mapping[str, int]) -> Array:
        """Weights (points, bones): at most `MAX_INFLUENCES` in a row, summing to 1."""
        table = np.zeros((self.count, len(bones)))
        for start, stop, weights in self._weights:
            for bone, weight in weights.items():
                table[start:stop, bones[bone]] += weight
        strongest = np.argsort(-table, axis=1)[:, :MAX_INFLUENCES]
        kept = np.zeros_like(table)
        np.put_along_axis(kept, strongest, np.take_along_axis(table, strongest, 1), 1)
        kept[kept < 0.004] = 0
        return kept / kept.sum(axis=1, keepdims=True)
