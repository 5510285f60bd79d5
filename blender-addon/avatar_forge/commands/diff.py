# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed in the scene: a journal of rows, one for each object and material, with a revision number.

A row is a dict of plain values. The journal is brought up to date before and after a command, so that what
somebody did by hand in between gets a revision of its own and never shows up as the command's doing.
"""

from __future__ import annotations

import json
import math
import random
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .errors import CommandError
from .materials import surface_of, visible_color
from .mesh_shape import shape_of
from .params import to_hex
from .transforms import rotation_deg
from .vrm.annotation import PROPERTY

Row = dict[str, Any]
Rows = dict[str, Row]

MOST_NAMES = 200
MOST_CHANGES = 60
MOST_REVISIONS = 500


def object_row(obj: bpy.types.Object) -> Row:
    """The fields of an object that a diff tells about."""
    data = obj.data
    row: Row = {
        "type": obj.type,
        "location": obj.location.to_tuple(6),
        "rotation_deg": tuple([round(angle, 4) for angle in rotation_deg(obj)]),
        "scale": obj.scale.to_tuple(6),
        "parent": obj.parent.name if obj.parent else None,
        "visible": obj.visible_get(),
    }
    if obj.type == "MESH":
        row["dimensions"] = obj.dimensions.to_tuple(6)
        row["vertices"] = len(data.vertices)
        row["faces"] = len(data.polygons)
        row.update(shape_of(data))
        if data.shape_keys:
            row["shape_keys"] = {key.name: round(key.value, 4) for key in data.shape_keys.key_blocks[1:]}
        row["materials"] = tuple(
            [slot.material.name if slot.material else None for slot in obj.material_slots]
        )
        if obj.modifiers:
            row["modifiers"] = tuple([modifier.name for modifier in obj.modifiers])
    elif obj.type == "ARMATURE":
        row["bones"] = len(data.bones)
        row["rest_pose"] = _rest_of(data)
        row["pose"] = _pose_of(obj.pose)
        text = obj.get(PROPERTY)
        row.update(_vrm_of(text) if isinstance(text, str) else {})
    elif obj.type == "LIGHT":
        row["light"] = data.type
        row["energy"] = round(data.energy, 4)
        row["color"] = to_hex(data.color)
    elif obj.type == "CAMERA":
        row["lens"] = round(data.lens, 4)
    return row


def _rest_of(armature: bpy.types.Armature) -> str:
    """A short digest of where the bones are at rest, and of their names and parents."""
    parts = [
        f"{bone.name}<{bone.parent.name if bone.parent else ''}"
        f"{[round(v, 4) for v in (*bone.head_local, *bone.tail_local)]}"
        for bone in armature.bones
    ]
    return _digest(chr(10).join(parts))


def _pose_of(pose: bpy.types.Pose | None) -> dict[str, list[float]]:
    """The bones that are posed: degrees round their axes, and where they are moved or scaled that, too."""
    if pose is None:  # of an armature that is not evaluated yet
        return {}
    bones = pose.bones
    values = np.empty(16 * len(bones), np.float32)
    bones.foreach_get("matrix_basis", values)
    off = np.abs(values.reshape(-1, 16) - np.eye(4, dtype=np.float32).ravel()).max(axis=1) > 1e-5
    return {bones[i].name: _posed(bones[i].matrix_basis) for i in np.flatnonzero(off).tolist()}


def _posed(basis: Matrix) -> list[float]:
    place, turn, scale = basis.decompose()
    told = [round(math.degrees(angle), 2) + 0.0 for angle in turn.to_euler()]  # no -0
    if place.length > 1e-5 or (scale - Vector((1, 1, 1))).length > 1e-5:
        told += [round(value, 4) for value in (*place, *scale)]
    return told


@lru_cache(maxsize=16)
def _vrm_of(text: str) -> dict[str, str]:
    """How much of a VRM an annotation has, each member with a digest of what it says; {} for a broken one.
    Most diffs see the same text again, so the answer is kept.
    """
    try:
        annotation = json.loads(text)
        members = ("humanoid", "expressions", "springs", "colliders")
        return {
            f"vrm.{member}": f"{len(annotation[member])} ({_digest(json.dumps(annotation[member]))})"
            for member in members
            if member in annotation
        }
    except (TypeError, ValueError):
        return {}


def _digest(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def material_row(material: bpy.types.Material) -> Row:
    surface = surface_of(material)
    return {
        "shader": surface.shader,
        "base_color": visible_color(surface),
        "metallic": round(surface.metallic, 4),
        "roughness": round(surface.roughness, 4),
        "emission": to_hex(surface.emission),
        "alpha_mode": surface.alpha_mode,
        "image": surface.image.name if surface.image else None,
        **{f"mtoon.{member}": value for member, value in (surface.mtoon or {}).items()},
    }


def scene_rows(scene: bpy.types.Scene) -> tuple[Rows, Rows]:
    """The rows of all objects of a scene and of all materials."""
    return _object_rows(scene, None), _material_rows(None)


def changes(before: Rows, after: Rows) -> dict[str, Any]:
    """{added, removed, changed[{name, fields}]} between two sets of rows."""
    changed = []
    for name, row in after.items():
        old = before.get(name)
        if old is not None and old != row:
            keys = [key for key in {**old, **row} if old.get(key) != row.get(key)]
            changed.append({"name": name, "fields": {key: _pair(old.get(key), row.get(key)) for key in keys}})
    return {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": changed,
    }


def _pair(before: Any, after: Any) -> list[Any]:
    """[before, after]; of two tables only what differs."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [before, after]
    same = {key for key, value in before.items() if key in after and after[key] == value}
    return [{key: value for key, value in side.items() if key not in same} for side in (before, after)]


def as_diff(revision: int, objects: dict[str, Any], materials: dict[str, Any]) -> dict[str, Any]:
    """The `diff` of docs/commands.md, its lists cut to a size a client can take."""
    truncated = False

    def cut(values: list[Any], most: int) -> list[Any]:
        nonlocal truncated
        truncated = truncated or len(values) > most
        return values[:most]

    def cut_all(side: dict[str, Any]) -> dict[str, Any]:
        return {
            "added": cut(side["added"], MOST_NAMES),
            "removed": cut(side["removed"], MOST_NAMES),
            "changed": cut(side["changed"], MOST_CHANGES),
        }

    return {"revision": revision, **cut_all(objects), "materials": cut_all(materials), "truncated": truncated}


class Journal:
    """The last known rows, the revision they are at, and which names each recent revision touched."""

    def __init__(self) -> None:
        # Not from 1: a revision kept from an earlier Blender must be unknown to this one, not mistaken for
        # its own.
        self.revision = random.randrange(1, 1_000) * 1_000
        self._objects: Rows = {}
        self._materials: Rows = {}
        self._touched: list[tuple[int, frozenset[str]]] = []
        self._oldest = self.revision

    def update(
        self,
        scene: bpy.types.Scene,
        objects: Iterable[str] | None = None,
        materials: Iterable[str] | None = None,
    ) -> dict[str, Any]:
        """The diff since the last look at the named objects and materials (None: at all of them)."""
        names = None if objects is None else list(dict.fromkeys(objects))
        before = (
            self._objects if names is None else {n: self._objects[n] for n in names if n in self._objects}
        )
        after = _object_rows(scene, names)
        found = changes(before, after)

        tints = None if materials is None else list(dict.fromkeys(materials))
        tints_before = (
            self._materials
            if tints is None
            else {n: self._materials[n] for n in tints if n in self._materials}
        )
        tints_after = _material_rows(tints)
        tints_found = changes(tints_before, tints_after)

        _replace(self._objects, before, after)
        _replace(self._materials, tints_before, tints_after)
        if any(found.values()) or any(tints_found.values()):
            self.revision += 1
            touched = frozenset((*found["added"], *found["removed"], *(c["name"] for c in found["changed"])))
            self._touched.append((self.revision, touched))
            if len(self._touched) > MOST_REVISIONS:
                self._oldest = self._touched.pop(0)[0]
        return as_diff(self.revision, found, tints_found)

    def touched_since(self, revision: int) -> set[str]:
        """Names of the objects added, changed or removed after a revision. Error: unknown-revision."""
        if not self._oldest <= revision <= self.revision:
            raise CommandError(
                "unknown-revision",
                f"Revision {revision} is not one this Blender still knows.",
                "Ask again without `since`.",
            )
        return {name for at, names in self._touched if at > revision for name in names}


def _object_rows(scene: bpy.types.Scene, names: list[str] | None) -> Rows:
    if names is None:
        return {obj.name: object_row(obj) for obj in scene.objects}
    found = ((name, scene.objects.get(name)) for name in names)
    return {name: object_row(obj) for name, obj in found if obj is not None}


def _material_rows(names: list[str] | None) -> Rows:
    if names is None:
        return {m.name: material_row(m) for m in bpy.data.materials if not m.is_grease_pencil}
    found = ((name, bpy.data.materials.get(name)) for name in names)
    return {name: material_row(material) for name, material in found if material is not None}


def _replace(known: Rows, before: Rows, after: Rows) -> None:
    for name in list(before):
        if name not in after:
            del known[name]
    known.update(after)


journal = Journal()
"""One for each Blender: it describes `bpy.data`, of which there is also only one."""
