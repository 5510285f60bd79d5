# SPDX-License-Identifier: GPL-3.0-or-later
"""`VRMC_vrm.expressions`: what a face can do, as morph targets, colours and UV offsets.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/expressions.md
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .annotation import PRESETS, Expression
from .names import Names


def build(expressions: Iterable[Expression], names: Names) -> dict[str, Any]:
    """The `expressions` member. Errors: mesh-not-found, shape-key-not-found, material-not-found."""
    built: dict[str, dict[str, Any]] = {"preset": {}, "custom": {}}
    for expression in expressions:
        kind = "preset" if expression.name in PRESETS else "custom"
        built[kind][expression.name] = _expression(expression, names)
    return {kind: table for kind, table in built.items() if table}


def _expression(expression: Expression, names: Names) -> dict[str, Any]:
    user = f"The expression {expression.name!r}"
    result: dict[str, Any] = {
        "isBinary": expression.is_binary,
        "overrideBlink": expression.override_blink,
        "overrideLookAt": expression.override_look_at,
        "overrideMouth": expression.override_mouth,
    }
    morphs = [(*names.morph(morph.mesh, morph.key, user), morph.weight) for morph in expression.morphs]
    colors = [(index, bind) for bind in expression.colors for index in names.materials(bind.material, user)]
    uv = [(index, bind) for bind in expression.uv for index in names.materials(bind.material, user)]
    if morphs:
        result["morphTargetBinds"] = [
            {"node": node, "index": index, "weight": weight} for node, index, weight in morphs
        ]
    if colors:
        result["materialColorBinds"] = [
            {"material": index, "type": bind.type, "targetValue": bind.target} for index, bind in colors
        ]
    if uv:
        result["textureTransformBinds"] = [
            {"material": index, "scale": bind.scale, "offset": bind.offset} for index, bind in uv
        ]
    return result
