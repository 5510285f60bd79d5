# SPDX-License-Identifier: GPL-3.0-or-later
"""Enables what the image brings, in every Blender that is started in it: installed add-ons are not enabled by
being there.
"""

from typing import Any

import addon_utils
import bpy
from bpy.app.handlers import persistent

MODULES = ("bl_ext.system.vrm", "bl_ext.system.avatar_forge")


@persistent
def enable(*_: Any) -> None:
    bpy.app.handlers.load_post.remove(enable)
    for module in MODULES:
        # Listed among the preferences' add-ons: Blender's glTF exporter looks for its extensions there.
        if addon_utils.enable(module, default_set=True, persistent=True) is None:
            print(f"{module} could not be enabled.")


def register() -> None:
    # Start-up scripts run before Blender knows of extensions; the first scene is there after.
    bpy.app.handlers.load_post.append(enable)
