# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives what is painted on a material another colour, by a new picture for it; shading and alpha stay.

The picture before stays in the file, in a property of the new one, and each further colour is made from it:
so colours do not wear off, and what a black wish swallowed comes back.
"""

from __future__ import annotations

import zlib

import bpy
import numpy as np

from . import tones
from .assets import source
from .materials import TONE_PROPERTY, told_tone
from .params import srgb_to_linear, to_hex

_ORIGINAL, _DIGEST = "avatar_forge_original", "avatar_forge_digest"

Array = np.ndarray
Color = tuple[float, float, float]

_SAMPLES = 20_000
_DECODE = np.array([srgb_to_linear(code / 255) for code in range(256)], np.float32)
_EDGES = np.array([srgb_to_linear((code + 0.5) / 255) for code in range(255)], np.float32)


def repainted(material: bpy.types.Material, image: bpy.types.Image, wish: Color) -> bpy.types.Image | None:
    """A picture like `image` in the colour `wish` (linear) for the faces that have the material.

    None where a factor does the same or nothing else can: light greys made to be multiplied, pixels that are
    not there, tiles and films.
    """
    if not _is_painting(image):
        return None
    codes = _codes(image)
    original = image.get(_ORIGINAL)
    if isinstance(original, bpy.types.Image) and image.get(_DIGEST) == _digest(codes):
        codes = _codes(original)
    else:  # not ours, or somebody painted on it since
        original = image
    if original is not image and image[TONE_PROPERTY] == to_hex(wish):
        return image
    tone = _tone(material, original, codes)
    return _picture(original, _recoloured(codes, tone, _lab(wish)), wish) if tone is not None else None


def painted_tone(material: bpy.types.Material, image: bpy.types.Image) -> Color | None:
    """The colour (linear) that a painting is of; None for light greys and where there are no pixels."""
    tone = _tone(material, image, _codes(image)) if _is_painting(image) else None
    return tuple(tones.to_linear(tone[None])[0].tolist()) if tone is not None else None


def drop(image: bpy.types.Image) -> None:
    """Removes a picture that was made here and that nothing shows any more."""
    if _ORIGINAL in image and image.users == 0:
        bpy.data.images.remove(image)


def _is_painting(image: bpy.types.Image) -> bool:
    return image.source in ("FILE", "GENERATED") and image.size[0] > 0


def _tone(material: bpy.types.Material, image: bpy.types.Image, codes: Array) -> Array | None:
    told = told_tone(image)
    if told is not None:
        return _lab(told)
    seen = tones.from_linear(_DECODE[_seen(material, codes)])
    return None if not len(seen) or tones.is_shading(seen) else tones.tone_of(seen)


def _lab(color: Color) -> Array:
    return tones.from_linear(np.array([color], np.float32))[0]


def _codes(image: bpy.types.Image) -> Array:
    """(height, width, 4) uint8 in sRGB, the bottom row first."""
    width, height = image.size
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    pixels = values.reshape(height, width, 4)
    if image.is_float or image.colorspace_settings.name != "sRGB":
        pixels[..., :3] = np.searchsorted(_EDGES, pixels[..., :3]) / 255
    pixels *= 255
    pixels += 0.5
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _digest(codes: Array) -> str:
    return f"{zlib.crc32(codes):08x}"


def _seen(material: bpy.types.Material, codes: Array) -> Array:
    """(n, 3) codes as the material's faces show them, each as often as there is surface of it."""
    height, width, _ = codes.shape
    corners, areas = [], []
    for mesh, slots in _wearers(material):
        mesh.calc_loop_triangles()
        triangles = mesh.loop_triangles
        loops, area = np.empty(3 * len(triangles), np.int32), np.empty(len(triangles), np.float32)
        slot = np.empty(len(triangles), np.int32)
        triangles.foreach_get("loops", loops)
        triangles.foreach_get("area", area)
        triangles.foreach_get("material_index", slot)
        layer = next(one for one in mesh.uv_layers if one.active_render)
        uv = np.empty(2 * len(mesh.loops), np.float32)
        layer.data.foreach_get("uv", uv)
        chosen = np.isin(slot, slots)
        corners.append(uv.reshape(-1, 2)[loops.reshape(-1, 3)[chosen]])
        areas.append(area[chosen])
    share = np.concatenate(areas) if areas else np.zeros(0)
    if not share.sum() > 0:  # nobody wears it yet
        flat = codes.reshape(-1, 4)
        flat = flat[:: max(1, len(flat) // _SAMPLES)]
    else:
        chance = np.random.default_rng(0)
        which = chance.choice(len(share), _SAMPLES, p=share / share.sum())
        weights = chance.dirichlet((1, 1, 1), _SAMPLES)
        uv = np.einsum("nc,ncd->nd", weights, np.concatenate(corners)[which])
        column, row = (np.floor(uv % 1 * [width, height]).astype(int) % [width, height]).T
        flat = codes[row, column]
    return flat[flat[:, 3] > 127, :3]


def _wearers(material: bpy.types.Material) -> list[tuple[bpy.types.Mesh, list[int]]]:
    """The meshes with UVs that have the material, and in which slots."""
    found = []
    for obj in bpy.data.objects:
        if obj.type == "MESH" and obj.data.uv_layers:
            slots = [i for i, slot in enumerate(obj.material_slots) if slot.material == material]
            if slots:
                found.append((obj.data, slots))
    return found


def _recoloured(codes: Array, tone: Array, wish: Array) -> Array:
    """Each colour is worked out once, however many texels have it."""
    packed = codes[..., 0].astype(np.uint32) << 16 | codes[..., 1].astype(np.uint32) << 8 | codes[..., 2]
    there = np.zeros(1 << 24, bool)
    there[packed] = True
    colors = np.flatnonzero(there)
    rgb = _DECODE[np.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1)]
    new = tones.to_linear(tones.recoloured(tones.from_linear(rgb), tone, wish))
    table = np.zeros((1 << 24, 3), np.uint8)
    table[colors] = np.searchsorted(_EDGES, new.astype(np.float32))
    result = codes.copy()
    result[..., :3] = table[packed]
    return result


def _picture(original: bpy.types.Image, codes: Array, wish: Color) -> bpy.types.Image:
    height, width, _ = codes.shape
    name = f"{original.name[:50]} {to_hex(wish)}"
    image = bpy.data.images.new(name, width, height, alpha=bool((codes[..., 3] < 255).any()))
    image.alpha_mode = original.alpha_mode
    image.pixels.foreach_set((codes.astype(np.float32) / 255).ravel())
    image.update()
    image.pack()
    image[TONE_PROPERTY], image[_DIGEST], image[_ORIGINAL] = to_hex(wish), _digest(codes), original
    if source.PROPERTY in original:
        image[source.PROPERTY] = original[source.PROPERTY]
    return image
