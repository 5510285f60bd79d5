# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command gets from the server that runs it (`commands.context.Context`)."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .jobs import Job

PROGRESS_EVERY_S = 0.05


class JobContext:
    """`send_progress` and `send_blob` belong to the client's dialect; neither ever waits."""

    def __init__(
        self,
        job: Job,
        folder: Callable[[str], Path],
        send_progress: Callable[[float | None, str], None],
        send_blob: Callable[[bytes, str], dict[str, Any]],
    ) -> None:
        self.folder = folder
        self._job = job
        self._send_progress = send_progress
        self._send_blob = send_blob
        self._next_progress = 0.0

    @classmethod
    def sharing(
        cls,
        other: JobContext,
        send_progress: Callable[[float | None, str], None],
        send_blob: Callable[[bytes, str], dict[str, Any]],
    ) -> JobContext:
        """For a command that is a part of another's job."""
        return cls(other._job, other.folder, send_progress, send_blob)

    def progress(self, fraction: float | None, message: str) -> None:
        """Sent at most twenty times a second, the last (1.0) always."""
        now = time.monotonic()
        if now >= self._next_progress or fraction == 1:
            self._next_progress = now + PROGRESS_EVERY_S
            self._send_progress(fraction, message)

    def check_cancelled(self) -> None:
        """Raises Stopped once the client has cancelled or the deadline has passed."""
        self._job.check()

    def blob(self, data: bytes, mime: str) -> dict[str, Any]:
        """The `$blob` marker for the result."""
        return self._send_blob(bytes(data), mime)


def no_progress(_fraction: float | None, _message: str) -> None:
    """The stock dialect has no place for it."""


def inline_blob(data: bytes, mime: str) -> dict[str, Any]:
    """The marker of the stock dialect, which carries the bytes itself."""
    text = base64.b64encode(data).decode("ascii")
    return {
        "$blob": {"base64": text, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "mime": mime}
    }
