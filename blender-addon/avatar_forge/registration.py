# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the add-on into Blender and takes it out again, as often as asked."""

from __future__ import annotations

import atexit

import bpy

from . import panel, preferences, runtime, settings

CLASSES = (*preferences.CLASSES, *panel.CLASSES)

_registered = False


def register() -> None:
    global _registered
    if _registered:  # a start-up script and the preferences may both enable it
        return
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.app.handlers.load_post.append(runtime.on_file_loaded)
    atexit.register(runtime.stop)
    _registered = True
    # In background nobody would bring commands to the main thread, and a render job should not open a port:
    # boot.py starts the server there.
    if settings.autostart() and not bpy.app.background:
        runtime.start_or_remember_why_not()


def unregister() -> None:
    global _registered
    if not _registered:
        return
    runtime.stop()
    atexit.unregister(runtime.stop)
    bpy.app.handlers.load_post.remove(runtime.on_file_loaded)
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    _registered = False
