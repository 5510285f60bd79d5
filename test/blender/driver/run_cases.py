# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands of the library in Blender for the TypeScript tests, without a socket.

usage: blender -b --factory-startup --python run_cases.py -- FOLDER
FOLDER/cases.json    [{"edit"?: Python that knows armature, bpy and json, "command", "params"}],
                     each on a fresh figure
FOLDER/results.json  {"blender", "cases": [{"result" or "error", "seconds", "untouched"}]}
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "blender-addon")]

import test_figure  # noqa: E402
from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402


def run(case: dict, context: Context) -> dict:
    names = {"bpy": bpy, "json": json, "armature": test_figure.build(), "context": context}
    exec(case.get("edit", ""), names)
    before = snapshot()
    started = time.perf_counter()
    try:
        outcome = {"result": commands.run(case["command"], case["params"], context)}
    except commands.CommandError as error:
        outcome = {"error": error.to_json()}
    outcome["seconds"] = round(time.perf_counter() - started, 3)
    outcome["untouched"] = before == snapshot()
    return outcome


def snapshot() -> dict:
    """What a command that changes nothing must leave as it was."""
    return {
        "scene": bpy.context.scene.name,
        "data": {
            kind: sorted(item.name for item in getattr(bpy.data, kind))
            for kind in ("scenes", "objects", "meshes")
        },
        "selected": sorted(item.name for item in bpy.context.selected_objects),
        "objects": [
            (
                item.name,
                item.data.name if item.data else "",
                item.hide_viewport,
                [(m.name, m.show_viewport) for m in item.modifiers],
                item.data.pose_position if item.type == "ARMATURE" else "",
                [(key.name, key.value, key.mute) for key in item.data.shape_keys.key_blocks]
                if item.type == "MESH" and item.data.shape_keys
                else [],
            )
            for item in bpy.data.objects
        ],
    }


def main() -> None:
    folder = Path(sys.argv[sys.argv.index("--") + 1])
    context = Context(folder)
    results = [run(case, context) for case in json.loads((folder / "cases.json").read_text())]
    (folder / "results.json").write_text(json.dumps({"blender": bpy.app.version_string, "cases": results}))


main()
