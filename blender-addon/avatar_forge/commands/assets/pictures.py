# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files as images that live in the .blend."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..errors import CommandError

NON_COLOR = "Non-Color"


def load_packed(path: Path, name: str, color: bool = True) -> bpy.types.Image:
    """The picture, packed: its file is not needed any more.

    color  False: its numbers are data (normals, roughness), which no colour space may bend. A float image is
           linear by itself.
    Error: asset-unreadable.
    """
    image = None
    try:
        image = bpy.data.images.load(str(path))
        if not color:
            image.colorspace_settings.name = NON_COLOR
        if min(image.size) < 1:
            raise RuntimeError("it has no pixels")
        image.pack()
    except RuntimeError as error:
        if image is not None:
            bpy.data.images.remove(image)
        raise CommandError(
            "asset-unreadable",
            f"Blender cannot read the picture for {name}: {error}",
            "Choose another resolution.",
        ) from error
    image.name = name
    image.filepath_raw = f"//textures/{name}{path.suffix}"  # where unpacking would put it
    return image
