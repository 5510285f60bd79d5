# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts Blender as a workstation: `blender [-b] --factory-startup --python blender-addon/boot.py`.

Enables the add-on that lies beside this file, starts its server, and says so in one line on standard output:

    AVATAR_FORGE_READY {"port": 40123, "instance": "…", "pid": 4711, "protocol": 2,
                        "opened": null}

In background it then serves until SIGTERM. It ends with code 1 and a sentence on standard error where it
cannot listen.

Environment
    AVATAR_FORGE_PORT                 the port on 127.0.0.1; 0 takes any that is free (default 9876)
    AVATAR_FORGE_TOKEN                clients must prove it; without it the token of the preferences counts
    AVATAR_FORGE_OPEN                 a .blend to begin with: one of the folder `projects` as itself,
                                      any other (a checkpoint, an autosave) as one without a file
    AVATAR_FORGE_HOME                 the folder of exports, projects, textures, checkpoints and uploads
    AVATAR_FORGE_SCRATCH              another one for checkpoints and uploads, where that one is slow
    AVATAR_FORGE_EXIT_ON_STDIN_EOF=1  ends at once when standard input ends: when whoever started us is gone
"""

import importlib
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import addon_utils
import bpy

NAME = "avatar_forge"
ended = threading.Event()


def main() -> None:
    if os.environ.get("AVATAR_FORGE_EXIT_ON_STDIN_EOF") == "1":
        # A copy: `quit()` in somebody's code closes standard input.
        stdin = os.dup(0)
        threading.Thread(target=end_with, args=(stdin, bpy.app.tempdir), daemon=True).start()
    clear_stage()
    runtime = enable()
    signal.signal(signal.SIGTERM, on_sigterm)
    opened = open_file(os.environ.get("AVATAR_FORGE_OPEN", ""))
    try:
        server = runtime.start()
    except (OSError, runtime.settings.SettingsError) as error:
        print(f"Avatar Forge cannot listen: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    ready = {
        "port": server.port,
        "instance": server.identity.instance,
        "pid": os.getpid(),
        "protocol": 2,
        "opened": opened,
    }
    print(f"AVATAR_FORGE_READY {json.dumps(ready)}", flush=True)
    if bpy.app.background:
        runtime.serve_in_background(ended)
    else:
        bpy.context.preferences.view.show_splash = False  # it would stand before the view
        bpy.app.timers.register(quit_when_ended, persistent=True)


def clear_stage() -> None:
    """Takes the start-up file's cube away: it would stand in the middle of every avatar."""
    cube = bpy.data.objects.get("Cube")
    if cube is not None and not bpy.data.filepath:
        bpy.data.batch_remove([cube, cube.data, *cube.data.materials])


def open_file(path: str) -> str | None:
    """Opens a .blend; returns its name, or None where it cannot be opened: the scene is empty then."""
    if not path:
        return None
    name = os.path.basename(path)
    try:
        if os.path.basename(os.path.dirname(path)) == "projects":
            bpy.ops.wm.open_mainfile(filepath=path, load_ui=False)
        else:
            bpy.ops.wm.read_homefile(filepath=path, load_ui=False)
    except RuntimeError as error:
        print(f"Avatar Forge cannot open {name}: {error}", file=sys.stderr, flush=True)
        return None
    return name


def enable():
    """Enables the add-on from this folder, unless it is installed and enabled already; returns its
    `runtime`.
    """
    modules = (addon.module for addon in bpy.context.preferences.addons)
    enabled = [module for module in modules if module.split(".")[-1] == NAME]
    if not enabled:
        sys.path.insert(0, str(Path(__file__).resolve().parent))
        # Listed among the preferences' add-ons: Blender's glTF exporter looks for its extensions there.
        if addon_utils.enable(NAME, default_set=True) is None:
            print("Avatar Forge's add-on could not be enabled; see above.", file=sys.stderr, flush=True)
            os._exit(1)
        enabled = [NAME]
    return importlib.import_module(f"{enabled[0]}.runtime")


def end_with(stdin: int, temporary: str) -> None:
    """Ends the process when standard input does, whatever the main thread is at."""
    while os.read(stdin, 4096):
        pass
    shutil.rmtree(temporary, ignore_errors=True)
    os._exit(0)


def on_sigterm(_signal: int, _frame: FrameType | None) -> None:
    ended.set()


def quit_when_ended() -> float:
    if ended.is_set():
        bpy.ops.wm.quit_blender()
    return 0.25


main()
