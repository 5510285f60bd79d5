# SPDX-License-Identifier: GPL-3.0-or-later
"""vrm_export: the figure as exports/<name>.vrm, its source as projects/<name>.blend, movements as .vrma."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .animation.motions import motions
from .checkpoint_store import save_copy
from .context import Context
from .errors import CommandError
from .params import Params
from .scene import object_mode
from .storing import store
from .vrm import figure, humanoid, meta, summary, thumbnail, vrm_addon, vrma, writer

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
    clips = given.texts("clips", [])
    given.done()
    if not isinstance(meta_given, dict):
        raise given.bad("meta", "must be an object")
    with object_mode():
        return _export(context, name, version, chosen, wanted, meta_given, clips)


def _export(
    context: Context,
    name: str,
    version: str,
    chosen: str,
    wanted: str | None,
    meta_given: dict[str, Any],
    clips: Sequence[str],
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
    picture = thumbnail.draw(found.armature.name, context, notes)
    if picture is not None:
        glb.add_thumbnail(picture)
    context.check_cancelled()
    export, project = context.folder("exports") / f"{name}.vrm", context.folder("projects") / f"{name}.blend"
    data = glb.to_bytes()
    with _animations(context, name, found, clips, notes) as files:
        context.check_cancelled()
        context.progress(0.9, "Saving")
        saved = store(project, lambda path: save_copy(path, relative_remap=True))
    return {
        "file": {"root": "exports", **store(export, lambda path: path.write_bytes(data))},
        "project": {"root": "projects", **saved},
        **({"clips": [_store_clip(context, *file) for file in files]} if clips else {}),
        "version": version,
        "writer": chosen,
        **summary.describe(glb),
        "thumbnail": picture is not None,
        "notes": notes,
    }


_ClipFile = tuple[str, bytes, float]
"""Name of the file, its bytes, seconds."""


@contextmanager
def _animations(
    context: Context, name: str, found: figure.Figure, clips: Sequence[str], notes: list[str]
) -> Iterator[list[_ClipFile]]:
    """The movements as files in memory; within the block, clips of ours are actions, for a copy to keep."""
    if not clips:
        yield []
        return
    context.progress(0.7, "Playing the animations")
    annotation = figure.read_annotation(found, [])
    humanoid.check(annotation.humanoid, found.parents)
    with motions(clips, found, annotation, notes) as (body, played):
        yield [
            (
                f"{file_stem(f'{name}-{_plain(clip)}')}.vrma",
                vrma.build(clip, motion, body, annotation.look_at).to_bytes(),
                float(motion.times[-1]),
            )
            for clip, motion in played.items()
        ]


def _plain(action: str) -> str:
    """An action's name as part of a file's."""
    return re.sub(r"[^\w. -]+", "-", action)


def _store_clip(context: Context, name: str, data: bytes, seconds: float) -> dict[str, Any]:
    stored = store(context.folder("exports") / name, lambda path: path.write_bytes(data))
    return {"root": "exports", **stored, "seconds": seconds}


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
        reason = "and the parameter writer says own" if addon else "which is not installed in this Blender"
        raise CommandError(
            "vrm0-needs-addon",
            f"VRM 0.x is written by the VRM add-on only, {reason}.",
            "Export version 1.0, or install the add-on 'VRM format' and leave writer at auto.",
        )
    if writer == "addon" and not addon:
        raise CommandError(
            "vrm-addon-missing",
            "The VRM add-on is not installed, or not enabled in Blender's preferences.",
            "Enable 'VRM format' there (--addons does not), or leave writer at auto.",
        )
    return "addon" if writer != "own" and addon else "own"
