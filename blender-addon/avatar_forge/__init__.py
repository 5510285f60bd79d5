# SPDX-License-Identifier: GPL-3.0-or-later
"""Avatar Forge inside Blender: a server on 127.0.0.1 for tools that build avatars (docs/protocol.md,
docs/commands.md).

Loads as a legacy add-on (3.4 to 4.1) and as an extension (4.2 on). bpy is imported by `register` alone, so
that `wire` and the server can be tested without Blender.
"""

bl_info = {
    "name": "Avatar Forge",
    "author": "Davies Tech Labs",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Avatar Forge",
    "description": "Lets Avatar Forge build, rig and export avatars in this Blender",
    "category": "Interface",
}

VERSION = ".".join(map(str, bl_info["version"]))  # from 4.2 on Blender takes `bl_info` out of an extension


def register() -> None:
    from . import registration

    registration.register()


def unregister() -> None:
    from . import registration

    registration.unregister()
