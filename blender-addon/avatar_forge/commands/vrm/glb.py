# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB in memory: its JSON, and its binary chunk as one bytes object for each bufferView.

https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#binary-gltf-layout
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942

NEAREST, LINEAR = 9728, 9729
_MIPMAPS = {NEAREST: 9984, LINEAR: 9987}
WRAPS = {"repeat": 10497, "mirror": 33648, "clamp": 33071}


class Glb:
    def __init__(self, document: dict[str, Any], views: list[bytes]) -> None:
        self.json = document
        self.views = views

    @classmethod
    def parse(cls, data: bytes) -> Glb:
        """Reads a GLB of one buffer. Raises ValueError for anything else."""
        magic, version, length = struct.unpack_from("<III", data)
        if magic != _MAGIC or version != 2 or length != len(data):
            raise ValueError("not a GLB of version 2, or cut short")
        chunks = {}
        position = 12
        while position < length:
            size, kind = struct.unpack_from("<II", data, position)
            chunks[kind] = data[position + 8 : position + 8 + size]
            position += 8 + size
        document = json.loads(chunks[_JSON])
        binary = chunks.get(_BIN, b"")
        views = [
            binary[view.get("byteOffset", 0) : view.get("byteOffset", 0) + view["byteLength"]]
            for view in document.get("bufferViews", [])
        ]
        return cls(document, views)

    def to_bytes(self) -> bytes:
        """The file: bufferViews in order, each on a multiple of four bytes; extensionsUsed as it truly is."""
        binary = bytearray()
        for view, data in zip(self.list("bufferViews"), self.views, strict=True):
            binary += bytes(-len(binary) % 4)
            view.update(buffer=0, byteOffset=len(binary), byteLength=len(data))
            binary += data
        if binary:
            self.json["buffers"] = [{"byteLength": len(binary)}]
        self.json["extensionsUsed"] = sorted(_extensions(self.json))
        document = _shortest(
            {name: value for name, value in self.json.items() if value != [] and value != {}}
        )
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        binary += bytes(-len(binary) % 4)
        length = 12 + 8 + len(text) + (8 + len(binary) if binary else 0)
        parts = [struct.pack("<III", _MAGIC, 2, length), struct.pack("<II", len(text), _JSON), text]
        if binary:
            parts += [struct.pack("<II", len(binary), _BIN), bytes(binary)]
        return b"".join(parts)

    def list(self, name: str) -> list[dict[str, Any]]:
        """A top-level list of the document, made when it is not there yet."""
        items: list[dict[str, Any]] = self.json.setdefault(name, [])
        return items

    def add(self, name: str, item: dict[str, Any]) -> int:
        """Appends to a top-level list; returns the index."""
        self.list(name).append(item)
        return len(self.list(name)) - 1

    def add_view(self, data: bytes) -> int:
        self.views.append(data)
        return self.add("bufferViews", {})

    def add_image(self, name: str, data: bytes, mime: str) -> int:
        """Embeds a picture once: bytes that are there already are used again."""
        for index, image in enumerate(self.list("images")):
            if "bufferView" in image and self.views[image["bufferView"]] == data:
                return index
        return self.add("images", {"bufferView": self.add_view(data), "mimeType": mime, "name": name})

    def add_texture(
        self, image: int, wrap: Sequence[str] = ("repeat", "repeat"), nearest: bool = False
    ) -> int:
        """A texture of an image, with mipmaps; used again where there is one.

        wrap   of WRAPS, across and up: what is beyond the picture's edges
        """
        filtered = NEAREST if nearest else LINEAR
        sampler = {"magFilter": filtered, "minFilter": _MIPMAPS[filtered]}
        if tuple(wrap) != ("repeat", "repeat"):
            sampler.update(wrapS=WRAPS[wrap[0]], wrapT=WRAPS[wrap[1]])
        samplers = self.list("samplers")
        sampler_index = samplers.index(sampler) if sampler in samplers else self.add("samplers", sampler)
        texture = {"sampler": sampler_index, "source": image}
        textures = self.list("textures")
        return textures.index(texture) if texture in textures else self.add("textures", texture)

    def add_extension(self, name: str, value: dict[str, Any]) -> None:
        """A top-level extension."""
        self.json.setdefault("extensions", {})[name] = value

    def add_thumbnail(self, picture: bytes) -> None:
        """Puts a PNG into the meta of the VRM extension: an image in 1.0, a texture in 0.x."""
        image = self.add_image("Thumbnail", picture, "image/png")
        extensions = self.json["extensions"]
        if "VRMC_vrm" in extensions:
            extensions["VRMC_vrm"]["meta"]["thumbnailImage"] = image
        else:
            extensions["VRM"]["meta"]["texture"] = self.add_texture(image)


def _shortest(value: Any) -> Any:
    """Each float as the shortest text of the same 32-bit float: 0.3, not 0.30000001192092896."""
    if isinstance(value, float):
        return float(str(np.float32(value)))
    if isinstance(value, dict):
        return {name: _shortest(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shortest(item) for item in value]
    return value


def _extensions(value: Any) -> set[str]:
    """Names of the extensions used anywhere in a glTF value."""
    if isinstance(value, dict):
        found = set(value["extensions"]) if isinstance(value.get("extensions"), dict) else set()
        return found.union(*(_extensions(item) for name, item in value.items() if name != "extras"))
    if isinstance(value, list):
        return set().union(*map(_extensions, value))
    return set()
