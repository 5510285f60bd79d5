# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports clips of figures and measures what they leave and what they touch, for the TypeScript tests.

usage: blender -b --factory-startup --python clip_facts.py -- FOLDER
FOLDER/cases.json    [{"name", "rig"?: of foreign_rigs, else the scaffold's figure, "clips",
                       "edit"?: Python that knows armature and bpy}]
FOLDER/results.json  [{"result" or "error", "untouched", "project": [actions], "through": {clip: faces}}]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy
from mathutils.bvhtree import BVHTree

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "blender-addon")]

import foreign_rigs  # noqa: E402
from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402
from avatar_forge.commands.compat import play  # noqa: E402

LOOKS = 8
"""Moments of a clip at which the hands are held against the rest."""


def build(case: dict, context: Context) -> bpy.types.Object:
    if "rig" in case:
        armature, _ = foreign_rigs.build(case["rig"])
        commands.run("vrm_rig", {"armature": armature.name}, context)
        return armature
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    made = commands.run("avatar_scaffold", {}, context)
    return bpy.data.objects[made["armature"]]


def snapshot(armature: bpy.types.Object) -> list:
    data = armature.animation_data
    return [
        [
            [b.name, b.rotation_mode, [round(v, 6) for row in b.matrix_basis for v in row]]
            for b in armature.pose.bones
        ],
        [action.name for action in bpy.data.actions],
        [scene.name for scene in bpy.data.scenes],
        bpy.context.scene.frame_current,
        armature.data.pose_position,
        data.action.name if data is not None and data.action is not None else None,
    ]


def through(armature: bpy.types.Object, clips: list[str]) -> dict[str, int]:
    """How many faces of the hands cut faces of the rest, hair left out, over each clip."""
    found = {}
    for clip in clips:
        action = bpy.data.actions[clip]
        play(armature.animation_data_create(), action)
        first, last = action.frame_range
        found[clip] = 0
        for look in range(LOOKS):
            bpy.context.scene.frame_set(round(first + (last - first) * look / LOOKS))
            hands, rest = trees()
            found[clip] += len(hands.overlap(rest))
    return found


def trees() -> tuple[BVHTree, BVHTree]:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    points, parts = [], {"hand": [], "rest": []}
    for obj in bpy.context.scene.objects:
        if obj.type != "MESH" or "Hair" in obj.name:
            continue
        kinds = [kind(group.name) for group in obj.vertex_groups]
        of_vertex = [
            kinds[max(v.groups, key=lambda g: g.weight).group] if v.groups else "rest"
            for v in obj.data.vertices
        ]
        mesh = obj.evaluated_get(depsgraph).to_mesh()
        start = len(points)
        points += [obj.matrix_world @ v.co for v in mesh.vertices]
        for face in mesh.polygons:
            there = {of_vertex[v] for v in face.vertices}
            if len(there) == 1 and (one := there.pop()) in parts:
                parts[one].append([start + v for v in face.vertices])
        obj.evaluated_get(depsgraph).to_mesh_clear()
    return BVHTree.FromPolygons(points, parts["hand"]), BVHTree.FromPolygons(points, parts["rest"])


def kind(group: str) -> str:
    """Of the scaffold's bones; the arm itself is neither, for it goes into its own sleeve."""
    lower = group.lower()
    if any(word in lower for word in ("hand", "thumb", "index", "middle", "ring", "little")):
        return "hand"
    return "arm" if "arm" in lower or "shoulder" in lower else "rest"


def measure(case: dict, context: Context) -> dict:
    armature = build(case, context)
    exec(case.get("edit", ""), {"bpy": bpy, "armature": armature})
    before = snapshot(armature)
    params = {"name": case["name"], "writer": "own", "meta": {"authors": ["Us"]}, "clips": case["clips"]}
    try:
        result = commands.run("vrm_export", params, context)
    except commands.CommandError as error:
        return {"error": error.to_json(), "untouched": before == snapshot(armature)}
    found = {"result": result, "untouched": before == snapshot(armature)}
    bpy.ops.wm.open_mainfile(filepath=str(context.folder("projects") / f"{case['name']}.blend"))
    found["project"] = sorted(action.name for action in bpy.data.actions)
    if "rig" not in case:
        clips = [clip for clip in case["clips"] if clip in ("idle", "wave", "talk", "nod")]
        found["through"] = through(next(o for o in bpy.data.objects if o.type == "ARMATURE"), clips)
    return found


folder = Path(sys.argv[sys.argv.index("--") + 1])
results = [measure(case, Context(folder)) for case in json.loads((folder / "cases.json").read_text())]
(folder / "results.json").write_text(json.dumps(results))
