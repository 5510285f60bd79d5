# SPDX-License-Identifier: GPL-3.0-or-later
"""get_scene_info: a page of what is in the scene, or what changed since a revision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import bpy

from .context import Context
from .diff import journal
from .materials import surface_of, visible_color
from .params import Params
from .transforms import rotation_deg

NAME = "get_scene_info"
CHANGES = False

FIELDS = ("objects", "bones", "shape_keys", "materials")
# A tool result of more than 20 KB is cut by clients; what is around the lists needs the rest.
MOST_BYTES = 18_000


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{fields?, filter?, limit? 1…200 = 50, offset?, since?} → the table of docs/commands.md.

    Every list is the page [offset, offset + limit) of the names holding `filter`, in any case; `next_offset`
    is there where one of them goes on. With `since`, objects and their bones and shape keys are only those
    touched after that revision; `changed` and `removed` name them. Angles in degrees, lengths in metres.
    Rows leave out what is at its usual value.
    Error: unknown-revision.
    """
    checked = Params(params)
    fields = checked.texts("fields", ["objects"], 1, len(FIELDS), FIELDS)
    wanted = checked.text("filter", "", max_length=200).lower()
    limit = checked.integer("limit", 50, 1, 200)
    offset = checked.integer("offset", 0, 0)
    since = checked.integer("since", None, 0)
    checked.done()

    scene = bpy.context.scene
    journal.update(scene, materials=())
    result = _head(scene)
    objects = list(scene.objects)
    if since is not None:
        touched = journal.touched_since(since)
        objects = [obj for obj in objects if obj.name in touched]
        result["changed"] = [obj.name for obj in objects][:200]
        result["removed"] = sorted(touched.difference(obj.name for obj in objects))[:200]

    page = _Page(wanted, offset, limit, MOST_BYTES - len(json.dumps(result)))
    if "objects" in fields:
        result["objects"] = page.rows(((obj.name, obj) for obj in objects), _object)
    if "bones" in fields:
        bones = (
            (bone.name, (obj, bone)) for obj in objects if obj.type == "ARMATURE" for bone in obj.data.bones
        )
        result["bones"] = page.rows(bones, _bone)
    if "shape_keys" in fields:
        result["shape_keys"] = page.rows(_keys(objects), _shape_key)
    if "materials" in fields:
        materials = ((m.name, m) for m in bpy.data.materials if not m.is_grease_pencil)
        result["materials"] = page.rows(materials, _material)
    if page.next_offset is not None:
        result["next_offset"] = page.next_offset
    return result


class _Page:
    """Cuts lists to the page asked for, and to a share of the bytes there are."""

    def __init__(self, wanted: str, offset: int, limit: int, room: int) -> None:
        self._wanted, self._offset, self._limit, self._room = wanted, offset, limit, room
        self.next_offset: int | None = None

    def rows(
        self, named: Iterable[tuple[str, Any]], describe: Callable[[Any], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        matching = [item for name, item in named if self._wanted in name.lower()]
        rows: list[dict[str, Any]] = []
        for item in matching[self._offset : self._offset + self._limit]:
            row = describe(item)
            size = len(json.dumps(row))
            if size > self._room and rows:
                break
            self._room -= size
            rows.append(row)
        end = self._offset + len(rows)
        if end < len(matching):
            self.next_offset = end if self.next_offset is None else min(end, self.next_offset)
        return rows


def _head(scene: bpy.types.Scene) -> dict[str, Any]:
    objects = list(scene.objects)
    kinds = [obj.type for obj in objects]
    return {
        "revision": journal.revision,
        "blender": bpy.app.version_string,
        "file": bpy.path.basename(bpy.data.filepath) or None,
        "mode": bpy.context.mode,
        "frame": scene.frame_current,
        "counts": {
            "objects": len(objects),
            "meshes": kinds.count("MESH"),
            "armatures": kinds.count("ARMATURE"),
            "materials": len(bpy.data.materials),
            "triangles": _triangles_of_all(objects),
        },
    }


def _triangles_of_all(objects: list[bpy.types.Object]) -> int:
    counted: dict[bpy.types.Mesh, int] = {}
    total = 0
    for obj in objects:
        if obj.type == "MESH":
            if obj.data not in counted:
                counted[obj.data] = triangles(obj.data)
            total += counted[obj.data]
    return total


def triangles(mesh: bpy.types.Mesh) -> int:
    """How many triangles a mesh has before modifiers: a polygon of n corners makes n - 2."""
    return len(mesh.loops) - 2 * len(mesh.polygons)


def _told(row: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """A row without what is as usual: whoever reads it pays for each member."""
    return {name: value for name, value in row.items() if name not in usual or usual[name] != value}


_ORIGIN = (0.0, 0.0, 0.0)
_USUAL_OBJECT = {
    "location": _ORIGIN,
    "rotation_deg": [0.0, 0.0, 0.0],
    "scale": (1.0, 1.0, 1.0),
    "dimensions": _ORIGIN,
    "parent": None,
    "visible": True,
    "materials": [],
}
_USUAL_KEY = {"value": 0.0, "min": 0.0, "max": 1.0}
_USUAL_MATERIAL = {"metallic": 0.0, "roughness": 0.5, "image": None, "users": 1}


def _object(obj: bpy.types.Object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": obj.name,
        "type": obj.type,
        "location": obj.location.to_tuple(4),
        "rotation_deg": [round(angle, 4) for angle in rotation_deg(obj)],
        "scale": obj.scale.to_tuple(4),
        "dimensions": obj.dimensions.to_tuple(4),
        "parent": obj.parent.name if obj.parent else None,
        "visible": obj.visible_get(),
        "materials": [slot.material.name for slot in obj.material_slots if slot.material][:20],
    }
    if obj.type == "MESH":
        row["triangles"] = triangles(obj.data)
    return _told(row, _USUAL_OBJECT)


def _bone(item: tuple[bpy.types.Object, bpy.types.Bone]) -> dict[str, Any]:
    armature, bone = item
    row = {
        "armature": armature.name,
        "name": bone.name,
        "parent": bone.parent.name if bone.parent else None,
        "head": (armature.matrix_world @ bone.head_local).to_tuple(4),
        "tail": (armature.matrix_world @ bone.tail_local).to_tuple(4),
    }
    return _told(row, {"parent": None})


def _keys(objects: list[bpy.types.Object]) -> Iterable[tuple[str, Any]]:
    for obj in objects:
        keys = getattr(obj.data, "shape_keys", None)
        if keys is not None:
            yield from ((block.name, (obj, block)) for block in keys.key_blocks)


def _shape_key(item: tuple[bpy.types.Object, bpy.types.ShapeKey]) -> dict[str, Any]:
    obj, block = item
    row = {
        "object": obj.name,
        "name": block.name,
        "value": round(block.value, 4),
        "min": block.slider_min,
        "max": block.slider_max,
    }
    return _told(row, _USUAL_KEY)


def _material(material: bpy.types.Material) -> dict[str, Any]:
    surface = surface_of(material)
    row = {
        "name": material.name,
        "shader": surface.shader,
        "base_color": visible_color(surface),
        "metallic": round(surface.metallic, 4),
        "roughness": round(surface.roughness, 4),
        "image": surface.image.name if surface.image else None,
        "users": material.users,
    }
    return _told(row, _USUAL_MATERIAL)
