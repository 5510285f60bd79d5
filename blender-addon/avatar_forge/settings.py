# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: the environment first (AVATAR_FORGE_PORT, _TOKEN, _HOME, _SCRATCH), then the preferences, then
what is usual.

The token is kept in a file of its own in Blender's configuration folder, readable by its owner alone.
userpref.blend would be the wrong place: it is readable by everyone on the machine, is copied from version
to version, and is what people send along when they ask for help.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import bpy

from .server import Options

DEFAULT_PORT = 9876
_ROOT_PACKAGE = __package__


class SettingsError(Exception):
    """A setting that cannot be used; says which and what to put there."""


def preferences() -> Any | None:
    """The add-on's own, or None where Blender started without any (--factory-startup)."""
    addon = bpy.context.preferences.addons.get(_ROOT_PACKAGE)
    return addon and addon.preferences


def options() -> Options:
    """Error: SettingsError."""
    own = preferences()
    return Options(
        port=_port(os.environ.get("AVATAR_FORGE_PORT"))
        if "AVATAR_FORGE_PORT" in os.environ
        else own.port
        if own
        else DEFAULT_PORT,
        token=read_token(),
        allow_stock=own.allow_stock if own else True,
    )


def autostart() -> bool:
    own = preferences()
    return own.autostart if own else True


def home() -> Path:
    """The folder of exports, projects, textures, checkpoints and uploads."""
    own = preferences()
    chosen = os.environ.get("AVATAR_FORGE_HOME") or (own.home if own else "")
    return Path(bpy.path.abspath(chosen)) if chosen else Path.home() / "avatar-forge"


def scratch() -> Path | None:
    """Where checkpoints and uploads go instead: a disk of the machine, where `home` is a mounted bucket."""
    chosen = os.environ.get("AVATAR_FORGE_SCRATCH")
    return Path(chosen) if chosen else None


def token_is_given() -> bool:
    """Whether the environment sets the token, so that the file does not count."""
    return bool(os.environ.get("AVATAR_FORGE_TOKEN"))


def read_token() -> str | None:
    if given := os.environ.get("AVATAR_FORGE_TOKEN"):
        return given
    try:
        return _token_file().read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def write_token(token: str | None) -> None:
    """None removes it."""
    file = _token_file()
    if not token:
        file.unlink(missing_ok=True)
        return
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(token)
        fresh.replace(file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()


def _token_file() -> Path:
    return Path(bpy.utils.user_resource("CONFIG", create=True)) / "avatar_forge.token"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError("AVATAR_FORGE_PORT must be a number from 0 (any free port) to 65535.")
    return int(text)
