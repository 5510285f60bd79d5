# SPDX-License-Identifier: GPL-3.0-or-later
"""What a piece of clothing is put on with: the figure, the part it goes to, the chains it swings on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import weights
from .curves import Array
from .figure import Figure
from .meshbuilder import Part
from .patch import Patch, grid, grid_normals, shell
from .skeleton import Chain


@dataclass(frozen=True)
class Wear:
    """Patches come in body units; those of arms and legs are the left one's and are mirrored."""

    figure: Figure
    part: Part  # of the one piece that is put on
    chains: list[Chain]  # of the skirt, round the hips
    pieces: frozenset[str]  # everything that is worn, by name

    def worn(self, patch: Patch) -> Patch:
        """The patch in metres, in the figure's build."""
        return patch.moved(self.figure.from_body(patch.points))

    def on_torso(self, patch: Patch, cell: str) -> None:
        worn = self.worn(patch)
        self.part.add(worn, cell, weights.torso(self.figure, worn.points))

    def lined(
        self, points: Array, thickness: float, cells: tuple[str, str, str], seen: int | None = None
    ) -> None:
        """A sheet (rows, columns, 3) on the trunk: face, lining and edge.

        `seen` is how many columns of lining are to be seen at each end; none told, all are.
        """
        face, lining, edge = shell(self.figure.from_body(points), thickness * self.figure.body, False)
        inner = lining.points.reshape(points.shape)
        linings = (
            [lining]
            if seen is None
            else [grid(part).flipped() for part in (inner[:, :seen], inner[:, -seen:])]
        )
        for cell, patches in zip(cells, ([face], linings, [edge]), strict=True):
            for patch in patches:
                self.part.add(patch, cell, weights.torso(self.figure, patch.points))

    def on_arms(self, patch: Patch, cell: str) -> None:
        worn = self.worn(patch)
        self.part.add_pair(worn, cell, weights.arm(self.figure, worn.points))

    def on_legs(self, patch: Patch, cell: str) -> None:
        worn = self.worn(patch)
        self.part.add_pair(worn, cell, weights.leg(self.figure, worn.points))

    def sheet(
        self, points: Array, cells: tuple[str, str, str], wrap: bool, pleats: Array | None = None
    ) -> None:
        """A sheet (rows, columns, 3) that hangs from the hips: face, lining and edge.

        `pleats` (columns) are u of its face, where that has to know the pleats' phase.
        """
        if np.einsum("ijk,ijk->", grid_normals(points, wrap), points * [1, 1, 0]) < 0:
            points = points[:, ::-1]
            pleats = None if pleats is None else pleats[::-1]
        uv = None
        if pleats is not None:
            uv = np.stack(np.broadcast_arrays(pleats, np.linspace(0, 1, len(points))[:, None]), -1)
        sides = shell(self.figure.from_body(points), 0.0016 * self.figure.body, wrap, uv)
        for patch, cell in zip(sides, cells, strict=True):
            self.part.add(patch, cell, weights.skirt(self.figure, patch.points, self.chains))
