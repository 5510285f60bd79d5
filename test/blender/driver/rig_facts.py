# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs vrm_rig on rigs of foreign conventions and measures what it made, for the TypeScript tests.

usage: blender -b --factory-startup --python rig_facts.py -- FOLDER
FOLDER/cases.json    [{"rig": name of foreign_rigs, "edit"?: Python that knows armature and bpy, "params",
                       "export"?: file name}]
FOLDER/results.json  [{"result" or "error", "expected", "seconds", "untouched", "facts", "export"?}]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "blender-addon")]

import foreign_rigs  # noqa: E402
import vrm_addon_emulator  # noqa: E402
from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402


def snapshot(armature: bpy.types.Object) -> list:
    """Bones and vertices in the world, and what the VRM add-on says."""
    rows = [
        [*(armature.matrix_world @ b.head_local), *b.matrix_local.to_quaternion()]
        for b in armature.data.bones
    ]
    for obj in bpy.data.objects:
        if obj.type == "MESH":
            rows += [[*(obj.matrix_world @ v.co), *(g.weight for g in v.groups)] for v in obj.data.vertices]
    said = vrm_addon_emulator.plain(getattr(armature.data, "vrm_addon_extension", None))
    return [[round(value, 5) for value in row] for row in rows] + [json.dumps(said)]


def facts(armature: bpy.types.Object, humanoid: dict[str, str]) -> dict:
    """Joints in the world, how far each bone's box strays from its bone, and the weights."""
    heads = {h: list(armature.matrix_world @ armature.data.bones[b].head_local) for h, b in humanoid.items()}
    body = bpy.data.objects["Body"]
    names = [group.name for group in body.vertex_groups]
    counts = [len(v.groups) for v in body.data.vertices]
    sums = [sum(g.weight for g in v.groups) for v in body.data.vertices]
    points = np.array([body.matrix_world @ v.co for v in body.data.vertices]).reshape(-1, 8, 3)
    stray = 0.0
    for number, box in enumerate(points):
        group = body.data.vertices[8 * number + 4].groups
        bone = armature.data.bones[names[group[0].group]]
        centre = armature.matrix_world @ ((bone.head_local + bone.tail_local) / 2)
        stray = max(stray, float(np.linalg.norm(box.mean(axis=0) - np.array(centre))))
    key = body.data.shape_keys.key_blocks["aa"]
    moved = max((key.data[i].co - body.data.vertices[i].co).length for i in range(len(key.data)))
    return {
        "heads": heads,
        "low": float(points[..., 2].min()),
        "tall": float(np.ptp(points[..., 2])),
        "influences": [min(counts), max(counts)],
        "uneven": max(abs(total - 1) for total in sums),
        "stray": stray,
        "aa": moved,
        "plain": [list(row) for row in armature.matrix_world] == np.eye(4).tolist(),
    }


def measure(case: dict, context: Context) -> dict:
    armature, expected = foreign_rigs.build(case["rig"])
    exec(case.get("edit", ""), {"bpy": bpy, "armature": armature})
    before = snapshot(armature)
    started = time.perf_counter()
    try:
        result = commands.run("vrm_rig", case["params"], context)
    except commands.CommandError as error:
        return {"error": error.to_json(), "untouched": before == snapshot(armature), "expected": expected}
    found = {
        "result": result,
        "expected": expected,
        "seconds": time.perf_counter() - started,
        "untouched": before == snapshot(armature),
        "facts": facts(armature, result["mapped"]),
        "annotation": json.loads(armature.get("avatar_forge_vrm", "{}")),
    }
    if "export" in case:
        found["export"] = commands.run(
            "vrm_export", {"name": case["export"], "writer": "own", "meta": {"authors": ["Us"]}}, context
        )
    return found


folder = Path(sys.argv[sys.argv.index("--") + 1])
results = [measure(case, Context(folder)) for case in json.loads((folder / "cases.json").read_text())]
(folder / "results.json").write_text(json.dumps(results))
