# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's page in Blender's preferences."""

from __future__ import annotations

from typing import Any

import bpy

from . import runtime, settings


def _restart(_self: Any, _context: Any) -> None:
    if runtime.running():
        runtime.stop()
        runtime.start_or_remember_why_not()


def _get_token(_self: Any) -> str:
    return settings.read_token() or ""


def _set_token(self: Any, value: str) -> None:
    settings.write_token(value.strip() or None)
    _restart(self, None)


class AvatarForgePreferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    autostart: bpy.props.BoolProperty(
        name="Start with Blender",
        description="Listen as soon as the add-on is enabled",
        default=True,
    )
    port: bpy.props.IntProperty(
        name="Port",
        description="The port on 127.0.0.1; 0 takes any that is free",
        default=settings.DEFAULT_PORT,
        min=0,
        max=65535,
        update=_restart,
    )
    token: bpy.props.StringProperty(
        name="Token",
        description="Clients must prove that they know it; empty: none. Kept in a file only you can read",
        subtype="PASSWORD",
        options={"SKIP_SAVE"},
        get=_get_token,
        set=_set_token,
    )
    home: bpy.props.StringProperty(
        name="Folder",
        description="For exports, projects, textures, checkpoints and uploads; empty: ~/avatar-forge",
        subtype="DIR_PATH",
        update=_restart,
    )
    allow_stock: bpy.props.BoolProperty(
        name="Serve BlenderMCP clients",
        description="Also serve clients of the stock add-on, as long as no token is set",
        default=True,
        update=_restart,
    )

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "autostart")
        layout.prop(self, "port")
        row = layout.row(align=True)
        row.enabled = not settings.token_is_given()
        row.prop(self, "token")
        row.operator("avatar_forge.new_token", text="", icon="FILE_REFRESH")
        layout.prop(self, "home")
        layout.prop(self, "allow_stock")


CLASSES = (AvatarForgePreferences,)
