# SPDX-License-Identifier: GPL-3.0-or-later
"""vrm_export: the figure as exports/<name>.vrm, and its source as projects/<name>.blend."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import bpy

from .context import Context
from .errors import CommandError
from .params import Params
from .scene import object_mode
from .vrm import figure, humanoid, meta, summary, thumbnail, vrm_addon, writer

NAME = "vrm_export"
CHANGES = False  # all it touches for the export is put back

VERSIONS = ("1.0", "0.x")
WRITERS = ("auto", "own", "addon")
_LONGEST = 200 - len(".blend")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Result and errors: docs/commands.md; every failure leaves the file of the export before untouched."""
    given = Params(params)
    name = file_stem(given.text("name"))
    version = given.text("version", "1.0", VERSIONS)
    chosen = choose_writer(given.text("writer", "auto", WRITERS), version, vrm_addon.installed())
    wanted = given.text("armature", None)
    meta_given = given.raw("meta", {})
    given.done()
    if not isinstance(meta_given, dict):
        raise given.bad("meta", "must be an object")
    with object_mode():
        return _export(context, name, version, chosen, wanted, meta_given)


def _export(
    context: Context, name: str, version: str, chosen: str, wanted: str | None, meta_given: dict[str, Any]
) -> dict[str, Any]:
    context.progress(0.0, "Reading the figure")
    found = figure.find(wanted)
    notes = list(found.notes)
    if chosen == "addon" and not found.annotated:
        glb = vrm_addon.export_own_data(found, meta_given, name, version, notes)
    else:
        annotation = figure.read_annotation(found, notes)
        merged = meta.merge(annotation.meta, meta_given, name)
        humanoid.check(annotation.humanoid, found.parents)
        context.check_cancelled()
        context.progress(0.1, "Exporting")
        write = writer.write if chosen == "own" else vrm_addon.writer_of(version)
        glb = write(found, annotation, merged, notes)
    context.check_cancelled()
    context.progress(0.6, "Drawing the thumbnail")
    picture = thumbnail.draw(context, notes)
    if picture is not None:
        glb.add_thumbnail(picture)
    context.check_cancelled()
    context.progress(0.8, "Saving")
    return {
        "file": _store(context, "exports", f"{name}.vrm", glb.to_bytes()),
        "project": _save_project(context, f"{name}.blend"),
        "version": version,
        "writer": chosen,
        **summary.describe(glb),
        "thumbnail": picture is not None,
        "notes": notes,
    }


def file_stem(name: str) -> str:
    """The export's name without its ending, by the rules of docs/protocol.md section 5. Error: bad-name."""
    stem = name[:-4] if name.lower().endswith(".vrm") else name
    allowed = all(letter.isalpha() or letter in "0123456789._ -" for letter in stem)
    if not stem.strip() or not allowed or stem.startswith(".") or len(stem.encode()) > _LONGEST:
        raise CommandError(
            "bad-name",
            f"{name[:60]!r} cannot be a file's name here.",
            f"Use letters, digits, space and . _ - with no dot first, at most {_LONGEST} bytes.",
        )
    return stem


def choose_writer(writer: str, version: str, addon: bool) -> str:
    """`own` or `addon`. Errors: vrm0-needs-addon, vrm-addon-missing."""
    if version == "0.x" and (writer == "own" or not addon):
        raise CommandError(
            "vrm0-needs-addon",
            "VRM 0.x is written by the VRM add-on only"
            + (
                ", and the parameter writer says own."
                if addon
                else ", which is not installed in this Blender."
            ),
            "Export version 1.0, or install the add-on 'VRM format' and leave writer at auto.",
        )
    if writer == "addon" and not addon:
        raise CommandError(
            "vrm-addon-missing",
            "The VRM add-on is not installed and enabled in this Blender.",
            "Install 'VRM format', or leave writer at auto.",
        )
    return "addon" if writer != "own" and addon else "own"


def _store(context: Context, root: str, name: str, data: bytes) -> dict[str, Any]:
    target = context.folder(root) / name
    # Dotted, so that no listing shows it; renamed when whole, so that no reader sees half of it.
    partial = target.with_name(f".{name[:80]}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return _described(root, target)


def _save_project(context: Context, name: str) -> dict[str, Any]:
    target = context.folder("projects") / name
    partial = target.with_name(f".{name[:80]}.{os.getpid()}.partial")
    paths = bpy.context.preferences.filepaths
    preview = paths.file_preview_type
    try:
        paths.file_preview_type = "NONE"  # a preview of the window would cost more than the rest
        bpy.ops.wm.save_as_mainfile(filepath=str(partial), copy=True, check_existing=False, compress=True)
        os.replace(partial, target)
    finally:
        paths.file_preview_type = preview
        partial.unlink(missing_ok=True)
    return _described("projects", target)


def _described(root: str, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"root": root, "name": path.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
