# SPDX-License-Identifier: GPL-3.0-or-later
"""The command library: what Avatar Forge can do inside Blender (docs/commands.md).

A command is one file `<name>.py` and one line in COMMANDS. It offers

    NAME                   the method's name, the same as its file's
    CHANGES                True where it may change the scene: the caller then pushes undo around it
    run(params, context)   the work, on Blender's main thread; returns a dict
    risky(params)          optional; True where undo may not bring back what these parameters do, so that
                           a checkpoint is due before
"""

from __future__ import annotations

import importlib
import math
from types import ModuleType
from typing import Any

from .context import Context
from .errors import CommandError

COMMANDS = (
    "get_scene_info",
    "create_object",
    "modify_object",
    "set_material",
    "execute_blender_code",
    "get_screenshot",
    "checkpoint",
    "avatar_scaffold",
    "vrm_rig",
    "vrm_face",
    "vrm_physics",
    "vrm_export",
    "import_asset",
    "save_project",
    "open_project",
    "workstation_info",
)

__all__ = ["COMMANDS", "CommandError", "Context", "find", "is_risky", "run"]


def find(name: str) -> ModuleType:
    """The command's module, imported when first asked for. Error: unknown-method."""
    if name not in COMMANDS:
        raise CommandError(
            "unknown-method", f"There is no command {name!r}.", f"Known: {', '.join(COMMANDS)}."
        )
    return importlib.import_module(f".{name}", __package__)


def is_risky(name: str, params: dict[str, Any]) -> bool:
    """Whether a checkpoint is due before, however recent the last one is."""
    risky = getattr(find(name), "risky", None)
    return bool(risky and isinstance(params, dict) and risky(params))


def run(name: str, params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Runs a command on Blender's main thread and returns a result that JSON can carry.

    Undo and the checkpoint before a change are the caller's (see `find(name).CHANGES` and
    `checkpoint.before_change`).
    """
    return to_json(find(name).run(params, context))


def to_json(value: Any) -> Any:
    """Floats rounded to six digits, NaN and infinities as None, tuples and vectors as lists."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        # A lone surrogate (a name that was no UTF-8) cannot be encoded on the wire.
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if hasattr(value, "__iter__"):
        return [to_json(item) for item in value]
    return to_json(float(value))
