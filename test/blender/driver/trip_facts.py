# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens VRM files, changes some of each kind, and exports them again, for the TypeScript tests.

usage: blender -b --factory-startup --python trip_facts.py -- FOLDER
FOLDER/cases.json    [{"name", "file"?: path of a VRM, else a figure of the scaffold's is exported first,
                       "change"?: whether something is changed}]
FOLDER/results.json  [{"created", "notes", "untouched" (names that were there before), "material"?,
                       "expression"?, "bone"? (of the humanoid), "key"?: [mesh, shape key],
                       "moved"?: expressions that show it}]; files: exports/<name>-before.vrm and <name>.vrm
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

UP = 0.01
"""Metres by which a bone and a vertex of a shape key are moved."""


def change(created: list[str], context: Context) -> dict:
    """One of each kind: a colour, an expression, the place of a bone, a vertex of a shape key."""
    armature = bpy.data.objects[created[0]]
    meshes = [bpy.data.objects[name] for name in created[1:]]
    first = next(mesh for mesh in meshes if mesh.material_slots)
    slot = len(first.material_slots) - 1
    material = first.material_slots[slot].material
    # One that others show, too, is copied for those that are named.
    sharing = [mesh.name for mesh in meshes if material in mesh.data.materials[slot : slot + 1]]
    params = {"objects": sharing, "slot": slot, "base_color": "#2040ff"}
    found = {"material": commands.run("set_material", params, context)["material"]}
    annotation = json.loads(armature["avatar_forge_vrm"])
    found["expression"] = change_expression(annotation["expressions"])
    armature["avatar_forge_vrm"] = json.dumps(annotation)
    found["bone"] = move_bone(armature, annotation["humanoid"])
    keyed = [mesh for mesh in meshes if mesh.data.shape_keys]
    return {**found, **(move_key(keyed[0], annotation["expressions"]) if keyed else {})}


def change_expression(expressions: dict) -> str:
    """Halves the first bind of a shape key; where there is none, turns over whether the last is binary."""
    for name, expression in expressions.items():
        if expression.get("morphs"):
            expression["morphs"][0]["weight"] /= 2
            return name
    name = list(expressions)[-1] if expressions else "added"
    expression = expressions.setdefault(name, {"morphs": []})
    expression["isBinary"] = not expression.get("isBinary", False)
    return name


def move_bone(armature: bpy.types.Object, humanoid: dict) -> str:
    """Raises the humanoid's last bone, by itself: those below it stay."""
    human, name = list(humanoid.items())[-1]
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones[name]
    for one in (bone, *bone.children):
        one.use_connect = False
    bone.head.z += UP
    bone.tail.z += UP
    bpy.ops.object.mode_set(mode="OBJECT")
    return human


def move_key(mesh: bpy.types.Object, expressions: dict) -> dict:
    """Raises a vertex in the last shape key; `moved` are the expressions that show it."""
    key = mesh.data.shape_keys.key_blocks[-1]
    vertex = mesh.data.polygons[0].vertices[0]
    key.data[vertex].co.z += UP
    binds = {"mesh": mesh.name, "key": key.name}.items()
    moved = [
        name for name, one in expressions.items() if any(binds <= m.items() for m in one.get("morphs", []))
    ]
    return {"key": [mesh.name, key.name], "moved": moved}


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
        found |= change(made["created"], context)
    bpy.data.objects.remove(taken)
    commands.run("vrm_export", {"name": case["name"], "writer": "own"}, context)
    return found


folder = Path(sys.argv[sys.argv.index("--") + 1])
results = [measure(case, Context(folder)) for case in json.loads((folder / "cases.json").read_text())]
(folder / "results.json").write_text(json.dumps(results))
