# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in the sidebar of the 3D view, and its buttons."""

from __future__ import annotations

import secrets

import bpy

from . import runtime, settings


class AVATARFORGE_OT_start(bpy.types.Operator):
    """Listen for Avatar Forge on this computer"""

    bl_idname = "avatar_forge.start"
    bl_label = "Start"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        runtime.start_or_remember_why_not()
        if runtime.failure():
            self.report({"ERROR"}, runtime.failure())
            return {"CANCELLED"}
        return {"FINISHED"}


class AVATARFORGE_OT_stop(bpy.types.Operator):
    """Stop listening and end every connection"""

    bl_idname = "avatar_forge.stop"
    bl_label = "Stop"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        runtime.stop()
        return {"FINISHED"}


class AVATARFORGE_OT_copy_token(bpy.types.Operator):
    """Copy the token, for the settings of Avatar Forge"""

    bl_idname = "avatar_forge.copy_token"
    bl_label = "Copy token"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return settings.read_token() is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.clipboard = settings.read_token() or ""
        self.report({"INFO"}, "The token is in the clipboard.")
        return {"FINISHED"}


class AVATARFORGE_OT_new_token(bpy.types.Operator):
    """Make a new random token. Connected clients have to connect again with it"""

    bl_idname = "avatar_forge.new_token"
    bl_label = "New token"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not settings.token_is_given()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        settings.write_token(secrets.token_urlsafe(24))
        if runtime.running():
            runtime.stop()
            runtime.start_or_remember_why_not()
        return {"FINISHED"}


class AVATARFORGE_PT_sidebar(bpy.types.Panel):
    bl_label = "Avatar Forge"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Avatar Forge"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        server = runtime.running()
        if server is None:
            for line in _wrapped(runtime.failure() or "Not listening."):
                layout.label(text=line)
            layout.operator("avatar_forge.start", icon="PLAY")
            return
        status = server.status()
        column = layout.column(align=True)
        column.label(
            text="Working" if status["busy"] else "Ready", icon="LINKED" if status["clients"] else "UNLINKED"
        )
        column.label(text=f"Port {server.port} on this computer")
        column.label(text=f"Clients: {status['clients']}")
        column.label(text="Token: asked for" if server.token else "Token: none")
        row = layout.row(align=True)
        row.operator("avatar_forge.stop", icon="PAUSE")
        row.operator("avatar_forge.copy_token", icon="COPYDOWN")
        if status["lastCommands"]:
            box = layout.box().column(align=True)
            for last in reversed(status["lastCommands"][-5:]):
                text = f"{last['method'][:40]}  {last['ms']:.1f} ms"
                box.label(text=text, icon="CHECKMARK" if last["ok"] else "ERROR")


def _wrapped(text: str, width: int = 36) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


CLASSES = (
    AVATARFORGE_OT_start,
    AVATARFORGE_OT_stop,
    AVATARFORGE_OT_copy_token,
    AVATARFORGE_OT_new_token,
    AVATARFORGE_PT_sidebar,
)
