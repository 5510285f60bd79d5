# SPDX-License-Identifier: GPL-3.0-or-later
"""vrm_face: VRM's expressions for a figure, of shape keys it has, and made where it has none."""

from __future__ import annotations

import math
from typing import Any

import bpy
import numpy as np

from .context import Context
from .diff import journal
from .errors import CommandError
from .face import bindings, moves
from .face.bindings import Keys
from .face.region import FEWEST, Part, Region, find, parts_of, told
from .params import Params
from .rigging.skeleton import read
from .rigging.structure import humanoid_of
from .scene import object_mode
from .vrm import annotation, figure
from .vrm.annotation import LOOK, PRESETS

NAME = "vrm_face"
CHANGES = True

MAKE = ("missing", "all", "none")
LEAST_MM = 0.5
"""An expression that moves nothing farther than this is none."""


def risky(params: dict[str, Any]) -> bool:
    """It writes over shape keys of the names it makes: a checkpoint is due before."""
    return not params.get("dry_run")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{armature?, keys? {expression: {shape key: weight}}, make? (missing all none), eye?, mouth?
    {center?, width?, height?}, dry_run?} → the table of docs/commands.md.

    `eye` is the left one; places are metres in the world. Errors: no-face, face-too-coarse, not-upright,
    no-humanoid, not-found, no-armature, several-armatures, bad-annotation.
    """
    given = Params(params)
    wanted = given.text("armature", None)
    named = _named(given)
    make = given.text("make", "missing", MAKE)
    spots = {key: _spot(given, key) for key in ("eye", "mouth")}
    dry = given.flag("dry_run", False)
    given.done()
    context.check_cancelled()
    with object_mode():
        armature = figure.find(wanted).armature
        meshes = figure.skinned(armature)
        journal.update(bpy.context.scene)
        notes: list[str] = []
        humanoid = humanoid_of(armature, read(armature, meshes), notes)
        moving = bindings.moving(meshes, notes)
        held = bindings.held(armature, moving)
        bound = bindings.find(moving, held, named)
        lacking = _lacking(bound, named, make)
        made: dict[str, float] = {}
        eye = _place(armature, humanoid.get("leftEye"))
        if lacking:
            context.progress(0.2, "Finding the face")
            parts = parts_of(meshes, humanoid)
            region = _told(find(parts, np.array(_place(armature, humanoid["head"])), eye), spots)
            made = _make(parts, region, lacking, bound, dry)
        bindings.join_blinks(bound)
        expressions = bindings.expressions(armature, bound, held)
        look_at = _look_at(armature, humanoid, eye, bound, notes)
        if not dry:
            members = {"humanoid": humanoid, "expressions": expressions}
            annotation.update(armature, {**members, **({"lookAt": look_at} if look_at else {})})
        return {
            "armature": armature.name,
            "dry_run": dry,
            "expressions": {name: _told_of(name, bound, made) for name in PRESETS if name in bound},
            "made_mm": made,
            "missing": [name for name in PRESETS if name not in bound and name not in (*LOOK, "neutral")],
            "look_at": look_at["type"] if look_at else None,
            "notes": notes,
            "diff": journal.update(bpy.context.scene),
        }


def _named(given: Params) -> dict[str, dict[str, float]]:
    """What the caller says each expression is made of."""
    raw = given.raw("keys", {})
    checked = Params(raw, given.where("keys"))
    found = {}
    for expression in raw:
        keys = Params(checked.raw(expression), checked.where(expression))
        found[expression] = {key: float(keys.number(key, low=0, high=1)) for key in checked.raw(expression)}
    return found


def _lacking(bound: Keys, named: dict[str, dict[str, float]], make: str) -> list[str]:
    """The expressions to make. What `all` makes anew loses what it was bound to, but for a person's word."""
    if make == "none":
        return []
    if make == "all":
        for name in {*moves.POSES, "blink"} - set(named):
            bound.pop(name, None)
    whole = make == "missing" and "blink" in bound  # a blink of both eyes does without one for each
    return [name for name in moves.POSES if name not in bound and not (whole and name.startswith("blink"))]


def _spot(given: Params, key: str) -> Params | None:
    raw = given.raw(key, None)
    if raw is None:
        return None
    spot = Params(raw, given.where(key))
    spot.vector("center", None)
    for length in ("width", "height"):
        spot.number(length, None, 0.001, 2)
    spot.done()
    return spot


def _told(region: Region, spots: dict[str, Params | None]) -> Region:
    found = {"eye": region.eye, "mouth": region.mouth}
    for key, spot in spots.items():
        if spot is not None:
            centre = spot.vector("center", None)
            found[key] = told(found[key], centre, spot.number("width", None), spot.number("height", None))
    return Region(found["eye"], found["mouth"], region.chin, region.ball)


def _place(armature: bpy.types.Object, bone: str | None) -> Any:
    found = armature.data.bones.get(bone) if bone else None
    return None if found is None else np.array(armature.matrix_world @ found.head_local)


def _make(parts: list[Part], region: Region, lacking: list[str], bound: Keys, dry: bool) -> dict[str, float]:
    """Shapes the missing expressions; returns how far each moves at most, mm. Error: face-too-coarse, before
    anything is shaped.
    """
    made: dict[str, float] = {}
    shapes: list[tuple[bpy.types.Object, str, np.ndarray]] = []
    for name in lacking:
        moved = [(part, moves.displacement(part, region, moves.POSES[name])) for part in parts]
        far = [np.linalg.norm(way, axis=1) * 1000 for _, way in moved]
        count = sum(int((distance > LEAST_MM).sum()) for distance in far)
        if count < FEWEST:
            raise CommandError(
                "face-too-coarse",
                f"For {name!r} only {count} vertices lie where the {_what(name)} should be.",
                "Say where it is with `eye` or `mouth` (center, width, height), or subdivide the face.",
                {"eye": _place_of(region.eye), "mouth": _place_of(region.mouth)},
            )
        made[name] = round(max(float(distance.max()) for distance in far), 1)
        bound[name] = {}
        for (part, way), distance in zip(moved, far, strict=True):
            if float(distance.max()) > LEAST_MM:
                bound[name][part.obj.name] = {name: 1.0}
                shapes.append((part.obj, name, way))
    for shape in () if dry else shapes:
        _add_key(*shape)
    return made


def _what(name: str) -> str:
    return "eye" if name.startswith("blink") else "mouth"


def _place_of(spot: Any) -> dict[str, Any]:
    return {"center": [round(float(v), 4) for v in spot.centre], "width": round(2 * spot.width, 4)}


def _add_key(obj: bpy.types.Object, name: str, way: np.ndarray) -> None:
    """A shape key from metres in the world; one of that name is replaced."""
    if obj.data.users > 1:
        obj.data = obj.data.copy()
    if obj.data.shape_keys is None:
        obj.shape_key_add(name="Basis", from_mix=False)
    blocks = obj.data.shape_keys.key_blocks
    key = blocks.get(name) or obj.shape_key_add(name=name, from_mix=False)
    key.value = 0.0
    local = way @ np.linalg.inv(np.array(obj.matrix_world)[:3, :3]).T
    key.data.foreach_set("co", (bindings.points(blocks[0]) + local).ravel())
    obj.data.update()


def _look_at(
    armature: bpy.types.Object, humanoid: dict[str, str], eye: Any, bound: Keys, notes: list[str]
) -> dict[str, Any] | None:
    """By the eyes' bones, else by expressions; what the annotation has stays."""
    before: dict[str, Any] | None = annotation.raw(armature).get("lookAt")
    if before is not None:
        return before
    bones = "leftEye" in humanoid and "rightEye" in humanoid
    if not bones and not set(LOOK) <= set(bound):
        notes.append("No look-at: the rig has no eye bones, and no shape keys look about.")
        return None
    head = _place(armature, humanoid["head"])
    middle = [0.0, eye[1], eye[2]] if eye is not None else None
    found: dict[str, Any] = {"type": "bone" if bones else "expression"}
    if middle is not None and all(math.isfinite(v) for v in middle):
        found["offsetFromHeadBone"] = [float(a - b) for a, b in zip(middle, head, strict=True)]
    return found


def _told_of(name: str, bound: Keys, made: dict[str, float]) -> str | list[str]:
    keys = {key for weights in bound[name].values() for key in weights}
    return "made" if keys and keys <= set(made) else sorted(keys)
