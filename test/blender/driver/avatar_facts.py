# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes figures with avatar_scaffold and measures them, for the TypeScript tests.

usage: blender -b --factory-startup --python avatar_facts.py -- FOLDER
FOLDER/cases.json    [{"params", "export"?: name of a file in exports/}], each in an empty scene
FOLDER/results.json  [{"result", "error", "seconds" (of processor time), "meshes", "bones", "annotation",
                       "images", "materials", "export"}]
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "blender-addon")]

from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402
from avatar_forge.commands.vrm import thumbnail  # noqa: E402

# Pictures have tests of their own; Blender 4 without a display would trace a face for each figure.
thumbnail.draw = lambda armature, context, notes: None


def coordinates(points: bpy.types.bpy_prop_collection, attribute: str = "co") -> np.ndarray:
    flat = np.empty(len(points) * 3)
    points.foreach_get(attribute, flat)
    return flat.reshape(-1, 3)


def mesh_facts(obj: bpy.types.Object) -> dict:
    mesh = obj.data
    points = coordinates(mesh.vertices)
    weights = [[group.weight for group in vertex.groups] for vertex in mesh.vertices]
    trunk = {group.index for group in obj.vertex_groups if group.name in ("hips", "spine")}
    held = [v for v in mesh.vertices if any(g.group in trunk for g in v.groups)]
    areas = np.array([polygon.area for polygon in mesh.polygons])
    used = {index for polygon in mesh.polygons for index in polygon.vertices}
    uv = np.empty(len(mesh.loops) * 2)
    mesh.uv_layers[0].data.foreach_get("uv", uv)
    keys = {}
    if mesh.shape_keys:
        for key in mesh.shape_keys.key_blocks[1:]:
            way = coordinates(key.data) - points
            far = np.linalg.norm(way, axis=1) * 1000
            side = [int((far[sign * points[:, 0] > 0.001] > 1).sum()) for sign in (1, -1)]
            moved = way[far > 1].mean(axis=0) * 1000 if (far > 1).any() else np.zeros(3)
            keys[key.name] = {
                "value": key.value,
                "mm": float(far.max()),
                "left": side[0],
                "right": side[1],
                "mean": moved.tolist(),
            }
    rounded = {tuple(row) for row in np.round(points * 5000).astype(int).tolist()}
    near = {
        (-x + i, y + j, z + k)
        for x, y, z in rounded
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        for k in (-1, 0, 1)
    }
    digest = hashlib.sha256(np.round(points, 6).tobytes())
    digest.update(np.round(uv, 6).tobytes())
    digest.update(json.dumps([[round(w, 5) for w in row] for row in weights]).encode())
    return {
        "triangles": sum(len(polygon.vertices) - 2 for polygon in mesh.polygons),
        "materials": [slot.material.name for slot in obj.material_slots],
        "finite": bool(np.isfinite(points).all() and np.isfinite(uv).all()),
        "uv": [float(uv.min()), float(uv.max())],
        "low": points.min(axis=0).tolist(),
        "high": points.max(axis=0).tolist(),
        "influences": [min(map(len, weights)), max(map(len, weights))],
        "weight_error": float(max(abs(sum(row) - 1) for row in weights)),
        "loose": len(mesh.vertices) - len(used),
        "degenerate": int((areas < 1e-10).sum()),
        "invalid": bool(mesh.copy().validate()),
        "asymmetric": sum(1 for row in rounded if row not in near) / len(rounded),
        "trunk_from": min((float(vertex.co.z) for vertex in held), default=None),
        "groups": [group.name for group in obj.vertex_groups],
        "keys": keys,
        "hash": digest.hexdigest(),
    }


def image_facts(image: bpy.types.Image) -> dict:
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    return {
        "size": image.size[0],
        "packed": image.packed_file is not None,
        "mean": pixels.reshape(-1, 4)[:, :3].mean(axis=0).tolist(),
    }


def crossings(names: list[str], chin: float) -> dict[str, int]:
    """How many faces of two meshes cut each other; of hair, those below the chin: above it, bands hold it."""
    trees = {}
    for name in names:
        mesh = bpy.data.objects[name].data
        faces = [p.vertices for p in mesh.polygons if name != "Hair" or p.center.z < chin]
        trees[name] = BVHTree.FromPolygons([v.co for v in mesh.vertices], faces)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return {f"{a}, {b}": len(trees[a].overlap(trees[b])) for a, b in pairs}


def inside_out(names: list[str]) -> dict[str, float]:
    """The share of what is seen of each mesh, level from eight sides, that shows its back: culled, a hole."""
    points, faces, owner = [], [], []
    for name in names:
        mesh = bpy.data.objects[name].data
        faces += [[i + len(points) for i in p.vertices] for p in mesh.polygons]
        owner += [name] * len(mesh.polygons)
        points += [v.co.copy() for v in mesh.vertices]
    tree = BVHTree.FromPolygons(points, faces)
    high = max(point.z for point in points)
    seen = dict.fromkeys(names, 0)
    backs = dict.fromkeys(names, 0)
    for turn in range(8):
        way = Vector((-np.sin(turn * np.pi / 4), np.cos(turn * np.pi / 4), 0))
        aside = Vector((way.y, -way.x, 0))
        for x in np.linspace(-0.45, 0.45, 41) * high:
            for z in np.linspace(0.01, 0.99, 70) * high:
                _, normal, index, _ = tree.ray_cast(aside * x - way * 5 + Vector((0, 0, z)), way)
                if index is not None:
                    seen[owner[index]] += 1
                    backs[owner[index]] += normal.dot(way) > 0
    return {name: backs[name] / max(seen[name], 1) for name in names}


def covered() -> dict[str, float]:
    """Shares of what lies on the face that hair hides from who looks it in the eyes: irises, and mouth."""
    face, hair = bpy.data.objects["Face"], bpy.data.objects["Hair"].data
    before = BVHTree.FromPolygons([v.co for v in hair.vertices], [p.vertices for p in hair.polygons])
    points = {"eyes": [], "mouth": []}
    groups = {face.vertex_groups[name].index for name in ("eye.L", "eye.R")}
    opening = face.data.shape_keys.key_blocks["ou"].data
    for vertex in face.data.vertices:
        if any(group.group in groups for group in vertex.groups):
            points["eyes"].append(vertex.co)
        elif (opening[vertex.index].co - vertex.co).length > 0.004:
            points["mouth"].append(vertex.co)
    return {
        name: sum(before.ray_cast(at, (0, -1, 0))[0] is not None for at in found) / len(found)
        for name, found in points.items()
    }


def astray(obj: bpy.types.Object, bones: bpy.types.bpy_prop_collection) -> int:
    """How many vertices 9 cm and more off the middle a bone of the other side holds."""
    places = [bones[group.name].head_local.x for group in obj.vertex_groups]
    return sum(
        any(
            g.weight > 0.02 and places[g.group] * v.co.x < 0 and abs(places[g.group]) > 0.01 for g in v.groups
        )
        for v in obj.data.vertices
        if abs(v.co.x) > 0.09
    )


def bald() -> int:
    """How many rays from behind, above the hairline of the nape, meet skin."""
    face, hair = (bpy.data.objects[name].data for name in ("Face", "Hair"))
    points = [v.co.copy() for mesh in (face, hair) for v in mesh.vertices]
    faces = [list(p.vertices) for p in face.polygons]
    skin = len(faces)
    faces += [[i + len(face.vertices) for i in p.vertices] for p in hair.polygons]
    tree = BVHTree.FromPolygons(points, faces)
    heights = [v.co.z for v in face.vertices]
    low, high = min(heights), max(heights)
    hits = [
        tree.ray_cast((x * (high - low), 5, low + t * (high - low)), (0, -1, 0))[2]
        for x in np.linspace(-0.25, 0.25, 101)
        for t in np.linspace(0.31, 0.95, 129)
    ]
    return sum(hit is not None and hit < skin for hit in hits)


def measure(case: dict, context: Context) -> dict:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    started = time.process_time()
    try:
        result = commands.run("avatar_scaffold", case["params"], context)
    except commands.CommandError as error:
        return {"error": error.to_json(), "objects": len(bpy.data.objects)}
    seconds = time.process_time() - started
    armature = bpy.data.objects[result["armature"]]
    facts = {
        "result": result,
        "seconds": seconds,
        "meshes": {name: mesh_facts(bpy.data.objects[name]) for name in result["meshes"]},
        "bones": {
            bone.name: {
                "parent": bone.parent.name if bone.parent else None,
                "head": list(bone.head_local),
                "tail": list(bone.tail_local),
                "z": list(bone.z_axis),
            }
            for bone in armature.data.bones
        },
        "annotation": json.loads(armature["avatar_forge_vrm"]),
        "crossings": crossings(result["meshes"], armature.data.bones["head"].head_local.z),
        "covered": covered(),
        "bald": bald(),
        "astray": {
            name: astray(bpy.data.objects[name], armature.data.bones)
            for name in result["meshes"]
            if name != "Hair"
        },
        "inside_out": inside_out(result["meshes"]),
        "images": {image.name: image_facts(image) for image in bpy.data.images if image.users},
        "materials": {m.name: json.loads(m["avatar_forge_mtoon"]) for m in bpy.data.materials if m.users},
    }
    if "export" in case:
        facts["export"] = commands.run("vrm_export", {"name": case["export"], "writer": "own"}, context)
    return facts


folder = Path(sys.argv[sys.argv.index("--") + 1])
found = [measure(case, Context(folder)) for case in json.loads((folder / "cases.json").read_text())]
(folder / "results.json").write_text(json.dumps(found))
