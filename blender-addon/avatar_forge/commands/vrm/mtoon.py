# SPDX-License-Identifier: GPL-3.0-or-later
"""`VRMC_materials_mtoon` from `material["avatar_forge_mtoon"]`, and unlit for readers without MToon.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_materials_mtoon-1.0/README.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import CommandError
from ..materials import MTOON_PROPERTY
from ..params import srgb_to_linear
from .glb import WRAPS, Glb
from .reader import Reader

_UNBOUND = float("inf")
# Member → (lowest, highest).
NUMBERS: Mapping[str, tuple[float, float]] = {
    "shadingShiftFactor": (-1.0, 1.0),
    "shadingToonyFactor": (0.0, 1.0),
    "giEqualizationFactor": (0.0, 1.0),
    "rimLightingMixFactor": (0.0, 1.0),
    "parametricRimFresnelPowerFactor": (0.0, _UNBOUND),
    "parametricRimLiftFactor": (-_UNBOUND, _UNBOUND),
    "outlineWidthFactor": (0.0, _UNBOUND),
    "outlineLightingMixFactor": (0.0, 1.0),
    "uvAnimationScrollXSpeedFactor": (-_UNBOUND, _UNBOUND),
    "uvAnimationScrollYSpeedFactor": (-_UNBOUND, _UNBOUND),
    "uvAnimationRotationSpeedFactor": (-_UNBOUND, _UNBOUND),
}
COLORS = ("shadeColorFactor", "matcapFactor", "parametricRimColorFactor", "outlineColorFactor")
_OUTLINE_MODES = ("none", "worldCoordinates", "screenCoordinates")
# Texture member → whether its colours are sRGB (else its channels are plain numbers).
TEXTURES: Mapping[str, bool] = {
    "shadeMultiplyTexture": True,
    "matcapTexture": True,
    "rimMultiplyTexture": True,
    "shadingShiftTexture": False,
    "outlineWidthMultiplyTexture": False,
    "uvAnimationMaskTexture": False,
}
_ALPHA_MODES = ("OPAQUE", "MASK", "BLEND")
# glTF's own members, kept beside those of the extension.
_CORE = (
    "alphaMode",
    "alphaCutoff",
    "doubleSided",
    "baseColor",
    "baseColorTexture",
    "emissiveFactor",
    "emissiveTexture",
    "normalTexture",
)

ReadImage = Callable[[str, str, bool], tuple[bytes, str]]


def apply(glb: Glb, material: int, read: Callable[[], Any], glows: bool, read_image: ReadImage) -> None:
    """Turns an exported material into an MToon one.

    read         gives the material's annotation, as materials.read_mtoon
    glows        whether the exported emission is meant: a toon preview made of emission nodes does not glow
    read_image   (image name, who asks, sRGB) → (bytes, MIME type), as images.read
    Errors: bad-annotation, image-not-found, image-empty.
    """
    target = glb.list("materials")[material]
    name = target.get("name", "")
    try:
        value = read()
    except (TypeError, ValueError) as error:
        raise CommandError(
            "bad-annotation",
            f"The custom property {MTOON_PROPERTY} of the material {name!r} is not JSON: {error}.",
            "Write it with json.dumps, or delete it to export the material as it is.",
        ) from error
    source = Reader(value, f"{MTOON_PROPERTY} of the material {name!r}")
    source.only(
        "specVersion",
        "transparentWithZWrite",
        "renderQueueOffsetNumber",
        "outlineWidthMode",
        *NUMBERS,
        *COLORS,
        *TEXTURES,
        *_CORE,
    )
    strength = target.get("extensions", {}).get("KHR_materials_emissive_strength")
    _core(glb, target, source, glows, read_image)
    target["extensions"] = {
        # In this order readers that know MToon take it, the others fall back to unlit.
        "VRMC_materials_mtoon": _extension(glb, source, target.get("alphaMode", "OPAQUE"), read_image),
        "KHR_materials_unlit": {},
    }
    if strength and glows:
        target["extensions"]["KHR_materials_emissive_strength"] = strength


def _core(glb: Glb, target: dict[str, Any], source: Reader, glows: bool, read_image: ReadImage) -> None:
    exported = target.get("pbrMetallicRoughness", {})
    surface = {key: exported[key] for key in ("baseColorFactor", "baseColorTexture") if key in exported}
    if source.has("baseColor"):
        surface["baseColorFactor"] = _rgba(source, "baseColor")
    if source.has("baseColorTexture"):
        surface["baseColorTexture"] = _texture(glb, source, "baseColorTexture", True, read_image)
    # A reader that knows neither MToon nor unlit shows dull plastic rather than metal.
    target["pbrMetallicRoughness"] = {**surface, "metallicFactor": 0.0, "roughnessFactor": 0.9}
    if source.has("alphaMode"):
        target["alphaMode"] = source.choice("alphaMode", _ALPHA_MODES)
        target.pop("alphaCutoff", None)
        if target["alphaMode"] == "MASK":
            target["alphaCutoff"] = source.number("alphaCutoff", 0.5, 0.0, 1.0)
    if source.has("doubleSided"):
        target["doubleSided"] = source.flag("doubleSided", False)
    if not glows:
        target.pop("emissiveFactor", None)
        target.pop("emissiveTexture", None)
    if source.has("emissiveFactor"):
        target["emissiveFactor"] = source.vector("emissiveFactor", 3)
    if source.has("emissiveTexture"):
        target["emissiveTexture"] = _texture(glb, source, "emissiveTexture", True, read_image)
    if source.has("normalTexture"):
        target["normalTexture"] = _texture(glb, source, "normalTexture", False, read_image)


def _extension(glb: Glb, source: Reader, alpha_mode: str, read_image: ReadImage) -> dict[str, Any]:
    result: dict[str, Any] = {"specVersion": "1.0"}
    result["transparentWithZWrite"] = source.flag("transparentWithZWrite", False)
    result["renderQueueOffsetNumber"] = _queue_offset(source, alpha_mode, result["transparentWithZWrite"])
    for name, (low, high) in NUMBERS.items():
        if source.has(name):
            result[name] = source.number(name, None, low, high)
    for name in COLORS:
        if source.has(name):
            result[name] = [min(max(part, 0.0), 1.0) for part in source.vector(name, 3)]
    result["outlineWidthMode"] = source.choice("outlineWidthMode", _OUTLINE_MODES, "none")
    for name, srgb in TEXTURES.items():
        if source.has(name):
            result[name] = _texture(glb, source, name, srgb, read_image)
    return result


def _queue_offset(source: Reader, alpha_mode: str, z_write: bool) -> int:
    """Sorts blended materials only: 0…9 with depth writing, -9…0 without."""
    if alpha_mode != "BLEND":
        return 0
    low, high = (0, 9) if z_write else (-9, 0)
    return int(source.number("renderQueueOffsetNumber", 0, low, high))


def _texture(glb: Glb, source: Reader, name: str, srgb: bool, read_image: ReadImage) -> dict[str, Any]:
    entry = source.member(name)
    entry.only("image", "texCoord", "scale", "offset", "tiling", "wrap", "filter")
    data, mime = read_image(entry.text("image"), entry.path, srgb)
    nearest = entry.choice("filter", ("linear", "nearest"), "linear") == "nearest"
    image = glb.add_image(entry.text("image"), data, mime)
    info: dict[str, Any] = {"index": glb.add_texture(image, _wrap(entry), nearest)}
    if entry.has("texCoord"):
        info["texCoord"] = int(entry.number("texCoord", 0, 0, 7))
    if entry.has("scale"):
        if name not in ("shadingShiftTexture", "normalTexture"):
            raise entry.error(
                "has a scale, which only shadingShiftTexture and normalTexture take; use tiling"
            )
        info["scale"] = entry.number("scale", 1.0)
    if entry.has("offset") or entry.has("tiling"):
        info["extensions"] = {
            "KHR_texture_transform": {
                "offset": entry.vector("offset", 2, [0.0, 0.0]),
                "scale": entry.vector("tiling", 2, [1.0, 1.0]),
            }
        }
    return info


def _wrap(entry: Reader) -> list[str]:
    wrap = entry.texts("wrap") or ["repeat", "repeat"]
    if len(wrap) != 2 or not set(wrap) <= set(WRAPS):
        raise entry.error(f"must have two of {', '.join(WRAPS)} in wrap")
    return wrap


def _rgba(source: Reader, name: str) -> list[float]:
    """`#rrggbb` (sRGB), or [r, g, b] or [r, g, b, a] linear, as linear RGBA."""
    value = source.value[name]
    if isinstance(value, str):
        digits = value.lstrip("#")
        if len(digits) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            return [*(srgb_to_linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4)), 1.0]
        raise source.error(f"must have #rrggbb or a list of numbers in {name}")
    rgba = source.vector(name, 4 if isinstance(value, list) and len(value) == 4 else 3)
    return [min(max(part, 0.0), 1.0) for part in (*rgba, 1.0)[:4]]
