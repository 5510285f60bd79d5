# SPDX-License-Identifier: GPL-3.0-or-later
"""Unframed JSON objects, one after another (docs/protocol.md section 1), cut anywhere on their way."""

from __future__ import annotations

import re

from .errors import violation

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRUCTURE = re.compile(rb'[{}"]')


class ObjectSplitter:
    """Finds where each object ends by its braces and strings. UTF-8 needs no care: none of its later bytes
    is ASCII.

    `limit` is the size of the largest object in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()
        self._scanned = 0  # everything before has been looked at
        self._depth = 0
        self._string_start: int | None = None  # where the string we are in began

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> bytes | None:
        """The bytes of the next whole object, or None. Error: `protocol-violation` where no object can
        start or end.
        """
        if self._depth == 0 and not self._at_object():
            return None
        end = self._find_end()
        if (len(self._buffer) if end is None else end) > self.limit:
            raise violation(f"A message is larger than {self.limit} bytes. Send less at a time.")
        if end is None:
            return None
        found = bytes(self._buffer[:end])
        del self._buffer[:end]
        self._scanned = 0
        return found

    def take_rest(self) -> bytes:
        """What came after the last object, for whoever reads on (frames, after hello)."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._scanned = self._depth = 0
        self._string_start = None
        return rest

    def _at_object(self) -> bool:
        spaces = _SPACE.match(self._buffer)
        if spaces:
            del self._buffer[: spaces.end()]
        if not self._buffer:
            return False
        if self._buffer[0] != ord("{"):
            raise violation(
                f"Expected a JSON object, got byte 0x{self._buffer[0]:02x}. Neither HTTP nor TLS is spoken."
            )
        return True

    def _find_end(self) -> int | None:
        while True:
            if self._string_start is not None and not self._skip_string(self._string_start):
                return None
            found = _STRUCTURE.search(self._buffer, self._scanned)
            if found is None:
                self._scanned = len(self._buffer)
                return None
            self._scanned = found.end()
            byte = found.group()
            if byte == b'"':
                self._string_start = found.end()
                continue
            self._depth += 1 if byte == b"{" else -1
            if self._depth == 0:
                return found.end()

    def _skip_string(self, start: int) -> bool:
        """Moves behind the closing quote: the first one with an even number of backslashes before it."""
        while True:
            quote = self._buffer.find(b'"', self._scanned)
            if quote < 0:
                self._scanned = len(self._buffer)
                return False
            first = quote
            while first > start and self._buffer[first - 1] == ord("\\"):
                first -= 1
            self._scanned = quote + 1
            if (quote - first) % 2 == 0:
                self._string_start = None
                return True
