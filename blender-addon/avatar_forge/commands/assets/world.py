# SPDX-License-Identifier: GPL-3.0-or-later
"""An HDRI as the scene's world."""

from __future__ import annotations

import bpy

from .. import compat


def set_world(name: str, image: bpy.types.Image) -> bpy.types.World:
    """A new world that an equirectangular picture lights; its Mapping node turns it. The old one stays."""
    world = bpy.data.worlds.new(name)
    compat.enable_nodes(world)
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    made = {}
    kinds = ("ShaderNodeTexCoord", "ShaderNodeMapping", "ShaderNodeTexEnvironment", "ShaderNodeBackground")
    for i, kind in enumerate((*kinds, "ShaderNodeOutputWorld")):
        made[kind] = nodes.new(kind)
        made[kind].location = (i * 260, 0)
    coordinates, mapping, texture, background, output = made.values()
    texture.image = image
    links.new(coordinates.outputs["Generated"], mapping.inputs["Vector"])
    links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], background.inputs["Color"])
    links.new(background.outputs["Background"], output.inputs["Surface"])
    before = bpy.context.scene.world
    if before is not None:
        before.use_fake_user = True
    bpy.context.scene.world = world
    return world
