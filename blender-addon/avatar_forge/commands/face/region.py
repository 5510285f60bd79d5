# SPDX-License-Identifier: GPL-3.0-or-later
"""Where eyes and mouth are on a head: from the eyes' bones, the holes in the mesh and the profile of the
face.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..errors import CommandError
from ..rigging.skeleton import Array
from ..rigging.skin import points_of, weights_of

HEAD_SHARE = 0.5
HAIR = re.compile(r"hair|髪|bangs|fringe", re.IGNORECASE)
FEWEST = 6
"""Vertices that an eye or a mouth must have to be shaped."""


@dataclass(frozen=True)
class Spot:
    """A centre in the world, and half of a width, of a height above and of one below it; metres."""

    centre: Array
    width: float
    up: float
    down: float


@dataclass(frozen=True)
class Region:
    """The left eye and the mouth; the right eye mirrors the left. `ball` is the radius of an eyeball that
    turns with its bone, 0 for none.
    """

    eye: Spot
    mouth: Spot
    chin: float
    ball: float = 0.0


@dataclass(frozen=True)
class Part:
    """What the head holds of a mesh: points in the world, their share in the head and in an eye's bone."""

    obj: bpy.types.Object
    points: Array
    head: Array
    ball: Array
    rims: list[Array]


def parts_of(meshes: list[bpy.types.Object], humanoid: Mapping[str, str]) -> list[Part]:
    """The meshes that the head holds."""
    eyes = {humanoid[name] for name in ("leftEye", "rightEye") if name in humanoid}
    below = {humanoid["head"], *eyes, *([humanoid["jaw"]] if "jaw" in humanoid else [])}
    found = []
    for obj in meshes:
        if _is_hair(obj):
            continue
        names, weights = weights_of(obj, below)
        if not names or not weights.any():
            continue
        ball = weights[:, [i for i, name in enumerate(names) if name in eyes]].sum(axis=1)
        world = np.array(obj.matrix_world)
        points = points_of(obj.data) @ world[:3, :3].T + world[:3, 3]
        part = Part(obj, points, weights.sum(axis=1) - ball, ball, _rims(obj.data))
        if (part.head > HEAD_SHARE).any() or (ball > HEAD_SHARE).any():
            found.append(part)
    return found


def _is_hair(obj: bpy.types.Object) -> bool:
    """By its name, or by all its materials' names: a fringe hangs where lids and brows move."""
    names = [slot.material.name for slot in obj.material_slots if slot.material]
    return any(all(HAIR.search(name) for name in group) for group in ([obj.name], names) if group)


def _rims(mesh: bpy.types.Mesh) -> list[Array]:
    """The open edges of a mesh, as the vertices of each line of them: around eyes and mouths that are cut
    out.
    """
    edges = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("edge_index", edges)
    used = np.bincount(edges, minlength=len(mesh.edges))
    ends = np.empty(len(mesh.edges) * 2, np.int32)
    mesh.edges.foreach_get("vertices", ends)
    group: dict[int, int] = {}

    def top(vertex: int) -> int:
        while group.setdefault(vertex, vertex) != vertex:
            group[vertex] = group[group[vertex]]
            vertex = group[vertex]
        return vertex

    for one, other in ends.reshape(-1, 2)[used == 1].tolist():
        group[top(one)] = top(other)
    lines: dict[int, list[int]] = {}
    for vertex in list(group):
        lines.setdefault(top(vertex), []).append(vertex)
    return [np.array(line) for line in lines.values() if len(line) >= 2 * FEWEST]


def find(parts: list[Part], head: Array, eye: Array | None) -> Region:
    """The region of a figure that faces -Y. `head` is where the head's bone begins, `eye` where the left
    eye's does, None where there is none. Error: no-face.
    """
    held = [part.points[part.head > HEAD_SHARE] for part in parts]
    points = np.concatenate(held) if held else np.zeros((0, 3))
    if len(points) < 3 * FEWEST:
        raise CommandError(
            "no-face",
            "No mesh has enough vertices that the head's bone holds.",
            "Bind the face to the armature (vrm_rig), or give it more vertices.",
        )
    tall = float(points[:, 2].max() - head[2])
    chin = _chin(points, head, tall)
    top = float(points[:, 2].max())
    balls = np.concatenate(
        [part.points[(part.ball > HEAD_SHARE) & (part.points[:, 0] > 0)] for part in parts]
    )
    ball = 0.0
    if len(balls) >= FEWEST:
        # What turns with the bone is where the eye is seen; the bone may lie anywhere behind.
        low, high = balls.min(axis=0), balls.max(axis=0)
        eye = (low + high) / 2
        round_ = (high[1] - low[1]) > 0.6 * (high[0] - low[0])
        ball = float(high[0] - low[0]) / 2 if round_ else 0.0
    elif eye is None:
        eye = np.array([0.19 * (top - chin), head[1], chin + 0.42 * (top - chin)])
    out = abs(float(eye[0]))
    front = _front(points, np.array([out, 0, eye[2]]), 0.5 * out)
    eye_spot = Spot(np.array([out, front, float(eye[2])]), 0.5 * out, 0.28 * out, 0.24 * out)
    line = chin + 0.40 * (float(eye[2]) - chin)
    at = np.array([0, _front(points, np.array([0, 0, line]), 0.4 * out), line])
    lips = Spot(at, 0.55 * out, 0.2 * out, 0.2 * out)
    return Region(_fitted(parts, eye_spot, 0.9 * out), _fitted(parts, lips, 0.9 * out), chin, ball)


def _front(points: Array, at: Array, reach: float) -> float:
    """How far forward the head comes near a place seen from the front."""
    near = np.linalg.norm(points[:, [0, 2]] - at[[0, 2]], axis=1) < reach
    return float((points[near] if near.any() else points)[:, 1].min())


def _chin(points: Array, head: Array, tall: float) -> float:
    """The lowest height at which the middle of the head still stands out to the front."""
    middle = points[np.abs(points[:, 0]) < 0.12 * tall]
    heights = np.linspace(head[2] - 0.3 * tall, head[2] + 0.5 * tall, 41)
    step = heights[1] - heights[0]
    out = []
    for height in heights:
        at = middle[np.abs(middle[:, 2] - height) <= step]
        out.append(float(head[1] - at[:, 1].min()) if len(at) else 0.0)
    far = 0.6 * max(out)
    return float(next((h for h, o in zip(heights, out, strict=True) if o >= far and o > 0), head[2]))


def _fitted(parts: list[Part], spot: Spot, reach: float) -> Spot:
    """The spot as the hole in the mesh has it, where there is one: the open edges best centred on it, and as
    high as what lies over it, for of a drawn eye lash and iris are pieces of their own.
    """
    best, nearest = spot, 0.45 * reach
    boxes = []
    for part in parts:
        for line in part.rims:
            points = part.points[line[part.head[line] > HEAD_SHARE]]
            if len(points) < 2 * FEWEST:
                continue
            low, high = points.min(axis=0), points.max(axis=0)
            middle, half = (low + high) / 2, (high - low) / 2
            if abs(float(middle[1] - spot.centre[1])) >= 0.8 * reach or half[2] >= reach:
                continue
            boxes.append((middle, half))
            off = float(np.linalg.norm((middle - spot.centre)[[0, 2]]))
            if off < nearest and 0.2 * reach < half[0] < reach and 0.02 * reach < half[2]:
                nearest = off
                best = Spot(middle, float(half[0]), float(half[2]), float(half[2]))
    if best is spot:
        return spot
    over = [
        (middle[2] - half[2], middle[2] + half[2])
        for middle, half in boxes
        if abs(middle[0] - best.centre[0]) + half[0] <= 1.1 * best.width
        and abs(middle[2] - best.centre[2]) <= best.up
    ]
    low, high = np.min(over, axis=0)[0], np.max(over, axis=0)[1]
    return replace(best, up=float(high - best.centre[2]), down=float(best.centre[2] - low))


def told(spot: Spot, centre: tuple[float, ...] | None, width: float | None, height: float | None) -> Spot:
    """The spot with what a person says about it; width and height are whole ones."""
    if centre is not None:
        spot = replace(spot, centre=np.array(centre))
    if width is not None:
        spot = replace(spot, width=width / 2)
    if height is not None:
        spot = replace(spot, up=height / 2, down=height / 2)
    return spot
