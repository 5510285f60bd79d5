# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error a command raises for what its user can mend."""

from __future__ import annotations

from typing import Any


class CommandError(Exception):
    """A failure with a stable code, what happened, and what to do next.

    code       one of docs/protocol.md section 6, or one the command names itself (kebab-case)
    message    what happened, one sentence
    next_step  what to do about it, one sentence
    data       JSON the caller may show (`python-error` keeps stdout, stderr and traceback here)
    """

    def __init__(self, code: str, message: str, next_step: str = "", data: Any = None) -> None:
        super().__init__(f"{message} {next_step}".strip())
        self.code = code
        self.message = message
        self.next_step = next_step
        self.data = data

    def to_json(self) -> dict[str, Any]:
        """The `error` member of a reply: {code, message, data?}; the message holds the next step."""
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if self.data is not None:
            error["data"] = self.data
        return error


def bad_params(message: str, next_step: str = "") -> CommandError:
    """A parameter that is missing, of the wrong kind or out of range; name it in the message."""
    return CommandError("bad-params", message, next_step)
