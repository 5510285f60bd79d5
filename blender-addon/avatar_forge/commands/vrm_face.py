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
from .face import known_keys, moves
from .face.region import FEWEST, Part, Region, find, parts_of, told
from .params import Params
from .rigging.skeleton import read
from .rigging.structure import humanoid_of
from .scene import not_found, object_mode
from .vrm import annotation, figure
from .vrm.annotation import EMOTIONS, LOOK, PRESETS

NAME = "vrm_face"
CHANGES = True

MAKE = ("missing", "all", "none")
LEAST_MM = 0.5
"""An expression that moves nothing farther than this is none."""
_MOVES_LIDS = ("happy", "angry", "sad", "relaxed", "surprised")
Keys = dict[str, dict[str, dict[str, float]]]
"""Expression → mesh object → shape key → weight."""


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
        bound = _bound(meshes, named, notes)
        lacking = [name for name in moves.POSES if make == "all" or name not in bound]
        if "blink" in bound and make == "missing":
            lacking = [name for name in lacking if not name.startswith("blink")]
        made: dict[str, float] = {}
        eye = _place(armature, humanoid.get("leftEye"))
        if make != "none" and lacking:
            context.progress(0.2, "Finding the face")
            parts = parts_of(meshes, humanoid)
            region = _told(find(parts, np.array(_place(armature, humanoid["head"])), eye), spots)
            made = _make(parts, region, lacking, bound, dry)
        _join_blinks(bound)
        expressions = _expressions(armature, bound, named)
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


def _bound(meshes: list[bpy.types.Object], named: dict[str, dict[str, float]], notes: list[str]) -> Keys:
    """What the shape keys there are make; those of several meshes go together. Error: not-found."""
    bound: Keys = {}
    keys_of = {obj.name: _moving(obj) for obj in meshes if obj.data.shape_keys}
    for mesh, keys in keys_of.items():
        for expression, weights in known_keys.find(keys).items():
            if expression not in named:
                bound.setdefault(expression, {})[mesh] = weights
    for expression, weights in named.items():
        for key in weights:
            holders = [mesh for mesh, keys in keys_of.items() if key in keys]
            if not holders:
                every = [name for keys in keys_of.values() for name in keys]
                raise not_found(f"keys.{expression}", "shape key that moves anything", key, every)
            for mesh in holders:
                bound.setdefault(expression, {}).setdefault(mesh, {})[key] = weights[key]
    still = [
        f"{obj.name}: {key.name}"
        for obj in meshes
        if obj.data.shape_keys
        for key in obj.data.shape_keys.key_blocks[1:]
        if key.name not in keys_of[obj.name] and known_keys.plain(key.name) in known_keys.PLAIN
    ]
    if still:
        notes.append(f"Shape keys that move nothing were passed over: {', '.join(still[:8])}.")
    return bound


def _moving(obj: bpy.types.Object) -> list[str]:
    """The shape keys that move a vertex."""
    blocks = obj.data.shape_keys.key_blocks
    rest = _points(blocks[0])
    return [
        key.name
        for key in blocks[1:]
        if not key.mute and float(np.abs(_points(key) - rest).max(initial=0)) * 1000 > 0.01
    ]


def _points(key: bpy.types.ShapeKey) -> np.ndarray:
    flat = np.empty(len(key.data) * 3)
    key.data.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def _make(parts: list[Part], region: Region, lacking: list[str], bound: Keys, dry: bool) -> dict[str, float]:
    """Shapes the missing expressions; returns how far each moves at most, mm. Error: face-too-coarse."""
    made = {}
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
                if not dry:
                    _add_key(part.obj, name, way)
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
    key.data.foreach_set("co", (_points(blocks[0]) + local).ravel())
    obj.data.update()


def _join_blinks(bound: Keys) -> None:
    """A blink of both eyes, where there is one for each."""
    if "blink" in bound or not {"blinkLeft", "blinkRight"} <= set(bound):
        return
    for side in ("blinkLeft", "blinkRight"):
        for mesh, weights in bound[side].items():
            bound.setdefault("blink", {}).setdefault(mesh, {}).update(weights)


def _expressions(
    armature: bpy.types.Object, bound: Keys, named: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """The annotation's `expressions`: what was there before stays, unless it is bound anew."""
    before: dict[str, Any] = annotation.raw(armature).get("expressions", {})
    found = dict(before)
    for name, meshes in bound.items():
        if before.get(name, {}).get("morphs") and name not in named and not _stale(before[name]):
            continue
        found[name] = {
            "isBinary": False,
            "overrideBlink": "blend" if name in _MOVES_LIDS else "none",
            "overrideLookAt": "none",
            "overrideMouth": "blend" if name in EMOTIONS and name not in ("relaxed", "neutral") else "none",
            **{k: v for k, v in before.get(name, {}).items() if k != "morphs"},
            "morphs": [
                {"mesh": mesh, "key": key, "weight": weight}
                for mesh, weights in meshes.items()
                for key, weight in weights.items()
            ],
        }
    return found


def _stale(expression: dict[str, Any]) -> bool:
    """Whether a bind points at a shape key that is no longer there."""
    for morph in expression["morphs"]:
        obj = bpy.data.objects.get(morph["mesh"])
        keys = obj.data.shape_keys if obj is not None and obj.type == "MESH" else None
        if keys is None or morph["key"] not in keys.key_blocks:
            return True
    return False


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
    if name in made or (name == "blink" and {"blinkLeft", "blinkRight"} <= set(made)):
        return "made"
    return sorted({key for weights in bound[name].values() for key in weights})
