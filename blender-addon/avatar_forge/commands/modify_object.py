# SPDX-License-Identifier: GPL-3.0-or-later
"""modify_object: up to 50 changes at once, all or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import bpy

from .context import Context
from .diff import journal
from .params import Params
from .scene import find_object, not_found
from .transforms import set_parent, set_rotation_deg, would_loop

NAME = "modify_object"
CHANGES = True


@dataclass
class Change:
    obj: bpy.types.Object
    rename: str | None
    location: tuple[float, float, float] | None
    rotation_deg: tuple[float, float, float] | None
    scale: tuple[float, float, float] | None
    reparent: bool
    parent: bpy.types.Object | None
    visible: bool | None
    smooth: bool | None
    delete: bool
    shape_keys: dict[str, float] = field(default_factory=dict)


def risky(params: dict[str, Any]) -> bool:
    """Deleting is: a checkpoint is due before."""
    listed = params.get("changes")
    return isinstance(listed, list) and any(isinstance(item, dict) and item.get("delete") for item in listed)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{changes[{name, rename?, location?, rotation_deg?, scale?, parent?, visible?, smooth?, shape_keys?,
    delete?}]} → {diff}.

    Location, rotation and scale are the object's own (relative to its parent). A new parent, null for none,
    leaves the object where it is in the world. Children of a deleted object stay where they are. Errors:
    bad-params, not-found.
    """
    checked = Params(params)
    wishes = [_change(item) for item in checked.items("changes", 1, 50)]
    checked.done()
    _check_together(wishes)
    context.check_cancelled()

    scene = bpy.context.scene
    names = {wish.obj.name for wish in wishes}
    for wish in wishes:
        if wish.delete:
            names.update(child.name for child in wish.obj.children)
        if wish.rename:
            # What points at it by name changes with it.
            names.update((wish.rename, *(child.name for child in wish.obj.children)))
    journal.update(scene, names, ())
    if any(wish.reparent or wish.delete for wish in wishes):
        bpy.context.view_layer.update()
    for wish in wishes:
        if not wish.delete:
            _apply(wish)
    for wish in wishes:
        if wish.delete:
            _delete(wish.obj)
    return {"diff": journal.update(scene, names, ())}


def _change(item: Params) -> Change:
    obj = find_object(item.name("name"), item.where("name"))
    parent_name = item.name("parent", None)
    change = Change(
        obj=obj,
        rename=item.name("rename", None),
        location=item.vector("location", None),
        rotation_deg=item.vector("rotation_deg", None),
        scale=item.scale("scale", None),
        reparent=item.has("parent"),
        parent=find_object(parent_name, item.where("parent")) if parent_name is not None else None,
        visible=item.flag("visible", None),
        smooth=item.flag("smooth", None),
        delete=item.flag("delete", False),
        shape_keys=_shape_keys(item, obj),
    )
    item.done()
    if would_loop(obj, change.parent):
        raise item.bad(
            "parent", f"{parent_name!r} is {obj.name!r} itself or stands below it", "Choose another parent."
        )
    if change.rename not in (None, obj.name) and change.rename in bpy.data.objects:
        raise item.bad(
            "rename", f"is {change.rename!r}, which another object is called", "Choose a free name."
        )
    if change.smooth is not None and obj.type != "MESH":
        raise item.bad("smooth", f"does not fit {obj.name!r}, which is no mesh but {obj.type}")
    return change


def _shape_keys(item: Params, obj: bpy.types.Object) -> dict[str, float]:
    if item.raw("shape_keys", None) is None:
        return {}
    where = item.where("shape_keys")
    wanted = item.raw("shape_keys")
    values = Params(wanted, where)
    keys = getattr(obj.data, "shape_keys", None)
    blocks = keys.key_blocks if keys is not None else {}
    result = {}
    for name in wanted:
        block = blocks.get(name)
        if block is None:
            raise not_found(where, "shape key", name, [block.name for block in blocks])
        result[name] = float(values.number(name, low=block.slider_min, high=block.slider_max))
    return result


def _check_together(wishes: list[Change]) -> None:
    """What is right for each change may still clash with another one of the list."""
    seen: set[str] = set()
    renames: set[str] = set()
    deleted = {wish.obj for wish in wishes if wish.delete}
    parents = {wish.obj: wish.parent for wish in wishes if wish.reparent}
    for i, wish in enumerate(wishes):
        where = Params({}, f"changes[{i}]")
        if wish.obj.name in seen:
            raise where.bad("name", f"{wish.obj.name!r} is in the list twice", "Join the two changes.")
        if wish.rename in renames:
            raise where.bad("rename", f"{wish.rename!r} is given to two objects")
        if wish.parent in deleted:
            raise where.bad("parent", f"{wish.parent.name!r} is deleted by the same list")
        seen.add(wish.obj.name)
        if wish.rename is not None:
            renames.add(wish.rename)
        above = wish.parent
        for _ in range(len(parents) + 1):
            if above == wish.obj:
                raise where.bad("parent", "makes a loop with another change of the list")
            if above not in parents:
                break
            above = parents[above]


def _apply(wish: Change) -> None:
    obj = wish.obj
    if wish.reparent and obj.parent != wish.parent:
        set_parent(obj, wish.parent)
    if wish.location is not None:
        obj.location = wish.location
    if wish.rotation_deg is not None:
        set_rotation_deg(obj, wish.rotation_deg)
    if wish.scale is not None:
        obj.scale = wish.scale
    if wish.visible is not None:
        obj.hide_viewport = obj.hide_render = not wish.visible
        if wish.visible and bpy.context.view_layer.objects.get(obj.name) is not None:
            obj.hide_set(False)
    if wish.smooth is not None:
        obj.data.polygons.foreach_set("use_smooth", [wish.smooth] * len(obj.data.polygons))
        obj.data.update()
    for name, value in wish.shape_keys.items():
        obj.data.shape_keys.key_blocks[name].value = value
    if wish.rename is not None:
        obj.name = wish.rename


def _delete(obj: bpy.types.Object) -> None:
    for child in obj.children:
        set_parent(child, None)
    bpy.data.objects.remove(obj, do_unlink=True)
