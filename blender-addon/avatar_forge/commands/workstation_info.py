# SPDX-License-Identifier: GPL-3.0-or-later
"""workstation_info: what the doctor asks of the machine that Blender runs on."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import bpy

from .context import Context
from .params import Params
from .vrm import vrm_addon

NAME = "workstation_info"
CHANGES = False


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{} → {blender, home, writable, reason, free_mib, vrm_addon}.

    home is the folder of exports and projects; writable is tried by a file that is written and taken away,
    reason is why it is not; free_mib is None where the file system does not say. vrm_addon is the version of
    the enabled VRM add-on, "unknown", or None where none is enabled.
    """
    Params(params).done()
    home = context.folder("projects").parent
    reason = _why_not_writable(home)
    return {
        "blender": bpy.app.version_string,
        "home": str(home),
        "writable": reason is None,
        "reason": reason,
        "free_mib": _free_mib(home),
        "vrm_addon": _vrm_addon_version(),
    }


def _why_not_writable(folder: Path) -> str | None:
    trial = folder / f".avatar-forge-{os.getpid()}"
    try:
        trial.write_bytes(b"avatar forge")
        is_kept = trial.read_bytes() == b"avatar forge"
        trial.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return None if is_kept else "what was written did not come back"


def _free_mib(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free // (1024 * 1024)
    except OSError:
        return None


def _vrm_addon_version() -> str | None:
    if not vrm_addon.installed():
        return None
    for addon in bpy.context.preferences.addons:
        if "vrm" not in addon.module.lower():
            continue
        info = getattr(sys.modules.get(addon.module), "bl_info", None)
        version = info.get("version") if isinstance(info, dict) else None
        if isinstance(version, tuple):
            return ".".join(str(part) for part in version)
    return "unknown"
