# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG without a clock in it: the same picture is the same bytes, so the same scene is the same export.

https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What decides how the picture looks. Blender's own files also carry dates and render times.
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def encode(pixels: np.ndarray) -> bytes:
    """Rows from the top, shape (height, width, 4), uint8, straight alpha. Opaque pictures are stored without alpha."""
    height, width = pixels.shape[:2]
    opaque = bool((pixels[..., 3] == 255).all())
    channels = pixels[..., :3] if opaque else pixels
    lines = np.zeros((height, 1 + width * channels.shape[2]), np.uint8)  # each line begins with filter type 0
    lines[:, 1:] = channels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if opaque else 6, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def strip(data: bytes) -> bytes:
    """A PNG without the chunks that only comment on it."""
    kept = [SIGNATURE]
    position = len(SIGNATURE)
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if data[position + 4 : position + 8] in _KEPT:
            kept.append(data[position:end])
        position = end
    return b"".join(kept)


def size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
