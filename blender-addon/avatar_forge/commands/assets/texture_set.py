# SPDX-License-Identifier: GPL-3.0-or-later
"""A set of PBR maps as a material, wired so that Cycles, EEVEE and the glTF exporter all read it."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from .. import compat

MAPS = ("base_color", "normal", "roughness", "metallic", "ao", "displacement", "arm")
"""`arm` has ambient occlusion, roughness and metal in red, green and blue, as glTF has them."""

COLORS = ("base_color",)

# The exporter looks for a node group of this name: Blender's own shaders have no place for occlusion.
# https://docs.blender.org/manual/en/latest/addons/import_export/scene_gltf2.html
GLTF_OUTPUT = "glTF Material Output"

DISPLACEMENT_M = 0.02
"""How far white stands above black. The maps do not say; grey stays where the surface is."""


def build(name: str, images: Mapping[str, bpy.types.Image]) -> bpy.types.Material:
    """A material of its own for the maps there are; a map's numbers go where its name says."""
    material = bpy.data.materials.new(name)
    compat.enable_nodes(material)
    tree = material.node_tree
    tree.nodes.clear()
    shader, output = _node(tree, "BsdfPrincipled", 0, 0), _node(tree, "OutputMaterial", 300, 0)
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    mapping, coordinates = _node(tree, "Mapping", -1100, 0), _node(tree, "TexCoord", -1300, 0)
    tree.links.new(coordinates.outputs["UV"], mapping.inputs["Vector"])

    colors = {}
    for i, (role, image) in enumerate(images.items()):
        texture = _node(tree, "TexImage", -800, 300 - 280 * i)
        texture.image, texture.label = image, role
        tree.links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
        colors[role] = texture.outputs["Color"]

    if "arm" in colors:
        split = _node(tree, "SeparateColor", -500, -300)
        tree.links.new(colors.pop("arm"), split.inputs["Color"])
        for role, channel in (("ao", "Red"), ("roughness", "Green"), ("metallic", "Blue")):
            colors.setdefault(role, split.outputs[channel])
    for role in ("base_color", "roughness", "metallic"):
        if role in colors:
            tree.links.new(colors[role], compat.principled_socket(shader, role))
    if "normal" in colors:
        normal = _node(tree, "NormalMap", -300, -300)
        tree.links.new(colors["normal"], normal.inputs["Color"])
        tree.links.new(normal.outputs["Normal"], shader.inputs["Normal"])
    if "displacement" in colors:
        displacement = _node(tree, "Displacement", 0, -700)
        displacement.inputs["Midlevel"].default_value = 0.5
        displacement.inputs["Scale"].default_value = DISPLACEMENT_M
        tree.links.new(colors["displacement"], displacement.inputs["Height"])
        tree.links.new(displacement.outputs["Displacement"], output.inputs["Displacement"])
    if "ao" in colors:
        group = _node(tree, "Group", 300, -300)
        group.node_tree = _gltf_output()
        tree.links.new(colors["ao"], group.inputs["Occlusion"])
    material.use_fake_user = True  # nothing wears it yet, and a save must not drop it
    return material


def _node(tree: bpy.types.NodeTree, kind: str, x: float, y: float) -> bpy.types.Node:
    node = tree.nodes.new(f"ShaderNode{kind}")
    node.location = (x, y)
    return node


def _gltf_output() -> bpy.types.NodeTree:
    known = bpy.data.node_groups.get(GLTF_OUTPUT)
    if known is not None:
        return known
    group = bpy.data.node_groups.new(GLTF_OUTPUT, "ShaderNodeTree")
    compat.add_group_input(group, "NodeSocketFloat", "Occlusion")
    group.nodes.new("NodeGroupInput")
    return group
