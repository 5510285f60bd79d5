# SPDX-License-Identifier: GPL-3.0-or-later
"""open_project: goes on with a file of projects/."""

from __future__ import annotations

from typing import Any

import bpy

from .context import Context
from .errors import CommandError
from .params import Params
from .restore import restored
from .scene import not_found

NAME = "open_project"
# There is no undo around the loading of a file.
CHANGES = False


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{name} → {file{root, name}}: in place of the scene there was, which is gone unless it was saved. The
    file becomes the session's own.

    Errors: bad-params, not-found, cannot-open.
    """
    checked = Params(params)
    name = checked.text("name", max_length=200)
    checked.done()
    folder = context.folder("projects")
    files = {
        file.name: file for file in folder.glob("*.blend") if file.is_file() and not file.name.startswith(".")
    }
    if name not in files:
        raise not_found("name", "file in projects/", name, files)
    preferences = bpy.context.preferences
    dirty = preferences.is_dirty
    try:
        with restored(preferences.filepaths, {"use_load_ui": False}):
            bpy.ops.wm.open_mainfile(filepath=str(files[name]), load_ui=False)
    except RuntimeError as error:
        raise CommandError(
            "cannot-open", f"Blender could not open {name!r}: {error}", "Open an earlier file of projects/."
        ) from error
    bpy.context.preferences.is_dirty = dirty
    return {"file": {"root": "projects", "name": name}}
