# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a material's nodes: the Principled BSDF, its base colour or picture, and its alpha."""

from __future__ import annotations

import bpy

from . import compat
from .materials import image_behind, principled_of

Color = tuple[float, float, float]

TINT = "Avatar Forge tint"


def ensure_principled(material: bpy.types.Material) -> bpy.types.Node:
    """The material's Principled BSDF, made and joined to the output where there is none."""
    compat.enable_nodes(material)
    node = principled_of(material)
    if node is not None:
        return node
    nodes = material.node_tree.nodes
    node = nodes.new("ShaderNodeBsdfPrincipled")
    output = next((n for n in nodes if n.type == "OUTPUT_MATERIAL"), None) or nodes.new(
        "ShaderNodeOutputMaterial"
    )
    output.location = (node.location.x + 300, node.location.y)
    material.node_tree.links.new(node.outputs[0], output.inputs["Surface"])
    return node


def set_base(material: bpy.types.Material, node: bpy.types.Node, color: Color) -> None:
    """The base colour; where a texture is linked, as a factor multiplied into it (glTF's baseColorFactor)."""
    socket = compat.principled_socket(node, "base_color")
    if not socket.is_linked:
        socket.default_value = (*color, 1.0)
        return
    nodes, links = material.node_tree.nodes, material.node_tree.links
    mix = nodes.get(TINT)
    if mix is None:
        mix = nodes.new("ShaderNodeMix")
        mix.name = mix.label = TINT
        mix.data_type, mix.blend_type = "RGBA", "MULTIPLY"
        mix.inputs[0].default_value = 1.0
        mix.location = (node.location.x - 200, node.location.y)
        links.new(socket.links[0].from_socket, mix.inputs[6])
        links.new(mix.outputs[2], socket)
    mix.inputs[7].default_value = (*color, 1.0)


def show_picture(
    material: bpy.types.Material, node: bpy.types.Node, before: bpy.types.Image, image: bpy.types.Image
) -> None:
    """Puts an image in the place of another, as it is: factors that the base colour has become white."""
    for other in material.node_tree.nodes:
        if other.type == "TEX_IMAGE" and other.image == before:
            other.image = image
    waiting = [compat.principled_socket(node, "base_color")]
    while waiting:
        for link in waiting.pop().links:
            upstream = link.from_node
            waiting += upstream.inputs
            if upstream.type in ("MIX", "MIX_RGB") and upstream.blend_type == "MULTIPLY":
                for factor in upstream.inputs:
                    if factor.type == "RGBA" and factor.enabled and not factor.is_linked:
                        factor.default_value = (1.0, 1.0, 1.0, factor.default_value[3])


def link_alpha(material: bpy.types.Material, node: bpy.types.Node, wanted: bool) -> None:
    """Joins the base texture's alpha to the shader's, or parts them."""
    socket = compat.principled_socket(node, "alpha")
    links = material.node_tree.links
    if not wanted:
        for link in list(socket.links):
            links.remove(link)
        return
    image = image_behind(compat.principled_socket(node, "base_color"))
    texture = next((n for n in material.node_tree.nodes if n.type == "TEX_IMAGE" and n.image == image), None)
    if image is not None and texture is not None and not socket.is_linked:
        links.new(texture.outputs["Alpha"], socket)
