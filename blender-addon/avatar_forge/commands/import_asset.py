# SPDX-License-Identifier: GPL-3.0-or-later
"""import_asset: makes a world, a material, a model or a generated mesh of files sent to uploads/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from mathutils import Vector

from .assets import clean, model, pictures, source, texture_set, world
from .context import Context
from .diff import journal
from .errors import CommandError
from .params import REQUIRED as NEEDED
from .params import Params

NAME = "import_asset"
CHANGES = True

ROLES = {"hdri": ("hdri",), "texture": texture_set.MAPS, "model": ("model",), "generated": ("model",)}
"""The files of each kind; the first is needed."""


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{kind, name, source{service, id, title, url, licence, authors[]}, files{role: name in uploads/},
    height?, triangles?} → {world} or {material, maps[]} or {objects[], collection, triangles, dimensions,
    materials[]}, and diff.

    Nothing is fetched and no .blend is opened: the files came by file.put, were checked before, and are gone
    afterwards (but for what was generated, where its import fails); what is kept of them is packed into the
    .blend. `height` (m) and `triangles` are for the kind
    generated. Errors: bad-params, not-found, asset-wrong-type, asset-unreadable, gltf-addon-missing.
    """
    checked = Params(params)
    kind = checked.text("kind", choices=tuple(ROLES))
    name = checked.name("name")
    origin = source.read(checked)
    height = checked.number("height", 1.0, 0.01, 100)
    budget = checked.integer("triangles", 20_000, 100, 500_000)
    paths = _paths(checked, kind, context)
    checked.done()
    context.check_cancelled()

    scene = bpy.context.scene
    journal.update(scene, ())
    try:
        if kind == "hdri":
            result = _hdri(name, paths["hdri"], origin)
        elif kind == "texture":
            result = _texture(name, paths, origin, context)
        else:
            result = _model(kind, name, paths["model"], origin, height, budget)
    except BaseException:
        if kind != "generated":  # that one was paid for
            _remove(paths)
        raise
    _remove(paths)
    return result


def _remove(paths: dict[str, Path]) -> None:
    for path in paths.values():
        path.unlink(missing_ok=True)


def _paths(checked: Params, kind: str, context: Context) -> dict[str, Path]:
    """The files by role, in the order of ROLES. Errors: bad-params, not-found."""
    files = Params(checked.raw("files"), "files")
    folder = context.folder("uploads")
    paths = {}
    for role in ROLES[kind]:
        given = files.text(role, NEEDED if role == ROLES[kind][0] else None, max_length=200)
        if given is None:
            continue
        if Path(given).name != given or given.startswith("."):
            raise files.bad(role, f"is {given[:40]!r}", "Name a file in uploads/.")
        paths[role] = folder / given
        if not paths[role].is_file():
            raise CommandError("not-found", f"There is no file {given!r} in uploads.", "Send it first.")
    files.done()
    return paths


def _hdri(name: str, path: Path, origin: dict[str, Any]) -> dict[str, Any]:
    image = pictures.load_packed(path, name)
    made = world.set_world(name, image)
    source.mark([made, image], origin)
    return {"world": made.name, "diff": journal.update(bpy.context.scene, (), ())}


def _texture(name: str, paths: dict[str, Path], origin: dict[str, Any], context: Context) -> dict[str, Any]:
    images: dict[str, bpy.types.Image] = {}
    try:
        for i, (role, path) in enumerate(paths.items()):
            context.progress(i / len(paths), f"Reading {role}")
            images[role] = pictures.load_packed(path, f"{name} {role}", role in texture_set.COLORS)
    except CommandError:
        bpy.data.batch_remove(list(images.values()))
        raise
    material = texture_set.build(name, images)
    source.mark([material, *images.values()], origin)
    diff = journal.update(bpy.context.scene, (), (material.name,))
    return {"material": material.name, "maps": list(images), "diff": diff}


def _model(
    kind: str, name: str, path: Path, origin: dict[str, Any], height: float, budget: int
) -> dict[str, Any]:
    generated = kind == "generated"
    parent = clean.quarantine() if generated else bpy.context.scene.collection
    collection, objects = model.load(path, name, parent)
    if generated:
        try:
            objects = [clean.tidy(name, objects, height, budget)]
        except CommandError:
            model.discard(collection)
            raise
    bpy.context.view_layer.update()
    materials = model.materials_of(objects)
    meshes = [obj for obj in objects if obj.type == "MESH"]
    source.mark([collection, *objects, *materials, *model.images_of(materials)], origin)
    names = [obj.name for obj in objects]
    return {
        "objects": names[:200],
        "collection": collection.name,
        "triangles": sum(model.triangles(obj.data) for obj in meshes),
        "dimensions": _dimensions(meshes),
        "materials": [material.name for material in materials],
        "diff": journal.update(bpy.context.scene, names, [material.name for material in materials]),
    }


def _dimensions(meshes: list[bpy.types.Object]) -> list[float]:
    """Of all of them together, in metres."""
    corners = [obj.matrix_world @ Vector(corner) for obj in meshes for corner in obj.bound_box]
    return [max(c[axis] for c in corners) - min(c[axis] for c in corners) for axis in range(3)]
