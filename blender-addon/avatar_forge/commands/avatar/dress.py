# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes of the figure: which part is made of what, weighted and given its shape keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from . import weights
from .body import bare_arm, bare_leg, finger, neck, palm
from .curves import Array, smooth, unit
from .ears import ear
from .expressions import KEYS
from .eyes import brow, crease, iris, lower_lash, upper_lash, white
from .face import Skin
from .faceplan import REST, FacePose, swapped
from .figure import Figure
from .hair import SLOTS, Lock, cap, lock_patch, wisp
from .haircut import Haircut
from .meshbuilder import Part
from .mouth import inside, lip_line
from .paint_face import FEATURES, SKIN
from .paint_hair import HAIR
from .paint_outfit import OUTFIT
from .patch import Patch, loft, tube
from .skeleton import FINGERS, Chain
from .skirt import skirt_chains
from .springs import hair_chains
from .wardrobe import bare_arms, bare_legs, dress, hanging

_BUDGET = 30_000  # triangles
_FEWEST_ROWS = 7  # of a lock: fewer show its corners

Posed = Callable[[FacePose], Patch]


@dataclass(frozen=True)
class Design:
    """Everything a figure is made of but its colours."""

    figure: Figure
    ears: str
    cut: Haircut
    fringe: list[Lock]
    ahoge: bool
    pieces: frozenset[str]

    @property
    def hair(self) -> list[Chain]:
        """The hair's chains."""
        return hair_chains(self.figure, self.cut.strands)

    @property
    def skirt(self) -> list[Chain]:
        """The chains of what hangs from the belt."""
        sheet = hanging(self.pieces)
        return skirt_chains(self.figure, sheet) if sheet else []


def meshes(design: Design) -> dict[str, list[Part]]:
    """The meshes, each with one part for each of its materials."""
    figure, skin = design.figure, Skin()
    worn = dress(figure, design.skirt, design.pieces)
    if design.cut.ties:
        worn["Ribbons"] = _ribbons(figure, design.cut)
    face = [_head(figure, skin, design.ears), _features(figure, skin)]
    body = _body(figure, design.pieces)
    room = _BUDGET - sum(part.triangles for part in (*face, body, *worn.values()))
    return {
        "Face": face,
        "Body": [body],
        "Hair": [_hair(design, room)],
        **{name: [part] for name, part in worn.items()},
    }


def _ribbons(figure: Figure, cut: Haircut) -> Part:
    """The bands that hold tails."""
    part = Part(OUTFIT)
    for place, direction in cut.ties:
        along = unit(direction)
        side = unit(np.cross(along, [0, 1.0, 0.2]))
        up = np.cross(side, along)
        centres = place + along * np.array([-0.030, -0.028, 0.0, 0.028, 0.030])[:, None]
        size = np.array([0.060, 0.082, 0.090, 0.082, 0.060])
        ring = tube(centres, side, up, size, size, 14)
        part.add(ring.moved(figure.from_head(ring.points)), "accent", {"head": 1.0})
    return part


def _keys(
    figure: Figure, at: Callable[[FacePose], Array], view: Callable[[FacePose], FacePose]
) -> dict[str, Array]:
    """Displacements in metres for each expression's pose; `view` is how this side sees a pose."""
    rest = figure.from_face(at(REST))
    found = {name: figure.from_face(at(view(pose))) - rest for name, pose in KEYS.items()}
    return {name: delta for name, delta in found.items() if np.abs(delta).max() > 1e-6}


def _seen(pose: FacePose) -> FacePose:
    return pose


def _head(figure: Figure, skin: Skin, ears: str) -> Part:
    part = Part(SKIN)
    patch = skin.patch()
    face = patch.moved(figure.from_face(patch.points))
    part.add(face, "face", {"head": 1.0}, _keys(figure, skin.points, _seen))
    shape = ear(ears)
    part.add_pair(shape.moved(figure.from_face(shape.points)), "ear", {"head": 1.0})
    return part


def _features(figure: Figure, skin: Skin) -> Part:
    """Eyes, lashes, brows and mouth; the right side is the left one's mirror image in the mirrored pose."""
    part = Part(FEATURES)
    ball = white()
    part.add_pair(ball.moved(figure.from_face(ball.points)), "white", {"head": 1.0})
    sided: tuple[tuple[Posed, str, str], ...] = (
        (iris, "iris", "eye"), (upper_lash, "lash", "head"), (lower_lash, "lash", "head"),
        (crease, "crease", "head"),
        (brow, "brow", "head"),
    )  # fmt: skip
    for make, cell, bone in sided:
        patch = make(REST)
        placed = patch.moved(figure.from_face(patch.points))
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
        part.add(patch.moved(figure.from_face(patch.points)), cell, {"head": 1.0}, keys)
    return part


def _mirror(patch: Patch, cell: str) -> Patch:
    """Mirrored; but both irises keep their lights on the same side, as one lamp makes them."""
    mirrored = patch.mirrored()
    if cell != "iris":
        return mirrored
    return Patch(mirrored.points, mirrored.faces, mirrored.uv * [-1, 1] + [1, 0])


def _body(figure: Figure, pieces: frozenset[str]) -> Part:
    part = Part(SKIN)

    def add(
        patch: Patch, cell: str, weigh: Callable[[Figure, Array], weights.Weights], pair: bool = True
    ) -> None:
        worn = patch.moved(figure.from_body(patch.points))
        (part.add_pair if pair else part.add)(worn, cell, weigh(figure, worn.points))

    add(neck(), "neck", weights.torso, pair=False)
    if arms := bare_arms(pieces):
        add(bare_arm(*arms), "limb", weights.arm)
    if legs := bare_legs(pieces):
        add(bare_leg(*legs), "limb", weights.leg)
    if "gloves" not in pieces:
        add(palm(0.0), "palm", weights.arm)
    for name, spec in FINGERS.items():
        direction = np.array(spec.direction) / np.linalg.norm(spec.direction)
        up = np.array([0.0, 0.0, 1.0])
        up = up - direction * (up @ direction)
        rings = finger(
            np.array(spec.base), direction, up / np.linalg.norm(up), spec.length, spec.radius, 0.003
        )
        add(loft(rings, end=True), "finger", lambda f, p, n=name: weights.finger(f, p, n))
    return part


def _hair(design: Design, room: int) -> Part:
    """The hair, in as many triangles as there is room for."""
    figure, chains = design.figure, design.hair
    part = Part(HAIR)
    random = np.random.default_rng(11)
    for patch in (cap(), wisp()) if design.ahoge else (cap(),):
        part.add(patch.moved(figure.from_head(patch.points)), "hair", {"head": 1.0})
    for lock in _in_room([*design.fringe, *design.cut.locks], room - part.triangles):
        patch = lock_patch(lock, int(random.integers(SLOTS)))
        points = figure.from_head(patch.points)
        part.add(patch.moved(points), "hair", _swing(lock, points, patch.points, chains))
    return part


def _in_room(locks: list[Lock], room: int) -> list[Lock]:
    """The locks, all with fewer rows in the same measure where they would take more triangles than that."""
    share = min(1.0, room / sum(lock.triangles for lock in locks))
    return [replace(lock, rows=max(_FEWEST_ROWS, 1 + int((lock.rows - 1) * share))) for lock in locks]


def _swing(lock: Lock, points: Array, head: Array, chains: list[Chain]) -> weights.Weights:
    """What a lock hangs on: the head down to the ears or the tie, its chains below."""
    mine = [chain for chain in chains if lock.swing and chain.name.startswith("hair_" + lock.swing)]
    if len({chain.side for chain in mine}) > 1:
        mine = [chain for chain in mine if (chain.side == ".L") == (lock.path[-1][0] > 0)]
    if not mine:
        return {"head": 1.0}
    if lock.swing == "back":
        x = points[:, 0]
        roots = np.array([chain.joints[-1][0] for chain in mine])
        gap = np.abs(np.diff(roots)).mean()
        shares = np.stack([smooth(gap, 0, np.abs(x - root)) for root in roots])
        shares[0] = np.where(x < roots[0], 1, shares[0])
        shares[-1] = np.where(x > roots[-1], 1, shares[-1])
        return weights.strand(points, mine, shares / shares.sum(axis=0), smooth(0.06, 0.40, head[:, 2]))
    held = (0.40, 0.76) if lock.swing == "tail" else (0.10, 0.42)
    return weights.strand(points, mine, np.ones((1, len(points))), smooth(*held, head[:, 2]))
