# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the face that VRM viewers show in their lists: square PNG, 512 pixels a side."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..errors import CommandError

SIDE = 512
# One column: not the kind of picture that somebody's `compare` goes back to.
_VIEW = {"view": "face", "shading": "material", "columns": 1}


def draw(armature: str, context: Context, notes: list[str]) -> bytes | None:
    """The figure's face as `get_screenshot` frames it; None, and a note why, where Blender cannot draw."""
    from .. import get_screenshot  # late: it loads the GPU module

    keeper = _Keeper(context)
    try:
        taken = get_screenshot.run({**_VIEW, "armature": armature, "max_size": SIDE}, keeper)
    except CommandError as error:
        notes.append(f"No thumbnail: {error}")
        return None
    if taken["width"] != taken["height"]:
        notes.append(
            f"No thumbnail: the picture of the face is {taken['width']} by {taken['height']}, not square."
        )
        return None
    return keeper.data


class _Keeper:
    """The caller's context, but a picture stays here instead of going to the client."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.data = b""

    def progress(self, fraction: float | None, message: str) -> None:
        """The steps of the export are told by the export."""

    def check_cancelled(self) -> None:
        self._context.check_cancelled()

    def folder(self, root: str) -> Any:
        return self._context.folder(root)

    def blob(self, data: bytes, mime: str) -> dict[str, Any]:
        self.data = data
        return {"mime": mime}
