# SPDX-License-Identifier: GPL-3.0-or-later
"""create_object: up to 50 objects at once, all or none; of the kind vrm, a whole avatar out of a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .context import Context
from .diff import journal
from .errors import CommandError
from .importing.open_vrm import open_vrm
from .params import Params
from .scene import find_material, not_found, object_mode, target_collection
from .shapes import SHAPES, new_mesh
from .transforms import set_parent, set_rotation_deg

NAME = "create_object"
CHANGES = True

LIGHTS = ("point", "sun", "spot", "area")
KINDS = (*SHAPES, "empty", "camera", "light", "text", "armature", "vrm")
# What looks right from about two metres: watts, and for the sun W/m².
ENERGY = {"point": 100.0, "sun": 3.0, "spot": 200.0, "area": 100.0}


@dataclass(frozen=True)
class Wish:
    kind: str
    name: str
    location: tuple[float, float, float]
    rotation_deg: tuple[float, float, float]
    scale: tuple[float, float, float]
    size: tuple[float, float, float]
    parent: str | None
    material: str | None
    light: str
    energy: float
    color: tuple[float, float, float]
    text: str
    file: Path | None = None


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{objects[{kind, name?, location?, rotation_deg?, scale?, size?, parent?, material?, light?, text?}]}
    → {created[name], notes?, diff}.

    `size` is the bounding box in metres, one number or three (an empty's arms, a text's letters, an area
    light's side, an armature's one bone take the largest). A parent may come earlier in the same list, by the
    name asked for; an object keeps its place in the world when it gets one. Of the kind vrm, `name` is that
    of a file in exports/ or uploads/, and the figure's armature and meshes are created.
    Errors: bad-params, not-found, import-failed and the others of importing.open_vrm.
    """
    checked = Params(params)
    wishes = [_wish(item, context) for item in checked.items("objects", 1, 50)]
    checked.done()
    _check_references(wishes)

    scene = bpy.context.scene
    journal.update(scene, (), ())
    created: list[bpy.types.Object] = []
    avatars: list[bpy.types.Object] = []
    notes: list[str] = []
    try:
        for wish in wishes:
            context.check_cancelled()
            if wish.file is not None:
                with object_mode():
                    avatars += open_vrm(wish.file.read_bytes(), notes)
            else:
                _create(wish, created)
        _assign_parents([wish for wish in wishes if wish.file is None], created)
    except BaseException:
        _remove([*created, *avatars])
        raise
    names = [obj.name for obj in (*created, *avatars)]
    told = {"notes": notes} if avatars else {}
    return {"created": names, **told, "diff": journal.update(scene, names, ())}


def _wish(item: Params, context: Context) -> Wish:
    kind = item.text("kind", choices=KINDS)
    if kind == "vrm":
        return _avatar(item, context)
    light = Params(item.raw("light", {}), item.where("light"))
    light_kind = light.text("kind", "point", LIGHTS)
    wish = Wish(
        kind=kind,
        name=item.name("name", kind.replace("_", " ").capitalize()),
        location=item.vector("location", (0.0, 0.0, 0.0)),
        rotation_deg=item.vector("rotation_deg", (0.0, 0.0, 0.0)),
        scale=item.scale("scale", (1.0, 1.0, 1.0)),
        size=item.size("size", (1.0, 1.0, 1.0)),
        parent=item.name("parent", None),
        material=item.name("material", None),
        light=light_kind,
        energy=light.number("energy", ENERGY[light_kind], 0, 1e6),
        color=light.color("color", (1.0, 1.0, 1.0)),
        text=item.text("text", "Text"),
    )
    if item.has("light") and kind != "light":
        raise item.bad(
            "light", f"does not fit the kind {kind!r}", "Leave it out, or ask for the kind 'light'."
        )
    if item.has("text") and kind != "text":
        raise item.bad("text", f"does not fit the kind {kind!r}", "Leave it out, or ask for the kind 'text'.")
    if wish.material is not None and kind not in SHAPES and kind != "text":
        raise item.bad("material", f"does not fit the kind {kind!r}", "Only meshes and text take a material.")
    light.done()
    item.done()
    return wish


def _avatar(item: Params, context: Context) -> Wish:
    name = item.text("name")
    item.done()
    files = {file.name: file for root in ("uploads", "exports") for file in _models(context.folder(root))}
    if name not in files:
        raise not_found(item.where("name"), "file in exports/ or uploads/", name, files)
    nowhere, plain = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return Wish("vrm", name, nowhere, nowhere, plain, plain, None, None, "", 0.0, plain, "", files[name])


def _models(folder: Path) -> Iterable[Path]:
    return (
        file for file in folder.iterdir() if file.suffix.lower() == ".vrm" and not file.name.startswith(".")
    )


def _check_references(wishes: list[Wish]) -> None:
    scene = bpy.context.scene
    for i, wish in enumerate(wishes):
        where = f"objects[{i}]"
        earlier = [other.name for other in wishes[:i]]
        if wish.parent is not None and wish.parent not in earlier and wish.parent not in scene.objects:
            raise not_found(f"{where}.parent", "object", wish.parent, [*earlier, *scene.objects.keys()])
        if wish.material is not None:
            find_material(wish.material, f"{where}.material")
        if wish.kind == "armature" and bpy.context.mode != "OBJECT":
            raise CommandError(
                "wrong-mode",
                f"{where}: an armature cannot be made in {bpy.context.mode} mode.",
                "Leave that mode first.",
            )


def _create(wish: Wish, created: list[bpy.types.Object]) -> None:
    obj = bpy.data.objects.new(wish.name, _data(wish))
    created.append(obj)
    target_collection().objects.link(obj)
    obj.location = wish.location
    set_rotation_deg(obj, wish.rotation_deg)
    obj.scale = wish.scale
    if wish.material is not None:
        obj.data.materials.append(bpy.data.materials[wish.material])
    if wish.kind == "empty":
        obj.empty_display_size = max(wish.size)
    elif wish.kind == "camera" and bpy.context.scene.camera is None:
        bpy.context.scene.camera = obj  # as Blender's own menu does
    elif wish.kind == "armature":
        _add_bone(obj, max(wish.size))


def _data(wish: Wish) -> bpy.types.ID | None:
    if wish.kind in SHAPES:
        return new_mesh(wish.kind, wish.name, wish.size)
    if wish.kind == "camera":
        return bpy.data.cameras.new(wish.name)
    if wish.kind == "armature":
        return bpy.data.armatures.new(wish.name)
    if wish.kind == "light":
        light = bpy.data.lights.new(wish.name, wish.light.upper())
        light.energy = wish.energy
        light.color = wish.color
        if wish.light == "area":
            light.size = max(wish.size)
        return light
    if wish.kind == "text":
        curve = bpy.data.curves.new(wish.name, "FONT")
        curve.body = wish.text
        curve.size = max(wish.size)
        curve.align_x = "CENTER"
        return curve
    return None


def _add_bone(obj: bpy.types.Object, length: float) -> None:
    """Bones are made in edit mode only."""
    with object_mode():
        bpy.context.view_layer.objects.active = obj
        bpy.ops.object.mode_set(mode="EDIT")
        bone = obj.data.edit_bones.new("Bone")
        bone.tail = (0, 0, length)
        bpy.ops.object.mode_set(mode="OBJECT")


def _assign_parents(wishes: list[Wish], created: list[bpy.types.Object]) -> None:
    if all(wish.parent is None for wish in wishes):
        return
    bpy.context.view_layer.update()
    earlier: dict[str, bpy.types.Object] = {}
    for wish, obj in zip(wishes, created, strict=True):
        if wish.parent is not None:
            set_parent(obj, earlier.get(wish.parent) or bpy.context.scene.objects[wish.parent])
        earlier.setdefault(wish.name, obj)


def _remove(created: list[bpy.types.Object]) -> None:
    for obj in created:
        data = obj.data
        bpy.data.objects.remove(obj)
        if data is not None and data.users == 0:
            bpy.data.batch_remove([data])
