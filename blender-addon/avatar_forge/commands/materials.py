# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading materials: the Principled node, its texture, and the MToon annotation of docs/commands.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import bpy

from . import compat
from .params import srgb_to_linear, to_hex

MTOON_PROPERTY = "avatar_forge_mtoon"
"""The custom property with the members of VRMC_materials_mtoon as JSON text.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_materials_mtoon-1.0
"""

TONE_PROPERTY = "avatar_forge_tone"
"""The custom property of an image with the colour that its painting is of, as `#rrggbb`."""

_HOLDER = "MToon "
"""Begins the names of the nodes that hold the annotation's images; their label is the image's name there.

A name alone is no use to Blender, which leaves an image without users out when it saves or appends; and
appended beside another image of its name, it gets a new one. A pointer in a custom property would do, too,
but that ends Blender 3.4's glTF export with custom properties.
"""


@dataclass(frozen=True)
class Surface:
    """What a material looks like; colours linear, `mtoon` None for a material of Blender alone."""

    shader: str
    base_color: tuple[float, ...]
    alpha: float
    metallic: float
    roughness: float
    emission: tuple[float, ...]
    image: bpy.types.Image | None
    alpha_mode: str
    double_sided: bool
    mtoon: dict[str, Any] | None


def mtoon_of(material: bpy.types.Material) -> dict[str, Any] | None:
    """The annotation, or None where there is none or it is not a JSON object."""
    try:
        value = read_mtoon(material)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def read_mtoon(material: bpy.types.Material) -> Any:
    """The annotation's JSON, its images by the names they have by now. TypeError, ValueError: not JSON."""
    value = json.loads(material.get(MTOON_PROPERTY))
    nodes = material.node_tree.nodes if material.node_tree else {}
    for member, texture in _textures(value):
        node = nodes.get(_HOLDER + member)
        if node is not None and node.label == texture["image"] and node.image is not None:
            texture["image"] = node.image.name
    return value


def set_mtoon(material: bpy.types.Material, annotation: dict[str, Any]) -> None:
    """Writes the annotation, and makes the images it names images that the material uses."""
    material[MTOON_PROPERTY] = json.dumps(_rounded(annotation), sort_keys=True)
    _hold(
        material, {member: bpy.data.images.get(texture["image"]) for member, texture in _textures(annotation)}
    )


def clear_mtoon(material: bpy.types.Material) -> None:
    if MTOON_PROPERTY in material:
        del material[MTOON_PROPERTY]
    _hold(material, {})


def _hold(material: bpy.types.Material, images: dict[str, bpy.types.Image | None]) -> None:
    """One node, tied to nothing, for each member's image."""
    if material.node_tree is None:
        return
    nodes = material.node_tree.nodes
    active = nodes.active
    for node in [node for node in nodes if node.name.startswith(_HOLDER)]:
        nodes.remove(node)
    for number, (member, image) in enumerate(images.items()):
        if image is not None:
            node = nodes.new("ShaderNodeTexImage")
            node.name, node.label, node.image = _HOLDER + member, image.name, image
            node.hide, node.select, node.location = True, False, (-900, -60 * number)
    if active is not None:
        nodes.active = active


def _textures(annotation: Any) -> list[tuple[str, dict[str, Any]]]:
    """The members of an annotation that name an image."""
    members = annotation.items() if isinstance(annotation, dict) else ()
    return [(k, v) for k, v in members if isinstance(v, dict) and isinstance(v.get("image"), str)]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


def principled_of(material: bpy.types.Material) -> bpy.types.Node | None:
    """The Principled BSDF, where the material has nodes with one."""
    tree = material.node_tree
    if tree is None:
        return None
    return next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"), None)


def image_behind(socket: bpy.types.NodeSocket | None) -> bpy.types.Image | None:
    """The first image texture upstream of a socket (through mixes, reroutes and the like)."""
    waiting = [socket] if socket is not None else []
    seen: set[str] = set()
    while waiting:
        for link in waiting.pop(0).links:
            node = link.from_node
            if node.name in seen:
                continue
            seen.add(node.name)
            if node.type == "TEX_IMAGE" and node.image is not None:
                return node.image
            waiting.extend(node.inputs)
    return None


def surface_of(material: bpy.types.Material | None) -> Surface:
    """What to draw for a material; light grey where there is none."""
    if material is None:
        return Surface("none", (0.6, 0.6, 0.6), 1.0, 0.0, 0.6, (0.0,) * 3, None, "opaque", True, None)
    mtoon = mtoon_of(material)
    node = principled_of(material)
    image = None
    emission: tuple[float, ...] = (0.0, 0.0, 0.0)
    base, alpha = tuple(material.diffuse_color[:3]), material.diffuse_color[3]
    metallic, roughness = material.metallic, material.roughness
    shader = "viewport"
    if node is not None:
        shader = "principled"
        color = compat.principled_socket(node, "base_color")
        image = image_behind(color)
        base = (1.0, 1.0, 1.0) if color.is_linked else tuple(color.default_value[:3])
        alpha = _value(node, "alpha", 1.0)
        metallic, roughness = _value(node, "metallic", 0.0), _value(node, "roughness", 0.5)
        strength = _value(node, "emission_strength", 1.0)
        glow = compat.principled_socket(node, "emission")
        if glow is not None and not glow.is_linked:
            emission = tuple(channel * strength for channel in glow.default_value[:3])
    elif material.node_tree is not None and material.use_nodes:
        shader = "nodes"
        image = next((n.image for n in material.node_tree.nodes if _shown(n)), None)
        base = (1.0, 1.0, 1.0) if image else base
    alpha_mode, double_sided = _alpha_mode(material, alpha), not material.use_backface_culling
    if mtoon is not None:
        shader = "mtoon"
        factor = mtoon.get("baseColor")
        if isinstance(factor, list) and len(factor) >= 3:
            base = tuple(float(channel) for channel in factor[:3])
            alpha = float(factor[3]) if len(factor) > 3 else alpha
        alpha_mode = str(mtoon.get("alphaMode", alpha_mode)).lower()
        double_sided = bool(mtoon.get("doubleSided", double_sided))
    return Surface(shader, base, alpha, metallic, roughness, emission, image, alpha_mode, double_sided, mtoon)


def told_tone(image: bpy.types.Image | None) -> tuple[float, ...] | None:
    """What TONE_PROPERTY says of an image, linear; None where it says nothing."""
    try:
        return tuple([srgb_to_linear(int(image[TONE_PROPERTY][i : i + 2], 16) / 255) for i in (1, 3, 5)])
    except (KeyError, TypeError, ValueError):
        return None


def visible_color(surface: Surface) -> str:
    """`#rrggbb`: the base colour, or of a painting whose colour is known that one times the factor."""
    tone = told_tone(surface.image) or (1.0, 1.0, 1.0)
    return to_hex([own * factor for own, factor in zip(tone, surface.base_color, strict=True)])


def _shown(node: bpy.types.Node) -> bool:
    """Whether it is an image that goes somewhere."""
    return node.type == "TEX_IMAGE" and node.image is not None and any(s.is_linked for s in node.outputs)


def _value(node: bpy.types.Node, key: str, default: float) -> float:
    socket = compat.principled_socket(node, key)
    return default if socket is None or socket.is_linked else float(socket.default_value)


def _alpha_mode(material: bpy.types.Material, alpha: float) -> str:
    if getattr(material, "surface_render_method", "") == "BLENDED":
        return "blend"
    method = getattr(material, "blend_method", "OPAQUE")
    if method == "CLIP":
        return "mask"
    if method == "BLEND" or alpha < 0.999:
        return "blend"
    return "opaque"
