# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of a Blender image, ready to be embedded: its own PNG or JPEG, else a PNG made here."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from ..errors import CommandError
from ..pictures import png

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


def read(name: str, user: str, srgb: bool) -> tuple[bytes, str]:
    """(bytes, MIME type) of an image by its name.

    srgb   whether the place it goes to expects sRGB; matters for float images, others are stored as they are
    Errors: image-not-found, image-empty.
    """
    image = bpy.data.images.get(name)
    if image is None:
        raise CommandError(
            "image-not-found",
            f"{user} refers to the image {name!r}, which this file does not have.",
            "Correct the name.",
        )
    if not image.is_dirty:
        stored = _stored(image)
        if stored.startswith(_PNG):
            return stored, "image/png"
        if stored.startswith(_JPEG):
            return stored, "image/jpeg"
    return _painted(image, user, srgb), "image/png"


def _stored(image: bpy.types.Image) -> bytes:
    if image.packed_file is not None:
        return bytes(image.packed_file.data)
    if image.source == "FILE" and image.filepath:
        path = Path(bpy.path.abspath(image.filepath, library=image.library))
        if path.is_file():
            return path.read_bytes()
    return b""


def _painted(image: bpy.types.Image, user: str, srgb: bool) -> bytes:
    width, height = image.size
    if not width or not height:
        raise CommandError(
            "image-empty",
            f"The image {image.name!r} of {user} has no pixels: its file is missing or unreadable.",
            "Load it again, or pack it into the .blend.",
        )
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    pixels = values.reshape(height, width, 4)[::-1]  # Blender's rows start at the bottom
    if image.is_float and srgb:
        colour = pixels[..., :3]
        pixels = np.concatenate([_to_srgb(colour), pixels[..., 3:]], axis=2)
    rounded = (np.clip(pixels, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return png.encode(rounded[..., :3] if (rounded[..., 3] == 255).all() else rounded)


def _to_srgb(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0) ** (1 / 2.4) - 0.055)
