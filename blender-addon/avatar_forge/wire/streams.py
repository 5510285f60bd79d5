# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of a stream as they come in: in order, of the size and hash that were announced (docs/protocol.md
section 3).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from .errors import WireError, violation

MAX_SIZE = 4 * 1024**3
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_announcement(size: Any, sha256: Any) -> tuple[int, str]:
    """What a client says of the bytes it will send. Errors: `bad-params`, `too-large`."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise WireError("bad-params", "size must be a number of bytes.")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise WireError("bad-params", "sha256 must be 64 lower-case hexadecimal digits.")
    if size > MAX_SIZE:
        raise WireError("too-large", f"A file may have at most {MAX_SIZE} bytes.")
    return size, sha256


class Incoming:
    """Checks the chunks of one stream and hands them on.

    sink       takes the bytes, in order
    size       of the whole, in bytes
    sha256     of the whole, lower-case hex
    offset     how many bytes are there already
    digest     a SHA-256 that has been fed those
    """

    def __init__(
        self, sink: Callable[[bytes], Any], size: int, sha256: str, offset: int = 0, digest: Any = None
    ) -> None:
        self.offset = offset
        self.size = size
        self.sha256 = sha256
        self._sink = sink
        self._digest = digest or hashlib.sha256()

    def write(self, offset: int, data: bytes) -> None:
        """Error: `protocol-violation` for a gap, an overlap, or more than was announced."""
        if offset != self.offset:
            raise violation(f"Stream bytes from {offset} came where {self.offset} was due.")
        if offset + len(data) > self.size:
            raise violation(f"More stream bytes came than the {self.size} announced.")
        self._sink(data)
        self._digest.update(data)
        self.offset += len(data)

    def finish(self) -> None:
        """Error: `hash-mismatch` where the bytes are fewer or others than announced."""
        if self.offset != self.size:
            raise WireError(
                "hash-mismatch", f"Only {self.offset} of {self.size} bytes came. Send the rest, then commit."
            )
        if self._digest.hexdigest() != self.sha256:
            raise WireError(
                "hash-mismatch", "The bytes that came are not those announced. Send the file again."
            )
