# SPDX-License-Identifier: GPL-3.0-or-later
"""VRM 0.x' extension rewritten as those of 1.0, so that one reader serves both.

https://github.com/vrm-c/vrm-specification/tree/master/specification/0.0
Vectors are Unity's (Z forward, left-handed) in 0.x. The figure looks to -Z there; `bring` turns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mathutils import Quaternion, Vector

from ..params import srgb_to_linear
from ..vrm.annotation import PRESETS
from ..vrm.glb import Glb
from .mtoon0 import mtoon
from .prepare import parents

_PRESETS = {
    "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "joy": "happy", "angry": "angry", "sorrow": "sad",
    "fun": "relaxed", "neutral": "neutral", "blink": "blink", "blink_l": "blinkLeft", "blink_r": "blinkRight",
    "lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight",
}  # fmt: skip
_COLORS = {
    "_Color": "color",
    "_EmissionColor": "emissionColor",
    "_ShadeColor": "shadeColor",
    "_RimColor": "rimColor",
    "_OutlineColor": "outlineColor",
}
_LEAF = 0.07
"""Metres that the last bone of a chain sways beyond itself."""
_CC = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC_BY": "https://creativecommons.org/licenses/by/4.0/",
    "CC_BY_NC": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC_BY_SA": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC_BY_NC_SA": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC_BY_ND": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC_BY_NC_ND": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
}
_USERS = {
    "OnlyAuthor": "onlyAuthor",
    "ExplicitlyLicensedPerson": "onlySeparatelyLicensedPerson",
    "Everyone": "everyone",
}


def rewrite(glb: Glb) -> None:
    """Changes the document. Raises KeyError and the like where it is no VRM 0.x."""
    extensions = glb.json["extensions"]
    old = extensions.pop("VRM")
    human_bones = {_bone(one["bone"]): {"node": one["node"]} for one in old["humanoid"]["humanBones"]}
    first = old.get("firstPerson", {})
    nodes_of = _nodes_of(glb)
    extensions["VRMC_vrm"] = {
        "specVersion": "1.0",
        "meta": _meta(old.get("meta", {})),
        "humanoid": {"humanBones": human_bones},
        "expressions": _expressions(glb, old, nodes_of),
        "lookAt": _look_at(first, human_bones["head"]["node"]),
        "firstPerson": {
            "meshAnnotations": [
                {"node": node, "type": one["firstPersonFlag"][0].lower() + one["firstPersonFlag"][1:]}
                for one in first.get("meshAnnotations", ())
                for node in nodes_of.get(one["mesh"], ())
            ]
        },
    }
    properties = old.get("materialProperties", [])
    for material, given in zip(glb.list("materials"), properties, strict=False):
        mtoon(material, given, properties)
    extensions["VRMC_springBone"] = _springs(glb, old.get("secondaryAnimation", {}))


def _bone(name: str) -> str:
    """VRM 1.0 calls the thumb's bones one further in."""
    if "Thumb" in name:
        return name.replace("Proximal", "Metacarpal").replace("Intermediate", "Proximal")
    return name


def _nodes_of(glb: Glb) -> dict[int, list[int]]:
    """Each mesh → the nodes that show it."""
    found: dict[int, list[int]] = {}
    for index, node in enumerate(glb.list("nodes")):
        if "mesh" in node:
            found.setdefault(node["mesh"], []).append(index)
    return found


def _meta(old: dict[str, Any]) -> dict[str, Any]:
    """What 0.x permits by the name of a licence is said by its address, and by the permissions of 1.0."""
    licence = old.get("licenseName", "Redistribution_Prohibited")
    shared = licence in _CC
    changed = shared and "_ND" not in licence
    texts = {
        "name": old.get("title"),
        "version": old.get("version"),
        "contactInformation": old.get("contactInformation"),
        "otherLicenseUrl": old.get("otherLicenseUrl") or _CC.get(licence) or old.get("otherPermissionUrl"),
    }
    return {
        **{name: value for name, value in texts.items() if value},
        "authors": [old.get("author") or "unknown"],
        "references": [old["reference"]] if old.get("reference") else [],
        "avatarPermission": _USERS.get(old.get("allowedUserName", ""), "onlyAuthor"),
        "allowExcessivelyViolentUsage": old.get("violentUssageName") == "Allow",
        "allowExcessivelySexualUsage": old.get("sexualUssageName") == "Allow",
        "commercialUsage": "corporation"
        if old.get("commercialUssageName") == "Allow" and "_NC" not in licence
        else "personalNonProfit",
        "allowRedistribution": shared,
        "modification": "allowModificationRedistribution" if changed else "prohibited",
        "creditNotation": "unnecessary" if licence == "CC0" else "required",
    }


def _expressions(glb: Glb, old: dict[str, Any], nodes_of: dict[int, list[int]]) -> dict[str, Any]:
    materials = {one.get("name"): index for index, one in enumerate(glb.list("materials"))}
    found: dict[str, dict[str, Any]] = {"preset": {}, "custom": {}}
    lower = {preset.lower(): preset for preset in PRESETS}
    for group in old.get("blendShapeMaster", {}).get("blendShapeGroups", ()):
        given = group.get("name") or "unnamed"
        preset = _PRESETS.get(str(group.get("presetName", "")).lower()) or lower.get(given.lower())
        table, name = (found["preset"], preset) if preset else (found["custom"], given)
        if name in table:
            continue  # of two of one name the first is played
        values = [v for v in group.get("materialValues") or () if v.get("materialName") in materials]
        table[name] = {
            "isBinary": group.get("isBinary", False),
            "morphTargetBinds": [
                {"node": node, "index": bind["index"], "weight": bind["weight"] / 100}
                for bind in group.get("binds") or ()
                for node in nodes_of.get(bind["mesh"], ())
            ],
            "materialColorBinds": [
                {
                    "material": materials[value["materialName"]],
                    "type": _COLORS[value["propertyName"]],
                    "targetValue": [
                        *map(srgb_to_linear, value["targetValue"][:3]),
                        *value["targetValue"][3:4],
                    ],
                }
                for value in values
                if value["propertyName"] in _COLORS
            ],
            "textureTransformBinds": [
                {
                    "material": materials[value["materialName"]],
                    "scale": value["targetValue"][:2],
                    "offset": [
                        value["targetValue"][2],
                        1 - value["targetValue"][3] - value["targetValue"][1],
                    ],
                }
                for value in values
                if value["propertyName"] == "_MainTex_ST"
            ],
        }
    return found


def _look_at(first: dict[str, Any], head: int) -> dict[str, Any]:
    by_bone = first.get("lookAtTypeName", "Bone") == "Bone"
    found: dict[str, Any] = {"type": "bone" if by_bone else "expression"}
    if first.get("firstPersonBone", head) == head:
        found["offsetFromHeadBone"] = _vector(first.get("firstPersonBoneOffset", {}))
    for old, new in (
        ("lookAtHorizontalInner", "rangeMapHorizontalInner"),
        ("lookAtHorizontalOuter", "rangeMapHorizontalOuter"),
        ("lookAtVerticalDown", "rangeMapVerticalDown"),
        ("lookAtVerticalUp", "rangeMapVerticalUp"),
    ):
        if old in first:
            found[new] = {
                "inputMaxValue": min(max(first[old].get("xRange", 90.0), 0.0), 180.0),
                "outputScale": first[old].get("yRange", 10.0 if by_bone else 1.0),
            }
    return found


def _vector(unity: dict[str, float]) -> list[float]:
    """A vector in a node's space, as glTF has it."""
    return [unity.get("x", 0.0), unity.get("y", 0.0), -unity.get("z", 0.0)]


def _springs(glb: Glb, old: dict[str, Any]) -> dict[str, Any]:
    """A spring for each branch below the bones that sway."""
    colliders: list[dict[str, Any]] = []
    groups = []
    for number, group in enumerate(old.get("colliderGroups", ())):
        start = len(colliders)
        colliders += [
            {
                "node": group["node"],
                "shape": {
                    "sphere": {"offset": _vector(one.get("offset", {})), "radius": one.get("radius", 0.0)}
                },
            }
            for one in group.get("colliders", ())
        ]
        groups.append({"name": f"Group {number + 1}", "colliders": list(range(start, len(colliders)))})
    springs = []
    taken: set[int] = set()
    for group in old.get("boneGroups", ()):
        gravity = group.get("gravityDir", {"x": 0.0, "y": -1.0, "z": 0.0})
        values = {
            "hitRadius": group.get("hitRadius", 0.02),
            "stiffness": group.get("stiffiness", 1.0),
            "gravityPower": group.get("gravityPower", 0.0),
            "gravityDir": [-gravity.get("x", 0.0), gravity.get("y", 0.0), gravity.get("z", 0.0)],  # turned
            "dragForce": group.get("dragForce", 0.5),
        }
        for root in group.get("bones", ()):
            for chain in list(_chains(glb, root, taken)):
                spring = {
                    "name": group.get("comment") or glb.list("nodes")[chain[0]].get("name") or "Spring",
                    "joints": [{"node": node, **values} for node in chain],
                    "colliderGroups": list(group.get("colliderGroups", ())),
                }
                if group.get("center", -1) >= 0:
                    spring["center"] = group["center"]
                springs.append(spring)
    return {"specVersion": "1.0", "colliders": colliders, "colliderGroups": groups, "springs": springs}


def _chains(glb: Glb, root: int, taken: set[int]) -> Iterator[list[int]]:
    """From a bone to the end of each branch, no bone twice; each ends in a node added beyond the last."""
    nodes = glb.list("nodes")
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        chain: list[int] = []
        while node not in taken:
            taken.add(node)
            chain.append(node)
            below = [child for child in nodes[node].get("children", []) if "mesh" not in nodes[child]]
            if not below:
                break
            waiting += below[1:]
            node = below[0]
        if chain:
            yield [*chain, _leaf(glb, chain[-1])]


def _leaf(glb: Glb, node: int) -> int:
    nodes = glb.list("nodes")
    x, y, z, w = nodes[node].get("rotation", (0.0, 0.0, 0.0, 1.0))
    way = Quaternion((w, x, y, z)).inverted() @ Vector(nodes[node].get("translation", (0.0, 0.0, 0.0)))
    if node not in parents(nodes) or way.length < 1e-6:
        way = Vector((0.0, -1.0, 0.0))
    end = glb.add("nodes", {"name": "end", "translation": list(way.normalized() * _LEAF)})
    nodes[node].setdefault("children", []).append(end)
    return end
