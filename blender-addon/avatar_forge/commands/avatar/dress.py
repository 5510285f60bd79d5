# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes of the figure: which part is made of what, weighted and given its shape keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import weights
from .armour import add_armour
from .body import finger, neck, thigh, upper_arm
from .boots import add_legwear
from .curves import Array, smooth
from .ears import ear
from .expressions import KEYS
from .eyes import brow, crease, iris, lower_lash, upper_lash, white
from .face import Skin
from .faceplan import REST, FacePose, swapped
from .figure import Figure
from .hair import Lock, ahoge, cap, lock_patch, locks
from .meshbuilder import Part
from .mouth import inside, lip_line
from .outfit import add_jewels, add_shorts, add_upper
from .paint_face import FEATURES, SKIN
from .paint_hair import HAIR
from .paint_outfit import ARMOR, OUTFIT
from .patch import Patch, loft
from .skeleton import FINGERS, Chain
from .skirt import add_skirt

Posed = Callable[[FacePose], Patch]


@dataclass(frozen=True)
class Chains:
    """Everything that swings."""

    back: list[Chain]
    front: list[Chain]
    skirt: list[Chain]


def meshes(figure: Figure, chains: Chains, hair_length: float, ears: str) -> dict[str, list[Part]]:
    """The five meshes, each with one part for each of its materials."""
    skin = Skin()
    return {
        "Face": [_head(figure, skin, ears), _features(figure, skin)],
        "Body": [_body(figure)],
        "Hair": [_hair(figure, chains, hair_length)],
        "Outfit": [_outfit(figure, chains.skirt)],
        "Armor": [_armour(figure, chains.skirt)],
    }


def _keys(
    figure: Figure, at: Callable[[FacePose], Array], view: Callable[[FacePose], FacePose]
) -> dict[str, Array]:
    """Displacements in metres for each expression's pose; `view` is how this side sees a pose."""
    rest = at(REST)
    found = {name: (at(view(pose)) - rest) * figure.head for name, pose in KEYS.items()}
    return {name: delta for name, delta in found.items() if np.abs(delta).max() > 1e-6}


def _seen(pose: FacePose) -> FacePose:
    return pose


def _head(figure: Figure, skin: Skin, ears: str) -> Part:
    part = Part(SKIN)
    patch = skin.patch()
    face = patch.moved(figure.from_head(patch.points))
    part.add(face, "face", {"head": 1.0}, _keys(figure, skin.points, _seen))
    shape = ear(ears)
    part.add_pair(shape.moved(figure.from_head(shape.points)), "ear", {"head": 1.0})
    return part


def _features(figure: Figure, skin: Skin) -> Part:
    """Eyes, lashes, brows and mouth; the right side is the left one's mirror image in the mirrored pose."""
    part = Part(FEATURES)
    ball = white()
    part.add_pair(ball.moved(figure.from_head(ball.points)), "white", {"head": 1.0})
    sided: tuple[tuple[Posed, str, str], ...] = (
        (iris, "iris", "eye"), (upper_lash, "lash", "head"), (lower_lash, "lash", "head"),
        (crease, "crease", "head"),
        (brow, "brow", "head"),
    )  # fmt: skip
    for make, cell, bone in sided:
        patch = make(REST)
        placed = patch.moved(figure.from_head(patch.points))
        for side, view in ((".L", _seen), (".R", swapped)):
            keys = _keys(figure, lambda pose, m=make: m(pose).points, view)
            owner = bone + side if bone == "eye" else bone
            if side == ".R":
                keys = {name: delta * [-1, 1, 1] for name, delta in keys.items()}
                part.add(_mirror(placed, cell), cell, {owner: 1.0}, keys)
            else:
                part.add(placed, cell, {owner: 1.0}, keys)
    whole: tuple[tuple[Posed, str], ...] = (
        (inside, "mouth"), (lip_line, "lip"), (lambda pose: skin.wall(0, pose), "lip"),
        (lambda pose: skin.wall(1, pose), "rim"), (lambda pose: skin.wall(-1, pose), "rim"),
    )  # fmt: skip
    for make, cell in whole:
        patch = make(REST)
        keys = _keys(figure, lambda pose, m=make: m(pose).points, _seen)
        part.add(patch.moved(figure.from_head(patch.points)), cell, {"head": 1.0}, keys)
    return part


def _mirror(patch: Patch, cell: str) -> Patch:
    """Mirrored; but both irises keep their lights on the same side, as one lamp makes them."""
    mirrored = patch.mirrored()
    if cell != "iris":
        return mirrored
    return Patch(mirrored.points, mirrored.faces, mirrored.uv * [-1, 1] + [1, 0])


def _body(figure: Figure) -> Part:
    part = Part(SKIN)

    def add(patch: Patch, weigh: Callable[[Figure, Array], weights.Weights], pair: bool = True) -> None:
        worn = patch.moved(figure.from_body(patch.points))
        (part.add_pair if pair else part.add)(worn, "plain", weigh(figure, worn.points))

    add(neck(), weights.torso, pair=False)
    add(upper_arm(), weights.arm)
    add(thigh(), weights.leg)
    for name, spec in FINGERS.items():
        direction = np.array(spec.direction) / np.linalg.norm(spec.direction)
        up = np.array([0.0, 0.0, 1.0])
        up = up - direction * (up @ direction)
        rings = finger(
            np.array(spec.base), direction, up / np.linalg.norm(up), spec.length, spec.radius, 0.003
        )
        add(loft(rings, end=True), lambda f, p, n=name: weights.finger(f, p, n))
    return part


def _hair(figure: Figure, chains: Chains, length: float) -> Part:
    part = Part(HAIR)
    random = np.random.default_rng(11)
    for patch in (cap(), ahoge()):
        part.add(patch.moved(figure.from_head(patch.points)), "hair", {"head": 1.0})
    for lock in locks(length):
        patch = lock_patch(lock, random.uniform(-0.002, 0.002))
        points = figure.from_head(patch.points)
        part.add(patch.moved(points), "hair", _swing(lock, points, patch.points, chains))
    return part


def _swing(lock: Lock, points: Array, head: Array, chains: Chains) -> weights.Weights:
    """What a lock hangs on: the head down to the ears, its chains below."""
    t = head[:, 2]
    if lock.kind == "side":
        mine = [c for c in chains.front if (c.side == ".L") == (lock.keys[-1][0] > 0)]
        return weights.strand(points, mine, np.ones((1, len(points))), smooth(0.10, 0.42, t))
    if lock.kind == "back":
        x = points[:, 0]
        roots = np.array([c.joints[-1][0] for c in chains.back])
        gap = np.abs(np.diff(roots)).mean()
        shares = np.stack([smooth(gap, 0, np.abs(x - root)) for root in roots])
        shares[0] = np.where(x < roots[0], 1, shares[0])
        shares[-1] = np.where(x > roots[-1], 1, shares[-1])
        return weights.strand(points, chains.back, shares / shares.sum(axis=0), smooth(0.06, 0.40, t))
    return {"head": 1.0}


def _outfit(figure: Figure, skirt: list[Chain]) -> Part:
    part = Part(OUTFIT)
    add_upper(part, figure)
    add_shorts(part, figure)
    add_skirt(part, figure, skirt)
    add_legwear(part, figure)
    add_jewels(part, figure)
    return part


def _armour(figure: Figure, skirt: list[Chain]) -> Part:
    part = Part(ARMOR)
    add_armour(part, figure, skirt)
    return part
