# SPDX-License-Identifier: GPL-3.0-or-later
"""save_project: a copy of the session as a new file in projects/."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import bpy

from .checkpoint_store import save_copy
from .context import Context
from .params import Params
from .storing import store

NAME = "save_project"
CHANGES = False

_LONGEST = 100
_STAMP = re.compile(r"-\d{8}-\d{6}$")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{} → {file{root, name, size, sha256}}, named after the session's file and the time in UTC
    (`Hero-20260131-235959.blend`): nothing is overwritten, and the session keeps its own file.

    Error: cannot-save.
    """
    Params(params).done()
    own = bpy.path.display_name_from_filepath(bpy.data.filepath) if bpy.data.filepath else "untitled"
    plain = "".join(char for char in own if char.isalpha() or char in "0123456789._ -").lstrip(". ")
    stem = _STAMP.sub("", plain).encode()[:_LONGEST].decode("utf-8", "ignore") or "untitled"
    target = context.folder("projects") / f"{stem}-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}.blend"
    saved = store(target, lambda path: save_copy(path, relative_remap=True))
    return {"file": {"root": "projects", **saved}}
