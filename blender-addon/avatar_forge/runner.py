# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands on Blender's main thread, with an undo step and a checkpoint around each change."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import commands, stock
from .commands import checkpoint
from .context import JobContext
from .jobs import MainThread


class BlenderRunner:
    """A change becomes one undo step. The step is made once the client has its answer, so it costs a burst
    little.

    Before a change what others have done since the last step becomes a step of its own; `_mark_edited`
    tells of it.
    """

    def __init__(self, main: MainThread) -> None:
        self._main = main
        self._edited = True
        self._unstepped: str | None = None
        bpy.app.handlers.depsgraph_update_post.append(self._mark_edited)

    def close(self) -> None:
        bpy.app.handlers.depsgraph_update_post.remove(self._mark_edited)

    def knows(self, method: str) -> bool:
        return method in commands.COMMANDS

    def run_command(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        if getattr(commands.find(method), "CHANGES", False):
            self._prepare(method, commands.is_risky(method, params), context)
        return commands.run(method, params, context)

    def run_stock(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        if method in stock.CHANGES:
            self._prepare(method, True, context)
        return stock.run(method, params, context)

    def settle(self) -> None:
        if self._unstepped:
            _push_undo(self._unstepped)
            self._unstepped = None
            self._edited = False

    def _prepare(self, method: str, risky: bool, context: JobContext) -> None:
        with self._main.shielded():
            checkpoint.before_change(method, risky, context)
            if self._edited:
                _push_undo(f"Before {method}")
            self._unstepped = method
        context.check_cancelled()

    @persistent
    def _mark_edited(self, *_: Any) -> None:
        self._edited = True


def _push_undo(message: str) -> None:
    """Blender has no undo where nothing is open to edit."""
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message=message)
