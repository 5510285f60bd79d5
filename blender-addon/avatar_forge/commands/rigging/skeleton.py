# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig as plain values: a tree of joints in the world, and which of them mirror each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import bpy
import numpy as np

Array = np.ndarray

_FEWEST_DEFORMING = 15
"""Below so many bones that deform, the flag says nothing about which are the body's."""


@dataclass(frozen=True)
class Skeleton:
    """Joints in metres of the world, Z up. `weighted` are bones that hold vertices; empty where none does."""

    parent: Mapping[str, str | None]
    head: Mapping[str, Array]
    tail: Mapping[str, Array]
    weighted: frozenset[str] = frozenset()
    children: dict[str | None, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for bone, parent in self.parent.items():
            self.children.setdefault(parent, []).append(bone)

    @property
    def floor(self) -> float:
        return min(float(min(self.head[b][2], self.tail[b][2])) for b in self.parent)

    @property
    def height(self) -> float:
        return max(float(max(self.head[b][2], self.tail[b][2])) for b in self.parent) - self.floor

    def below(self, bone: str) -> Iterator[str]:
        """The bone and all under it, parents first."""
        yield bone
        for child in self.children.get(bone, ()):
            yield from self.below(child)

    def above(self, bone: str | None) -> list[str]:
        """The bone and its ancestors, nearest first."""
        found = []
        while bone is not None:
            found.append(bone)
            bone = self.parent[bone]
        return found

    def common(self, bones: Iterable[str]) -> str | None:
        """The nearest bone that is, or is above, all of them."""
        paths = [self.above(bone) for bone in bones]
        return next((bone for bone in paths[0] if all(bone in path for path in paths[1:])), None)

    def path(self, top: str, bottom: str) -> list[str]:
        """From `top` (left out) down to `bottom` (included); empty where they are one."""
        line = self.above(bottom)
        return line[: line.index(top)][::-1] if top in line else []

    def is_end(self, bone: str) -> bool:
        """A leaf that holds nothing in a rig whose bones hold vertices: an exporter's end of a chain."""
        return bool(self.weighted) and bone not in self.weighted and not self.children.get(bone)

    def _is_tip(self, bone: str) -> bool:
        return not self.children.get(bone) and not self.is_end(bone)

    def reach(self, bone: str, origin: Array) -> float:
        """How far from a point the bones under one lead."""
        return max(
            float(np.linalg.norm((self.tail if self._is_tip(b) else self.head)[b] - origin))
            for b in self.below(bone)
        )


def read(armature: bpy.types.Object, meshes: Iterable[bpy.types.Object]) -> Skeleton:
    """The bones that make the body; of a control rig (Rigify's) those that deform, its helpers left out."""
    bones = list(armature.data.bones)
    deforming = {bone.name for bone in bones if bone.use_deform}
    kept = (
        deforming
        if _FEWEST_DEFORMING <= len(deforming) < 0.75 * len(bones)
        else {bone.name for bone in bones}
    )
    world = armature.matrix_world
    head = {b.name: np.array(world @ b.head_local) for b in bones}
    tail = {b.name: np.array(world @ b.tail_local) for b in bones}
    twin = _twins(kept, head, tail)
    parent: dict[str, str | None] = {}
    for bone in bones:
        if bone.name in kept:
            parent[bone.name] = _owner(bone, kept, twin)
    return Skeleton(
        parent,
        {name: head[name] for name in parent},
        {name: tail[name] for name in parent},
        frozenset(_weighted(meshes) & kept),
    )


def _twins(kept: set[str], head: Mapping[str, Array], tail: Mapping[str, Array]) -> dict[str, str]:
    """A helper that lies exactly on a bone of the body stands for it."""

    def place(name: str) -> tuple[int, ...]:
        return tuple(np.round(np.concatenate([head[name], tail[name]]) * 1e4).astype(int).tolist())

    at = {place(name): name for name in sorted(kept)}
    return {name: at[place(name)] for name in head if name not in kept and place(name) in at}


def _owner(bone: bpy.types.Bone, kept: set[str], twin: Mapping[str, str]) -> str | None:
    for above in bone.parent_recursive:
        name = above.name if above.name in kept else twin.get(above.name)
        if name is not None and name != bone.name:
            return name
    return None


def _weighted(meshes: Iterable[bpy.types.Object]) -> set[str]:
    found: set[str] = set()
    for obj in meshes:
        names = [group.name for group in obj.vertex_groups]
        used = {g.group for vertex in obj.data.vertices for g in vertex.groups if g.weight > 0.01}
        found.update(names[index] for index in used if index < len(names))
    return found


@dataclass(frozen=True)
class Frame:
    """Where a figure's left and front are: unit vectors in the world, and its plane of symmetry.

    `mirror` names the bone on the other side; bones of the middle are not in it. `sure` is False where
    nothing told the front from the back.
    """

    left: Array
    front: Array
    middle: float
    mirror: Mapping[str, str]
    sure: bool = True

    def side(self, points: Array) -> Array:
        """How far points are to the figure's left, in metres."""
        return points @ self.left - self.middle


def symmetry(skeleton: Skeleton) -> Frame:
    """The upright plane that mirrors most bones. The front is not known yet: it is taken to be -Y, or +X."""
    names = list(skeleton.parent)
    heads = np.array([skeleton.head[name] for name in names])
    tails = np.array([skeleton.tail[name] for name in names])
    near = 0.03 * skeleton.height
    best: tuple[int, Frame] | None = None
    for left, front in (((1, 0, 0), (0, -1, 0)), ((0, 1, 0), (1, 0, 0))):
        across = np.array(left, float)
        for middle in {0.0, float(np.median(heads @ across)), float((heads @ across).mean())}:
            pairs = _pairs(names, heads, tails, across, middle, near)
            if best is None or len(pairs) > best[0]:
                best = len(pairs), Frame(across, np.array(front, float), middle, pairs)
    assert best is not None
    return best[1]


def _pairs(
    names: list[str], heads: Array, tails: Array, across: Array, middle: float, near: float
) -> dict[str, str]:
    def mirrored(points: Array) -> Array:
        return points - 2 * np.outer(points @ across - middle, across)

    side = (heads + tails) @ across / 2 - middle
    far = np.linalg.norm(mirrored(heads)[:, None] - heads[None], axis=2)
    far = far + 0.5 * np.linalg.norm(mirrored(tails)[:, None] - tails[None], axis=2)
    far[np.multiply.outer(side, side) >= 0] = np.inf
    found = {}
    for i in np.flatnonzero(np.abs(side) > 0.15 * near):
        j = int(np.argmin(far[i]))
        if far[i, j] < near:
            found[names[i]] = names[j]
    return found
