# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a material's nodes: the Principled BSDF, its base colour or picture, and its alpha."""

from __future__ import annotations

import bpy

from . import compat
from .materials import image_behind, principled_of, surface_of

Color = tuple[float, float, float]

TINT = "Avatar Forge tint"


def ensure_principled(material: bpy.types.Material) -> bpy.types.Node:
    """The material's Principled BSDF, made and joined to the output where there is none.

    What an unlit material shows goes along.
    """
    compat.enable_nodes(material)
    node = principled_of(material)
    if node is not None:
        return node
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shown, opaque = unlit_color(material), surface_of(material).alpha_mode == "opaque"
    node = nodes.new("ShaderNodeBsdfPrincipled")
    output = next((n for n in nodes if n.type == "OUTPUT_MATERIAL"), None) or nodes.new(
        "ShaderNodeOutputMaterial"
    )
    output.location = (node.location.x + 300, node.location.y)
    links.new(node.outputs[0], output.inputs["Surface"])
    if shown is not None:
        base = compat.principled_socket(node, "base_color")
        base.default_value = shown.default_value
        if shown.is_linked:
            links.new(shown.links[0].from_socket, base)
        link_alpha(material, node, not opaque)
    return node


def unlit_color(material: bpy.types.Material) -> bpy.types.NodeSocket | None:
    """The colour of a material that shows it in any light, as glTF's unlit ones are brought in."""
    if material.node_tree is None or principled_of(material) is not None:
        return None
    output = next((n for n in material.node_tree.nodes if n.type == "OUTPUT_MATERIAL"), None)
    waiting = [output.inputs["Surface"]] if output is not None else []
    while waiting:
        for link in waiting.pop().links:
            node = link.from_node
            if node.type in ("EMISSION", "BACKGROUND"):
                return node.inputs["Color"]
            waiting += [socket for socket in node.inputs if socket.type == "SHADER"]
    return None


def set_base(material: bpy.types.Material, socket: bpy.types.NodeSocket, color: Color) -> None:
    """The base colour; where a texture is linked, as a factor multiplied into it (glTF's baseColorFactor)."""
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
        mix.location = (socket.node.location.x - 200, socket.node.location.y)
        links.new(socket.links[0].from_socket, mix.inputs[6])
        links.new(mix.outputs[2], socket)
    mix.inputs[7].default_value = (*color, 1.0)


def show_picture(
    material: bpy.types.Material,
    socket: bpy.types.NodeSocket,
    before: bpy.types.Image,
    image: bpy.types.Image,
) -> None:
    """Puts an image in the place of another, as it is: factors that the base colour has become white."""
    for other in material.node_tree.nodes:
        if other.type == "TEX_IMAGE" and other.image == before:
            other.image = image
    waiting = [socket]
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
