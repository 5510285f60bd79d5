# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of this Blender: there is at most one, and Blender's own registries (panels, handlers,
operators) reach it here.
"""

from __future__ import annotations

import threading
import uuid
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import VERSION, pump, settings
from .files import FileStore
from .jobs import MainThread
from .runner import BlenderRunner
from .server import Server
from .wire.handshake import Identity

INSTANCE = str(uuid.uuid4())
"""Tells this run of Blender from any other."""


class Running:
    """A server with what belongs to it."""

    def __init__(self) -> None:
        main = MainThread()
        self.runner = BlenderRunner(main)
        try:
            files = FileStore(settings.home(), settings.scratch())
            self.server = Server(_identity(), settings.options(), files, self.runner, main)
        except BaseException:
            self.runner.close()
            raise
        self.timer: pump.Timer | None = None

    def close(self) -> None:
        if self.timer:
            self.timer.stop()
        self.server.stop()
        self.runner.close()


_running: Running | None = None
_failure = ""


def running() -> Server | None:
    return _running.server if _running else None


def failure() -> str:
    """Why it does not run, where it should."""
    return _failure


def start() -> Server:
    """Starts to listen; with a window also to serve. Errors: OSError where the port is taken,
    SettingsError.
    """
    global _running, _failure
    if _running is None:
        _running = Running()
        _failure = ""
        if not bpy.app.background:
            _running.timer = pump.Timer(_running.server, redraw_panel_on_news)
    return _running.server


def start_or_remember_why_not() -> None:
    global _failure
    try:
        start()
    except settings.SettingsError as error:
        _failure = str(error)
    except OSError as error:
        _failure = f"The port cannot be used ({error.strerror}). Choose another, or close the other Blender."
    if _failure:
        print(f"Avatar Forge does not listen. {_failure}")


def stop() -> None:
    global _running
    if _running:
        _running.close()
        _running = None


def serve_in_background(ended: threading.Event) -> None:
    """Serves on this thread until `ended`."""
    server = start()
    pump.run_in_background(server, ended)
    stop()


@persistent
def on_file_loaded(*_: Any) -> None:
    if _running:
        _running.server.announce("file-loaded", {"name": bpy.path.basename(bpy.data.filepath)})


def _identity() -> Identity:
    return Identity(
        instance=INSTANCE,
        addon=VERSION,
        blender=".".join(map(str, bpy.app.version)),
        background=bpy.app.background,
    )


_shown_clients = -1


def redraw_panel_on_news() -> None:
    """Redraws the sidebars when a client came or went; drawing is too dear to do it after each command."""
    global _shown_clients
    clients = _running.server.clients if _running else -1
    if clients == _shown_clients:
        return
    _shown_clients = clients
    redraw_panel()


def redraw_panel() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
