# SPDX-License-Identifier: GPL-3.0-or-later
"""What both readers of VRM need to know of a file that was brought in."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
from mathutils import Matrix, Vector

from ..vrm.glb import NEAREST, WRAPS, Glb
from .prepare import local, parents


@dataclass
class Source:
    """A file, and what its parts are called in Blender now. `meshes`: node → (object, index of the mesh)."""

    glb: Glb
    armature: bpy.types.Object
    bones: Mapping[int, str]
    meshes: Mapping[int, tuple[str, int]]
    materials: Mapping[int, str]
    image_names: Mapping[int, str]
    keys: list[list[str]]
    notes: list[str]
    images: dict[int, bpy.types.Image] = field(default_factory=dict)

    def bone(self, node: Any) -> str | None:
        return self.bones.get(node) if isinstance(node, int) else None

    def on_bone(self, node: int) -> tuple[str, Matrix] | None:
        """The bone that a node is, or hangs from; and where it is on it, in the bone's space."""
        nodes = self.glb.list("nodes")
        above, way = parents(nodes), Matrix()
        while node not in self.bones:
            if node not in above:
                return None
            way = local(nodes[node]) @ way
            node = above[node]
        return self.bones[node], way

    def mesh(self, node: Any) -> str | None:
        return self.meshes[node][0] if node in self.meshes else None

    def key(self, node: Any, index: Any) -> tuple[str, str] | None:
        """(mesh object, shape key) of a morph target, where there is one."""
        name, mesh = self.meshes.get(node, (None, 0))
        keys = self.keys[mesh] if name is not None else []
        return (name, keys[index]) if isinstance(index, int) and 0 <= index < len(keys) else None

    def world(self, bone: str, vector: Any) -> list[float]:
        """A vector in a bone's own space in Blender's world axes."""
        turned = self.armature.data.bones[bone].matrix_local.to_3x3() @ Vector(vector)
        return [round(part, 6) for part in turned]

    def texture(self, info: Any, srgb: bool = True) -> dict[str, Any] | None:
        """A glTF texture as the annotation has it: by its image's name, with its place on the UV map."""
        textures = self.glb.list("textures")
        if not isinstance(info, dict) or not 0 <= info.get("index", -1) < len(textures):
            return None
        image = self._image(textures[info["index"]].get("source"), srgb)
        if image is None:
            return None
        moved = info.get("extensions", {}).get("KHR_texture_transform", {})
        found: dict[str, Any] = {"image": image}
        if info.get("texCoord"):
            found["texCoord"] = info["texCoord"]
        if moved.get("offset") or moved.get("scale"):
            found["offset"] = list(moved.get("offset", (0.0, 0.0)))
            found["tiling"] = list(moved.get("scale", (1.0, 1.0)))
        return {**found, **self._sampler(textures[info["index"]].get("sampler"))}

    def _sampler(self, index: Any) -> dict[str, Any]:
        """What of a sampler is not as usual."""
        samplers = self.glb.list("samplers")
        if not isinstance(index, int) or not 0 <= index < len(samplers):
            return {}
        names = {code: name for name, code in WRAPS.items()}
        wrap = [names.get(samplers[index].get(axis), "repeat") for axis in ("wrapS", "wrapT")]
        found: dict[str, Any] = {} if wrap == ["repeat", "repeat"] else {"wrap": wrap}
        return {**found, "filter": "nearest"} if samplers[index].get("magFilter") == NEAREST else found

    def _image(self, index: Any, srgb: bool) -> str | None:
        """The name of an image, packed into this .blend; loaded where the importer did not need it."""
        images = self.glb.list("images")
        if not isinstance(index, int) or not 0 <= index < len(images) or "bufferView" not in images[index]:
            return None
        if index not in self.images:
            with tempfile.TemporaryDirectory(prefix="avatar-forge-") as folder:
                path = Path(folder) / "image"
                path.write_bytes(self.glb.views[images[index]["bufferView"]])
                image = bpy.data.images.load(str(path))
                image.pack()
            rename(image, bpy.data.images, self.image_names[index])
            image.colorspace_settings.name = "sRGB" if srgb else "Non-Color"
            self.images[index] = image
        return self.images[index].name


def rename(item: bpy.types.ID, among: bpy.types.bpy_prop_collection, wanted: str) -> None:
    """Blender would take a name from the one that has it."""
    name, number = wanted, 1
    while name in among:
        name, number = f"{wanted}.{number:03}", number + 1
    item.name = name
