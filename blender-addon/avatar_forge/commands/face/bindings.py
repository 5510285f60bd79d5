# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shape keys each expression is made of: by a person's word, the annotation, or the keys' names."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..scene import not_found
from ..vrm import annotation
from ..vrm.annotation import EMOTIONS
from . import known_keys

Keys = dict[str, dict[str, dict[str, float]]]
"""Expression → mesh object → shape key → weight."""
Moving = dict[str, list[str]]
"""Mesh object → its shape keys that move a vertex."""
_MOVES_LIDS = ("happy", "angry", "sad", "relaxed", "surprised")


def moving(meshes: list[bpy.types.Object], notes: list[str]) -> Moving:
    """The shape keys that move a vertex; a note tells of those that by their names should."""
    found = {obj.name: _moving(obj) for obj in meshes if obj.data.shape_keys}
    still = [
        f"{mesh}: {key.name}"
        for mesh, keys in found.items()
        for key in bpy.data.objects[mesh].data.shape_keys.key_blocks[1:]
        if key.name not in keys and known_keys.plain(key.name) in known_keys.PLAIN
    ]
    if still:
        notes.append(f"Shape keys that move nothing were passed over: {', '.join(still[:8])}.")
    return found


def held(armature: bpy.types.Object, moving: Moving) -> Keys:
    """What the annotation binds. Left out is what points at a shape key that is no longer there, or moves
    nothing; an expression of colours and textures alone binds no key. Error: bad-annotation.
    """
    found: Keys = {}
    for name, expression in annotation.raw(armature).get("expressions", {}).items():
        morphs = expression.get("morphs", ())
        seen = expression.get("colors") or expression.get("uv")
        if all(_there(morph) for morph in morphs) and (
            seen or any(_moves(morph, moving) for morph in morphs)
        ):
            found[name] = {}
            for morph in morphs:
                found[name].setdefault(morph["mesh"], {})[morph["key"]] = morph.get("weight", 1.0)
    return found


def find(moving: Moving, before: Keys, named: dict[str, dict[str, float]]) -> Keys:
    """What every expression is made of: as named, else as `before` in the annotation, else by the names of
    shape keys, those of several meshes together. Error: not-found.
    """
    by_name: Keys = {}
    for mesh, keys in moving.items():
        for expression, weights in known_keys.find(keys).items():
            by_name.setdefault(expression, {})[mesh] = weights
    told: Keys = {}
    for expression, weights in named.items():
        for key in weights:
            holders = [mesh for mesh, keys in moving.items() if key in keys]
            if not holders:
                every = [name for keys in moving.values() for name in keys]
                raise not_found(f"keys.{expression}", "shape key that moves anything", key, every)
            for mesh in holders:
                told.setdefault(expression, {}).setdefault(mesh, {})[key] = weights[key]
    return {**by_name, **{name: keys for name, keys in before.items() if keys or name not in by_name}, **told}


def join_blinks(bound: Keys) -> None:
    """A blink of both eyes, where there is one for each."""
    if "blink" in bound or not {"blinkLeft", "blinkRight"} <= set(bound):
        return
    for side in ("blinkLeft", "blinkRight"):
        for mesh, weights in bound[side].items():
            bound.setdefault("blink", {}).setdefault(mesh, {}).update(weights)


def expressions(armature: bpy.types.Object, bound: Keys, before: Keys) -> dict[str, Any]:
    """The annotation's `expressions`: what is bound as before stays to the letter."""
    written: dict[str, Any] = annotation.raw(armature).get("expressions", {})
    found = dict(written)
    for name, meshes in bound.items():
        if name in before and before[name] == meshes:
            continue
        found[name] = {
            "isBinary": False,
            "overrideBlink": "blend" if name in _MOVES_LIDS else "none",
            "overrideLookAt": "none",
            "overrideMouth": "blend" if name in EMOTIONS and name not in ("relaxed", "neutral") else "none",
            **{k: v for k, v in written.get(name, {}).items() if k != "morphs"},
            "morphs": [
                {"mesh": mesh, "key": key, "weight": weight}
                for mesh, weights in meshes.items()
                for key, weight in weights.items()
            ],
        }
    return found


def points(key: bpy.types.ShapeKey) -> np.ndarray:
    """Where a shape key has the vertices, in the mesh's own space."""
    flat = np.empty(len(key.data) * 3)
    key.data.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def _there(morph: dict[str, Any]) -> bool:
    obj = bpy.data.objects.get(morph["mesh"])
    keys = obj.data.shape_keys if obj is not None and obj.type == "MESH" else None
    return keys is not None and morph["key"] in keys.key_blocks


def _moves(morph: dict[str, Any], moving: Moving) -> bool:
    """Of a mesh that the armature does not bend nobody has asked: it is taken to move."""
    return morph["key"] in moving.get(morph["mesh"], [morph["key"]])


def _moving(obj: bpy.types.Object) -> list[str]:
    blocks = obj.data.shape_keys.key_blocks
    rest = points(blocks[0])
    return [
        key.name
        for key in blocks[1:]
        if not key.mute and float(np.abs(points(key) - rest).max(initial=0)) * 1000 > 0.01
    ]
