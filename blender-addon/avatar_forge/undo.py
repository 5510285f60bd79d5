# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo steps.

`bpy.ops` has the whole scene evaluated before any operator: after a change 0.05 ms for each object, which a
step does not need. So the step is made by the function behind `bpy.ops`, where Blender has one (not in 5.2).
"""

from __future__ import annotations

import _bpy
import bpy

_call = getattr(_bpy.ops, "call", None)

LEAVES_UNEVALUATED = _call is not None
"""Whether the scene is evaluated, and its handlers are called, only later."""


def push(message: str) -> None:
    """What was done since the last step becomes one. Does nothing where Blender has no undo."""
    if not bpy.ops.ed.undo_push.poll():
        return
    if _call is None:
        bpy.ops.ed.undo_push(message=message)
    elif bpy.app.version < (4, 0, 0):
        _call("ED_OT_undo_push", None, {"message": message})
    else:
        _call("ED_OT_undo_push", {"message": message})
