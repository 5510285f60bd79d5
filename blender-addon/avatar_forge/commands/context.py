# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command may ask of whoever runs it (the add-on's server, or the shipped library's loader)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Context(Protocol):
    def progress(self, fraction: float | None, message: str) -> None:
        """Tells the client how far the command is: 0…1, or None where that is not known."""

    def check_cancelled(self) -> None:
        """Raises (to be let through) once the client has cancelled or the deadline has passed."""

    def blob(self, data: bytes, mime: str) -> dict[str, Any]:
        """Hands over bytes; returns the `$blob` marker for the result (docs/protocol.md section 3)."""

    def folder(self, root: str) -> Path:
        """The existing folder behind a root: exports, projects, textures, checkpoints or uploads."""
