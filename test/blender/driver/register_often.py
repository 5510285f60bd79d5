# SPDX-License-Identifier: GPL-3.0-or-later
"""Enables and disables the add-on three times and prints what is left of it each time, as JSON after RESULT.

usage: blender [-b] --factory-startup --python register_often.py
"""

import json
import sys
import threading
from pathlib import Path

import addon_utils
import bpy

ADDON = Path(__file__).resolve().parents[3] / "blender-addon"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ADDON))


def state() -> dict:
    handlers = [*bpy.app.handlers.load_post, *bpy.app.handlers.depsgraph_update_post]
    return {
        "classes": sorted(
            name for name in dir(bpy.types) if "avatar" in name.lower() and "forge" in name.lower()
        ),
        "handlers": sum("avatar_forge" in handler.__module__ for handler in handlers),
        "threads": sum(thread.name.startswith("avatar-forge") for thread in threading.enumerate()),
    }


def main() -> None:
    states = []
    for _ in range(3):
        addon_utils.enable("avatar_forge", default_set=True)
        sys.modules["avatar_forge"].register()  # a second time: must change nothing
        own = bpy.context.preferences.addons["avatar_forge"].preferences
        runtime = sys.modules["avatar_forge.runtime"]
        listening = runtime.running() is not None
        runtime.start()
        own.token = "secret"
        token = runtime.running().token
        file = sys.modules["avatar_forge.settings"]._token_file()
        mode = file.stat().st_mode & 0o777
        bpy.ops.avatar_forge.new_token()
        renewed = runtime.running().token
        own.token = ""
        enabled = state()
        addon_utils.disable("avatar_forge", default_set=True)
        for thread in threading.enumerate():
            if thread.name.startswith("avatar-forge"):
                thread.join(5)
        states.append(
            {
                "listening": listening,
                "token": token,
                "renewed": len(renewed),
                "mode": mode,
                "file": file.exists(),
                "enabled": enabled,
                "disabled": state(),
            }
        )
    print("RESULT " + json.dumps(states), flush=True)


main()
bpy.ops.wm.quit_blender()
