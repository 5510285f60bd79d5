# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings commands onto Blender's main thread.

With a window: a timer. Nothing wakes Blender's event loop, which looks at timers about every 5 ms, so for a
while after a command the timer's callback itself waits for the next one (0.1 ms instead of 5 in a burst).
In background there is no event loop and no timer: `run_in_background` is the loop.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

import bpy

from .server import Server

LINGER_S = 2.0
"""How long after a command the callback waits for another."""
WAIT_S = 0.004
"""How long it waits at a time: more would make the window jerky."""
BURST_S = 0.1
"""How long a burst of commands may hold back the redraw."""
IDLE_S = 0.1
"""How often the timer looks while nobody is connected."""


class Timer:
    """Serves from Blender's timers until `stop`. `on_tick` is called each time, for the panel."""

    def __init__(self, server: Server, on_tick: Callable[[], None]) -> None:
        self._server = server
        self._on_tick = on_tick
        self._stopped = False
        bpy.app.timers.register(self._tick, persistent=True)

    def stop(self) -> None:
        self._stopped = True

    def _tick(self) -> float | None:
        if self._stopped:
            return None
        try:
            served = self._serve()
            self._on_tick()
        except BaseException:  # else Blender would drop the timer
            traceback.print_exc()
            return IDLE_S
        return 0.0 if served or self._server.clients else IDLE_S

    def _serve(self) -> bool:
        end = time.monotonic() + BURST_S
        served = False
        while time.monotonic() < end and not self._stopped:
            recent = time.monotonic() - self._server.served_at < LINGER_S
            if not self._server.serve(WAIT_S if recent else 0):
                break
            served = True
            if bpy.context.window is None:  # a file was loaded; the event loop will see to it
                break
        return served


def run_in_background(server: Server, ended: threading.Event) -> None:
    """Serves on this thread, Blender's main one, until `ended`."""
    while not ended.is_set():
        try:
            server.serve(0.5)
        except BaseException:
            traceback.print_exc()
