# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of protocol 2 (docs/protocol.md section 3): u32 length, u8 kind, payload."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from . import jsontext
from .errors import WireError, violation

MAX_LENGTH = 67_108_865
"""Most bytes that may follow the length: the kind and 64 MiB."""
UNAUTHENTICATED_LENGTH = 4096
MAX_CHUNK = 1_048_576

_JSON, _CHUNK = 1, 2
_HEAD = struct.Struct(">IB")
_CHUNK_HEAD = struct.Struct(">IQ")


@dataclass(frozen=True)
class Message:
    """Kind 1."""

    value: dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Kind 2: bytes of a stream, from `offset` on."""

    stream: int
    offset: int
    data: bytes


def encode_message(value: dict[str, Any]) -> bytes:
    """A whole frame. Errors: `too-large` beyond 64 MiB, `internal` for what is not JSON."""
    payload = jsontext.encode(value)
    if len(payload) + 1 > MAX_LENGTH:
        raise WireError(
            "too-large",
            f"The message has {len(payload)} bytes, more than 64 MiB. Ask for less, or for a file.",
        )
    return _HEAD.pack(len(payload) + 1, _JSON) + payload


def encode_chunk_head(stream: int, offset: int, size: int) -> bytes:
    """What goes before `size` bytes (1 … MAX_CHUNK) of a stream."""
    return _HEAD.pack(1 + _CHUNK_HEAD.size + size, _CHUNK) + _CHUNK_HEAD.pack(stream, offset)


class FrameDecoder:
    """Finds frames in bytes cut anywhere. `limit` (most bytes after the length) may be raised at any time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Message | Chunk | None:
        """The next whole frame, or None. Error: `protocol-violation`, as soon as the bytes that break it
        are here.
        """
        if len(self._buffer) < 4:
            return None
        length = int.from_bytes(self._buffer[:4], "big")
        if not 1 <= length <= self.limit:
            raise violation(f"A frame says it has {length} bytes; 1 to {self.limit} are allowed.")
        if len(self._buffer) < _HEAD.size:
            return None
        kind = self._buffer[4]
        self._check_head(kind, length)
        end = 4 + length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            frame = _read(kind, view[_HEAD.size : end])
        del self._buffer[:end]
        return frame

    @staticmethod
    def _check_head(kind: int, length: int) -> None:
        if kind not in (_JSON, _CHUNK):
            raise violation(f"Unknown kind of frame: {kind}.")
        if kind == _CHUNK and not 1 <= length - 1 - _CHUNK_HEAD.size <= MAX_CHUNK:
            raise violation(f"A frame of stream bytes must hold 1 to {MAX_CHUNK} of them.")


def _read(kind: int, payload: memoryview) -> Message | Chunk:
    with payload:
        if kind == _CHUNK:
            stream, offset = _CHUNK_HEAD.unpack_from(payload)
            return Chunk(stream, offset, bytes(payload[_CHUNK_HEAD.size :]))
        try:
            return Message(jsontext.decode_object(payload))
        except ValueError as error:
            raise violation(f"A message is not a JSON object: {error}.") from None
