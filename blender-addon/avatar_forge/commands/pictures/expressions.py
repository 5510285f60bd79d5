# SPDX-License-Identifier: GPL-3.0-or-later
"""A figure's expressions worn for a picture, by its annotation, or by the names of its shape keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from ..errors import CommandError
from ..vrm import figure
from ..vrm.annotation import PRESETS, Expression


def expressions_of(who: figure.Figure) -> list[Expression]:
    """What the figure's face can do, presets first. Errors: no-expressions, bad-annotation."""
    found = figure.read_annotation(who, [])
    moving = [expression for expression in found.expressions if expression.morphs]
    if not moving:
        raise CommandError(
            "no-expressions",
            f"The figure {who.armature.name!r} has no expression that moves a shape key.",
            "Give it some with vrm_face.",
        )
    order = {preset: i for i, preset in enumerate(PRESETS)}
    return sorted(moving, key=lambda expression: order.get(expression.name, len(order)))


@contextmanager
def worn(expression: Expression) -> Iterator[None]:
    """Every shape key of the expression's meshes at 0, but its own at their weights; put back at the end."""
    keyed = [
        obj for obj in bpy.context.scene.objects if obj.type == "MESH" and obj.data.shape_keys is not None
    ]
    before = [(key, key.value) for obj in keyed for key in obj.data.shape_keys.key_blocks[1:]]
    try:
        for obj in keyed:
            for key in obj.data.shape_keys.key_blocks[1:]:
                key.value = 0.0
        for morph in expression.morphs:
            obj = bpy.context.scene.objects.get(morph.mesh)
            key = obj.data.shape_keys.key_blocks.get(morph.key) if obj in keyed else None
            if key is None:
                raise CommandError(
                    "shape-key-not-found",
                    f"{expression.name!r} wants the shape key {morph.key!r}, which {morph.mesh!r} lacks.",
                    "Run vrm_face: it binds expressions anew.",
                )
            key.value = morph.weight
        for obj in keyed:
            obj.data.update_tag()
        yield
    finally:
        for key, value in before:
            key.value = value
        for obj in keyed:
            obj.data.update_tag()
