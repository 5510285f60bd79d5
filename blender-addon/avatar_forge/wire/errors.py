# SPDX-License-Identifier: GPL-3.0-or-later
"""What the wire itself can complain about."""

from __future__ import annotations

from typing import Any


class WireError(Exception):
    """A failure with a code of docs/protocol.md section 6; `message` says what happened and what to do
    next.
    """

    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def to_json(self) -> dict[str, Any]:
        """The `error` member of a reply: {code, message, data?}."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        return error


def violation(message: str) -> WireError:
    """The other side broke the protocol: the connection ends."""
    return WireError("protocol-violation", message)
