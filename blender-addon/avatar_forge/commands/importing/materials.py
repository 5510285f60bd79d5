# SPDX-License-Identifier: GPL-3.0-or-later
"""MToon 1.0 of a glTF material as the annotation of docs/commands.md."""

from __future__ import annotations

from typing import Any

from ..vrm.mtoon import COLORS, NUMBERS, TEXTURES
from .read import Source


def mtoon(material: dict[str, Any], source: Source) -> dict[str, Any] | None:
    """The annotation of a material, None where it is no MToon."""
    extension = material.get("extensions", {}).get("VRMC_materials_mtoon")
    if extension is None:
        return None
    plain = ("transparentWithZWrite", "renderQueueOffsetNumber", "outlineWidthMode", *NUMBERS, *COLORS)
    found = {name: extension[name] for name in plain if name in extension}
    for name, srgb in TEXTURES.items():
        texture = source.texture(extension.get(name), srgb)
        if texture is not None:
            found[name] = texture
            if name == "shadingShiftTexture" and "scale" in extension[name]:
                texture["scale"] = extension[name]["scale"]
    return {**core(material, source), **found}


def core(material: dict[str, Any], source: Source) -> dict[str, Any]:
    """glTF's own members of a material."""
    surface = material.get("pbrMetallicRoughness", {})
    found: dict[str, Any] = {
        "alphaMode": material.get("alphaMode", "OPAQUE"),
        "doubleSided": material.get("doubleSided", False),
        "baseColor": surface.get("baseColorFactor", [1.0, 1.0, 1.0, 1.0]),
        "emissiveFactor": material.get("emissiveFactor", [0.0, 0.0, 0.0]),
    }
    if found["alphaMode"] == "MASK":
        found["alphaCutoff"] = material.get("alphaCutoff", 0.5)
    for name, info, srgb in (
        ("baseColorTexture", surface.get("baseColorTexture"), True),
        ("emissiveTexture", material.get("emissiveTexture"), True),
        ("normalTexture", material.get("normalTexture"), False),
    ):
        texture = source.texture(info, srgb)
        if texture is not None:
            found[name] = texture
            if name == "normalTexture" and "scale" in info:
                texture["scale"] = info["scale"]
    return found
