# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws pieces with the `gpu` module: at twice the size, then shrunk, so that edges are smooth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import gpu
import numpy as np
from mathutils import Matrix

from ..materials import Surface, surface_of
from . import toon_shader
from .framing import View
from .gather import Piece

BACKDROP_LOW = (0.80, 0.83, 0.88, 1.0)
BACKDROP_HIGH = (0.93, 0.94, 0.965, 1.0)
# From the camera: a little from the right, above and in front, so that a face has its shadow on one side.
LIGHT = (0.42, 0.5, 0.76)
OVERSAMPLING = 2


_warm = False


def is_warm() -> bool:
    """Whether a picture was drawn before: the first one has the graphics brought up and shaders compiled."""
    return _warm


@dataclass(frozen=True)
class _Part:
    batch: gpu.types.GPUBatch
    surface: Surface
    images: dict[str, gpu.types.GPUTexture]


class Studio:
    """Holds pieces on the graphics card while pictures of them are drawn from several sides."""

    def __init__(self, pieces: list[Piece], shadow: bool) -> None:
        self._corners = _batch("TRIS", {"corner": np.array([[-1, -1], [3, -1], [-1, 3]], np.float32)})
        self._square = _batch(
            "TRI_STRIP", {"corner": np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)}
        )
        self._parts = [_part(piece) for piece in pieces]
        self._parts.sort(key=lambda part: part.surface.alpha_mode == "blend")
        self._shadow = _footprint(pieces) if shadow else None

    def draw(self, view: View, width: int, height: int) -> np.ndarray:
        """A picture of (height, width, 3), uint8, first row on top."""
        big = gpu.types.GPUOffScreen(width * OVERSAMPLING, height * OVERSAMPLING, format="RGBA8")
        small = gpu.types.GPUOffScreen(width, height, format="RGBA8")
        try:
            with big.bind():
                gpu.state.active_framebuffer_get().clear(color=(0, 0, 0, 0), depth=1.0)
                self._draw_shadow(view)
                self._draw_figure(view)
            with small.bind():
                _state("NONE", False, False)
                shader = toon_shader.compose()
                shader.bind()
                shader.uniform_sampler("big", big.texture_color)
                shader.uniform_float("low", BACKDROP_LOW)
                shader.uniform_float("high", BACKDROP_HIGH)
                self._corners.draw(shader)
                buffer = gpu.state.active_framebuffer_get().read_color(0, 0, width, height, 4, 0, "UBYTE")
        finally:
            _state("NONE", False, False)
            big.free()
            small.free()
        buffer.dimensions = width * height * 4
        global _warm
        _warm = True
        return np.frombuffer(buffer, np.uint8).reshape(height, width, 4)[::-1, :, :3].copy()

    def _draw_shadow(self, view: View) -> None:
        if self._shadow is None:
            return
        _state("NONE", False, True)
        shader = toon_shader.ground()
        shader.bind()
        shader.uniform_float("view_projection", Matrix(view.projection @ view.view))
        shader.uniform_float("middle", self._shadow)
        self._square.draw(shader)

    def _draw_figure(self, view: View) -> None:
        for part in self._parts:
            surface = part.surface
            blends = surface.alpha_mode == "blend"
            block = gpu.types.GPUUniformBuf(_look(view, surface))
            if _outline_width(surface) > 0 and not blends:
                _state("FRONT", True, False)
                self._draw_part(part, "outline", block)
            _state("NONE" if surface.double_sided else "BACK", not blends, blends)
            self._draw_part(part, "principled" if surface.mtoon is None else "mtoon", block)

    def _draw_part(self, part: _Part, kind: str, block: gpu.types.GPUUniformBuf) -> None:
        # The texture of an opaque part has no say in where its outline is.
        outlined = () if part.surface.alpha_mode == "opaque" else ("base_image",)
        used = {"outline": outlined, "principled": ("base_image",), "mtoon": tuple(part.images)}[kind]
        shader = toon_shader.figure(kind, frozenset(name for name in used if name in part.images))
        shader.bind()
        shader.uniform_block("look", block)
        shader.uniform_float("hull", float(kind == "outline"))
        for name in used:
            if name in part.images:
                shader.uniform_sampler(name, part.images[name])
        part.batch.draw(shader)


def _state(culling: str, depth: bool, blend: bool) -> None:
    """Depth is tested for all that is in the scene (blended parts do not write it), not for backdrops."""
    gpu.state.face_culling_set(culling)
    gpu.state.depth_test_set("LESS_EQUAL" if depth or blend else "NONE")
    gpu.state.depth_mask_set(depth)
    gpu.state.blend_set("ALPHA" if blend else "NONE")


def _batch(kind: str, columns: dict[str, np.ndarray]) -> gpu.types.GPUBatch:
    layout = gpu.types.GPUVertFormat()
    for name, values in columns.items():
        layout.attr_add(id=name, comp_type="F32", len=values.shape[1], fetch_mode="FLOAT")
    buffer = gpu.types.GPUVertBuf(layout, len(next(iter(columns.values()))))
    for name, values in columns.items():
        buffer.attr_fill(name, values)
    return gpu.types.GPUBatch(type=kind, buf=buffer)


def _part(piece: Piece) -> _Part:
    surface = surface_of(piece.material)
    mtoon = surface.mtoon or {}
    columns = {
        "position": piece.positions,
        "normal": piece.normals,
        "smooth_normal": piece.smooth * _outline_share(mtoon, piece.uvs),
        "uv": piece.uvs,
    }
    shade = _named_image(mtoon.get("shadeMultiplyTexture"))
    images = {
        "base_image": _texture(surface.image),
        "shade_image": _texture(shade) if shade != surface.image else None,
        "matcap_image": _texture(_named_image(mtoon.get("matcapTexture"))),
    }
    found = {name: texture for name, texture in images.items() if texture is not None}
    return _Part(_batch("TRIS", columns), surface, found)


def _named_image(reference: Any) -> bpy.types.Image | None:
    return bpy.data.images.get(str(reference.get("image"))) if isinstance(reference, dict) else None


def _texture(image: bpy.types.Image | None) -> gpu.types.GPUTexture | None:
    if image is None or image.size[0] == 0:  # the latter is a file that is not there any more
        return None
    try:
        return gpu.texture.from_image(image)
    except RuntimeError:
        return None


def _outline_share(mtoon: dict[str, Any], uvs: np.ndarray) -> np.ndarray:
    """(n, 1): what the texture of widths, its green, makes of the outline at each vertex."""
    image = _named_image(mtoon.get("outlineWidthMultiplyTexture"))
    if image is None or image.size[0] == 0:
        return np.ones((len(uvs), 1), np.float32)
    width, height = image.size
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    column, row = (np.floor(uvs % 1 * [width, height]).astype(int) % [width, height]).T
    return pixels.reshape(height, width, image.channels)[row, column, min(1, image.channels - 1)][:, None]


def _outline_width(surface: Surface) -> float:
    mtoon = surface.mtoon or {}
    return (
        float(mtoon.get("outlineWidthFactor", 0)) if mtoon.get("outlineWidthMode", "none") != "none" else 0.0
    )


def _look(view: View, surface: Surface) -> gpu.types.Buffer:
    """The uniform block of toon_shader.LOOK."""
    mtoon = surface.mtoon or {}

    def color(member: str, default: float) -> list[float]:
        value = mtoon.get(member)
        return [float(c) for c in value[:3]] if isinstance(value, list) and len(value) >= 3 else [default] * 3

    right, up, back = view.axes
    light = LIGHT[0] * right + LIGHT[1] * up + LIGHT[2] * back
    cutoff = {"mask": 0.5, "blend": 0.004}.get(surface.alpha_mode, -1.0)
    has_matcap = isinstance(mtoon.get("matcapTexture"), dict)
    rows = [
        *(view.projection @ view.view).T,
        [*view.eye, 0],
        [*right, 0],
        [*up, 0],
        [*(light / np.linalg.norm(light)), float(mtoon.get("shadingToonyFactor", 0.9))],
        [*surface.base_color, surface.alpha],
        [*color("shadeColorFactor", 0.0), float(mtoon.get("shadingShiftFactor", 0.0))],
        [*color("parametricRimColorFactor", 0.0), float(mtoon.get("parametricRimFresnelPowerFactor", 5.0))],
        [*(color("matcapFactor", 1.0) if has_matcap else [0.0] * 3), 0],
        [*surface.emission, cutoff],
        [*color("outlineColorFactor", 0.0), _outline_width(surface)],
        [
            surface.metallic,
            surface.roughness,
            float(surface.mtoon is not None),
            float(surface.alpha_mode == "blend"),
        ],
    ]
    values = [float(value) for row in rows for value in row]
    return gpu.types.Buffer("FLOAT", toon_shader.LOOK_FLOATS, values)


def _footprint(pieces: list[Piece]) -> tuple[float, float, float, float] | None:
    """Middle and radius of the soft shadow under what touches the ground: the lowest eighth of everything."""
    if not pieces:
        return None
    points = np.concatenate([piece.positions for piece in pieces])
    low, high = float(points[:, 2].min()), float(points[:, 2].max())
    foot = points[points[:, 2] <= low + (high - low) / 8]
    middle = (foot.min(axis=0) + foot.max(axis=0)) / 2
    reach = float(np.max(np.linalg.norm(foot[:, :2] - middle[:2], axis=1)))
    return float(middle[0]), float(middle[1]), low, max(reach * 1.7, 1e-3)
