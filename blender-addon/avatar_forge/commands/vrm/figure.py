# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure in the scene: its armature, its meshes, its bones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import bpy

from ..errors import CommandError
from . import annotation as annotations
from . import bone_names
from .annotation import Annotation, Expression, Morph


@dataclass(frozen=True)
class Figure:
    armature: bpy.types.Object
    meshes: tuple[bpy.types.Object, ...]
    notes: tuple[str, ...]

    @property
    def annotated(self) -> bool:
        return annotations.PROPERTY in self.armature

    @property
    def parents(self) -> Mapping[str, str | None]:
        """Each bone → its parent's name, None for a root."""
        return {bone.name: bone.parent.name if bone.parent else None for bone in self.armature.data.bones}

    @property
    def lengths(self) -> Mapping[str, float]:
        """Each bone → its length in the armature's own space."""
        return {bone.name: bone.length for bone in self.armature.data.bones}

    def axes(self, bone: str) -> list[list[float]]:
        """The bone's x, y and z axes at rest as unit vectors in Blender's world."""
        turned = (
            (self.armature.matrix_world @ self.armature.data.bones[bone].matrix_local).to_3x3().normalized()
        )
        return [list(column) for column in turned.transposed()]


def find(name: str | None) -> Figure:
    """The armature to export and what belongs to it.

    Errors: no-armature, several-armatures, armature-not-found, no-meshes.
    """
    armature = _find_armature(name)
    belonging = [
        item for item in bpy.context.scene.objects if item.type == "MESH" and belongs(item, armature)
    ]
    hidden = [item.name for item in belonging if not item.visible_get()]
    meshes = tuple(item for item in belonging if item.name not in hidden and item.data.polygons)
    if not any(_skins(item, armature) for item in meshes):
        raise CommandError(
            "no-meshes",
            f"No visible mesh is bound to the armature {armature.name!r}"
            + (f" (hidden: {', '.join(hidden)})." if hidden else "."),
            "Give the meshes an Armature modifier for it (parent them with weights), and show them.",
        )
    notes = []
    if hidden:
        notes.append(f"Hidden and so not exported: {', '.join(hidden)}.")
    scale = armature.matrix_world.to_scale()
    if any(abs(part - 1.0) > 1e-4 for part in scale):
        notes.append(
            f"The armature's scale is {', '.join(f'{part:g}' for part in scale)}: apply it, or readers may "
            "show the wrong size."
        )
    return Figure(armature, tuple(sorted(meshes, key=lambda item: item.name)), tuple(notes))


def read_annotation(figure: Figure, notes: list[str]) -> Annotation:
    """The armature's annotation, or one derived from the names of bones and shape keys, with a note.

    Error: bad-annotation.
    """
    text = figure.armature.get(annotations.PROPERTY)
    expressions = _expressions_by_name(figure.meshes)
    if text is not None:
        found = annotations.parse(text, figure.armature.name)
        if "expressions" in annotations.raw(figure.armature) or not expressions:
            return found
        notes.append(f"{len(expressions)} expressions were recognised by their names.")
        return replace(found, expressions=expressions)
    humanoid = bone_names.guess(bone.name for bone in figure.armature.data.bones)
    notes.append(
        f"The armature has no {annotations.PROPERTY}: {len(humanoid)} bones and {len(expressions)} "
        "expressions were recognised by their names."
    )
    return Annotation(humanoid=humanoid, expressions=expressions)


def skinned(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """Every mesh that the armature bends, hidden ones too."""
    return [item for item in bpy.context.scene.objects if item.type == "MESH" and _skins(item, armature)]


def _find_armature(name: str | None) -> bpy.types.Object:
    armatures = [item for item in bpy.context.scene.objects if item.type == "ARMATURE"]
    names = ", ".join(item.name for item in armatures)
    if name is not None:
        for item in armatures:
            if item.name == name:
                return item
        raise CommandError(
            "armature-not-found",
            f"There is no armature object {name!r} in the scene.",
            f"There is: {names or 'none'}.",
        )
    if not armatures:
        raise CommandError(
            "no-armature",
            "The scene has no armature, so there is no figure to export.",
            "Make one with avatar_scaffold, or rig the character.",
        )
    annotated = [item for item in armatures if annotations.PROPERTY in item]
    candidates = annotated or armatures
    if len(candidates) > 1:
        raise CommandError(
            "several-armatures",
            f"The scene has several armatures: {names}.",
            "Say which in the parameter armature.",
        )
    return candidates[0]


def _skins(item: bpy.types.Object, armature: bpy.types.Object) -> bool:
    return any(modifier.type == "ARMATURE" and modifier.object == armature for modifier in item.modifiers)


def belongs(item: bpy.types.Object, armature: bpy.types.Object) -> bool:
    """Skinned by the armature, or hanging from it: a sword in the hand."""
    if _skins(item, armature):
        return True
    parent = item.parent
    while parent is not None and parent != armature:
        parent = parent.parent
    return parent is not None


def _expressions_by_name(meshes: tuple[bpy.types.Object, ...]) -> tuple[Expression, ...]:
    presets = {preset.lower(): preset for preset in annotations.PRESETS}
    morphs: dict[str, list[Morph]] = {}
    for item in meshes:
        for key in item.data.shape_keys.key_blocks[1:] if item.data.shape_keys else ():
            preset = presets.get(key.name.lower())
            if preset is not None and not key.mute:
                morphs.setdefault(preset, []).append(Morph(item.name, key.name, 1.0))
    return tuple(Expression(preset, morphs=tuple(found)) for preset, found in morphs.items())
