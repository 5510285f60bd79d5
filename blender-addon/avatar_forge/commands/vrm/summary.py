# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finished VRM holds, read from the file itself, whoever wrote it."""

from __future__ import annotations

from typing import Any

from .glb import Glb


def describe(glb: Glb) -> dict[str, Any]:
    """{bones[], expressions[], springs, triangles, materials}, by the names of the file's own VRM version."""
    extensions = glb.json["extensions"]
    described = _vrm1(extensions) if "VRMC_vrm" in extensions else _vrm0(extensions["VRM"])
    return {**described, "triangles": _triangles(glb), "materials": len(glb.list("materials"))}


def _vrm1(extensions: dict[str, Any]) -> dict[str, Any]:
    vrm = extensions["VRMC_vrm"]
    expressions = vrm.get("expressions", {})
    return {
        "bones": list(vrm["humanoid"]["humanBones"]),
        "expressions": [*expressions.get("preset", {}), *expressions.get("custom", {})],
        "springs": len(extensions.get("VRMC_springBone", {}).get("springs", ())),
    }


def _vrm0(vrm: dict[str, Any]) -> dict[str, Any]:
    return {
        "bones": [bone["bone"] for bone in vrm["humanoid"]["humanBones"]],
        "expressions": [group["name"] for group in vrm["blendShapeMaster"]["blendShapeGroups"]],
        "springs": len(vrm["secondaryAnimation"]["boneGroups"]),
    }


def _triangles(glb: Glb) -> int:
    accessors = glb.list("accessors")
    return sum(
        accessors[part.get("indices", part["attributes"]["POSITION"])]["count"] // 3
        for mesh in glb.list("meshes")
        for part in mesh["primitives"]
    )
