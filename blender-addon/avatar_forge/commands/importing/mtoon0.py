# SPDX-License-Identifier: GPL-3.0-or-later
"""MToon of VRM 0.x (`materialProperties`) as VRMC_materials_mtoon, the way UniVRM and three-vrm see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..params import srgb_to_linear

_FLOATS = {
    "_RimLightingMix": ("rimLightingMixFactor", 0.0),
    "_RimFresnelPower": ("parametricRimFresnelPowerFactor", 1.0),
    "_RimLift": ("parametricRimLiftFactor", 0.0),
    "_UvAnimScrollX": ("uvAnimationScrollXSpeedFactor", 0.0),
    "_UvAnimRotation": ("uvAnimationRotationSpeedFactor", 0.0),
}
_COLORS = {
    "_ShadeColor": ("shadeColorFactor", (0.97, 0.81, 0.86)),
    "_RimColor": ("parametricRimColorFactor", (0.0, 0.0, 0.0)),
    "_OutlineColor": ("outlineColorFactor", (0.0, 0.0, 0.0)),
}
_TEXTURES = {
    "_ShadeTexture": "shadeMultiplyTexture",
    "_RimTexture": "rimMultiplyTexture",
    "_OutlineWidthTexture": "outlineWidthMultiplyTexture",
    "_UvAnimMaskTexture": "uvAnimationMaskTexture",
}
_OUTLINES = ("none", "worldCoordinates", "screenCoordinates")


def mtoon(material: dict[str, Any], old: dict[str, Any], all_: Sequence[dict[str, Any]]) -> None:
    """Rewrites a glTF material by what 0.x says of it; `all_` are those of the file, for their order."""
    shader = old.get("shader", "")
    if shader != "VRM/MToon" and not shader.startswith("VRM/Unlit"):
        return
    floats, colors = old.get("floatProperties", {}), old.get("vectorProperties", {})
    textures = old.get("textureProperties", {})
    moved = _moved(colors.get("_MainTex"))

    def texture(name: str) -> dict[str, Any] | None:
        return {"index": textures[name], "extensions": moved} if name in textures else None

    base = colors.get("_Color", [1.0, 1.0, 1.0, 1.0])
    surface: dict[str, Any] = {"baseColorFactor": [*_linear(base), *base[3:4]]}
    if "_MainTex" in textures:
        surface["baseColorTexture"] = texture("_MainTex")
    material["pbrMetallicRoughness"] = surface
    mode, z_write = _blending(old)
    material["alphaMode"] = mode
    material.pop("alphaCutoff", None)
    if mode == "MASK":
        material["alphaCutoff"] = floats.get("_Cutoff", 0.5)
    extension: dict[str, Any] = {
        "specVersion": "1.0",
        "transparentWithZWrite": z_write,
        "renderQueueOffsetNumber": _queue(old, all_),
    }
    if shader == "VRM/MToon":
        material["doubleSided"] = floats.get("_CullMode", 2) == 0
        material["emissiveFactor"] = _linear(colors.get("_EmissionColor", (0.0, 0.0, 0.0)))
        for name, member in (("_EmissionMap", "emissiveTexture"), ("_BumpMap", "normalTexture")):
            material.pop(member, None)
            if name in textures:
                material[member] = texture(name)
        if "_BumpMap" in textures:
            material["normalTexture"]["scale"] = floats.get("_BumpScale", 1.0)
        extension.update(_shading(floats, colors, textures))
        extension.update({new: texture(name) for name, new in _TEXTURES.items() if name in textures})
    else:
        extension["shadeColorFactor"] = surface["baseColorFactor"][:3]
        if "_MainTex" in textures:
            extension["shadeMultiplyTexture"] = texture("_MainTex")
    material["extensions"] = {"VRMC_materials_mtoon": extension}


def _shading(floats: dict[str, float], colors: dict[str, Any], textures: dict[str, int]) -> dict[str, Any]:
    shift, toony = floats.get("_ShadeShift", 0.0), floats.get("_ShadeToony", 0.9)
    toony += (1.0 - toony) * (0.5 + 0.5 * shift)  # 0.x shifts one edge, 1.0 the middle between both
    found: dict[str, Any] = {
        "shadingToonyFactor": toony,
        "shadingShiftFactor": -shift - (1.0 - toony),
        "giEqualizationFactor": 1.0 - floats.get("_IndirectLightIntensity", 0.1),
        "outlineWidthMode": _OUTLINES[int(floats.get("_OutlineWidthMode", 0))],
        "outlineWidthFactor": 0.01 * floats.get("_OutlineWidth", 0.0),
        "outlineLightingMixFactor": floats.get("_OutlineLightingMix", 1.0)
        if floats.get("_OutlineColorMode", 0) == 1
        else 0.0,
        "uvAnimationScrollYSpeedFactor": -floats.get("_UvAnimScrollY", 0.0),
    }
    found.update({new: floats.get(name, default) for name, (new, default) in _FLOATS.items()})
    found.update({new: _linear(colors.get(name, default)) for name, (new, default) in _COLORS.items()})
    if "_SphereAdd" in textures:
        found["matcapFactor"], found["matcapTexture"] = [1.0, 1.0, 1.0], {"index": textures["_SphereAdd"]}
    return found


def _blending(old: dict[str, Any]) -> tuple[str, bool]:
    """(alphaMode, whether what is blended writes depth)."""
    shader, words = old.get("shader", ""), old.get("keywordMap", {})
    blended = words.get("_ALPHABLEND_ON", False) or "Transparent" in shader
    masked = words.get("_ALPHATEST_ON", False) or shader == "VRM/UnlitCutout"
    z_write = old.get("floatProperties", {}).get("_ZWrite", 0) == 1 or shader == "VRM/UnlitTransparentZWrite"
    return ("BLEND" if blended else "MASK" if masked else "OPAQUE"), bool(blended and z_write)


def _queue(old: dict[str, Any], all_: Sequence[dict[str, Any]]) -> int:
    """Unity's queues become 0…9 upwards where depth is written, else 0…-9 downwards."""
    kind = _blending(old)
    if kind[0] != "BLEND":
        return 0
    queues = sorted({one.get("renderQueue", 0) for one in all_ if _blending(one) == kind})
    at = queues.index(old.get("renderQueue", 0))
    return min(at, 9) if kind[1] else max(at - len(queues) + 1, -9)


def _moved(main: Sequence[float] | None) -> dict[str, Any]:
    if main is None or list(main) == [0, 0, 1, 1]:
        return {}
    x, y, width, height = main
    return {"KHR_texture_transform": {"offset": [x, 1.0 - height - y], "scale": [width, height]}}


def _linear(color: Sequence[float]) -> list[float]:
    return [srgb_to_linear(part) for part in color[:3]]
