# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client is told of a failure (docs/protocol.md section 6)."""

from __future__ import annotations

import traceback
from typing import Any

from .commands import CommandError
from .jobs import Job, Stopped
from .wire.errors import WireError

_STOPS = {
    "cancelled": "The command was cancelled.",
    "deadline-exceeded": "The command was stopped at its deadline. Give it more time, or do less at once.",
    "shutting-down": "This Blender stops serving. Start it again, or connect to another.",
}


def error_json(error: BaseException, job: Job | None = None) -> dict[str, Any]:
    """The `error` member: {code, message, data?}."""
    if isinstance(error, (WireError, CommandError)):
        return error.to_json()
    if isinstance(error, Stopped):
        code = (job and job.stop_code) or "cancelled"
        return {"code": code, "message": _STOPS[code]}
    data = {"traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__))}
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        message = f"The code called for an end ({type(error).__name__}); Blender goes on. Leave it out."
        return {"code": "python-error", "message": message, "data": data}
    message = f"{type(error).__name__}: {error}"
    return {"code": "internal", "message": f"The command failed: {message}. Please report it.", "data": data}
