# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading materials: the Principled node, its texture, and the MToon annotation of docs/commands.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import bpy

from . import compat

MTOON_PROPERTY = "avatar_forge_mtoon"
"""The custom property with the members of VRMC_materials_mtoon as JSON text.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_materials_mtoon-1.0
"""

_IMAGES_PROPERTY = "avatar_forge_images"
"""Pointers to the images that the annotation names: {member: {name: as the annotation has it, image}}.

A name alone is no use to Blender, which leaves an image without users out when it saves or appends; and
appended beside another image of its name, it gets a new one.
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
    for member, texture in _textures(value):
        held = material.get(_IMAGES_PROPERTY, {}).get(member)
        if held is not None and held["name"] == texture["image"] and held.get("image") is not None:
            texture["image"] = held["image"].name
    return value


def set_mtoon(material: bpy.types.Material, annotation: dict[str, Any]) -> None:
    """Writes the annotation, and makes the images it names images that the material uses."""
    material[MTOON_PROPERTY] = json.dumps(_rounded(annotation), sort_keys=True)
    images = ((member, bpy.data.images.get(texture["image"])) for member, texture in _textures(annotation))
    material[_IMAGES_PROPERTY] = {
        member: {"name": image.name, "image": image} for member, image in images if image is not None
    }


def clear_mtoon(material: bpy.types.Material) -> None:
    for name in (MTOON_PROPERTY, _IMAGES_PROPERTY):
        if name in material:
            del material[name]


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
        image = next((n.image for n in material.node_tree.nodes if n.type == "TEX_IMAGE" and n.image), None)
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
