# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands on Blender's main thread, with an undo step and a checkpoint around each change."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import commands, stock, undo
from .commands import checkpoint
from .context import JobContext
from .jobs import MainThread


class BlenderRunner:
    """Each change becomes one undo step, made once the client has its answer.

    What others did since the last step becomes a step of its own before the change. That they did something
    is known from Blender evaluating the scene again.
    """

    def __init__(self, main: MainThread) -> None:
        self._main = main
        self._unstepped: str | None = None
        self._edited = True
        self._evaluation_due = False
        bpy.app.handlers.depsgraph_update_post.append(self._on_evaluated)

    def close(self) -> None:
        bpy.app.handlers.depsgraph_update_post.remove(self._on_evaluated)

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
            undo.push(self._unstepped)
            self._unstepped = None
            self._edited = False
            self._evaluation_due = undo.LEAVES_UNEVALUATED

    def _prepare(self, method: str, risky: bool, context: JobContext) -> None:
        with self._main.shielded():
            checkpoint.before_change(method, risky, context)
            if self._edited:
                undo.push(f"Before {method}")
            self._unstepped = method
        context.check_cancelled()

    @persistent
    def _on_evaluated(self, *_: Any) -> None:
        if self._evaluation_due:  # of our own last change
            self._evaluation_due = False
        else:
            self._edited = True
