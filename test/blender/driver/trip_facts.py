# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens VRM files, changes a colour and an expression, and exports them again, for the TypeScript tests.

usage: blender -b --factory-startup --python trip_facts.py -- FOLDER
FOLDER/cases.json    [{"name", "file"?: path of a VRM, else a figure of the scaffold's is exported first,
                       "change"?: whether something is changed}]
FOLDER/results.json  [{"created", "notes", "untouched" (names that were there before), "material"?,
                       "expression"?}]; the files lie in exports/ as <name>-before.vrm and <name>.vrm
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "blender-addon")]

from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402


def change(found: dict, created: list[str], context: Context) -> None:
    """Paints the last material of the first mesh blue and halves the first bind of an expression."""
    armature = bpy.data.objects[created[0]]
    mesh = next(bpy.data.objects[name] for name in created[1:] if bpy.data.objects[name].material_slots)
    slot = len(mesh.material_slots) - 1
    painted = {"objects": [mesh.name], "slot": slot, "base_color": "#2040ff"}
    found["material"] = commands.run("set_material", painted, context)["material"]
    annotation = json.loads(armature["avatar_forge_vrm"])
    for name, expression in annotation["expressions"].items():
        if expression["morphs"]:
            expression["morphs"][0]["weight"] /= 2
            found["expression"] = name
            break
    armature["avatar_forge_vrm"] = json.dumps(annotation)


def measure(case: dict, context: Context) -> dict:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    before = f"{case['name']}-before.vrm"
    if "file" in case:
        shutil.copyfile(case["file"], context.folder("exports") / before)
    else:
        commands.run("avatar_scaffold", {"name": "Own"}, context)
        commands.run("vrm_export", {"name": before, "writer": "own"}, context)
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    # What is there by a name that the file has, too, keeps it.
    taken = bpy.data.objects.new("Own", None)
    bpy.context.scene.collection.objects.link(taken)
    try:
        made = commands.run("create_object", {"objects": [{"kind": "vrm", "name": before}]}, context)
    except commands.CommandError as error:
        return {"error": error.to_json(), "objects": [obj.name for obj in bpy.data.objects]}
    found = {"created": made["created"], "notes": made["notes"], "untouched": taken.name == "Own"}
    if case.get("change"):
        change(found, made["created"], context)
    bpy.data.objects.remove(taken)
    commands.run("vrm_export", {"name": case["name"], "writer": "own"}, context)
    return found


folder = Path(sys.argv[sys.argv.index("--") + 1])
results = [measure(case, Context(folder)) for case in json.loads((folder / "cases.json").read_text())]
(folder / "results.json").write_text(json.dumps(results))
