# SPDX-License-Identifier: GPL-3.0-or-later
"""`VRMC_vrm.lookAt`: how the eyes follow a point.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/lookAt.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .annotation import RANGE_MAPS, LookAt


def build(look_at: LookAt, head_axes: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The `lookAt` member.

    head_axes   the head bone's x, y and z axes at rest, unit vectors in Blender's world: the annotation has
                the offset in world axes, the file in the head's own space.
    """
    result: dict[str, Any] = {"type": look_at.type}
    if look_at.offset is not None:
        result["offsetFromHeadBone"] = [
            round(sum(part * along for part, along in zip(look_at.offset, axis, strict=True)), 6)
            for axis in head_axes
        ]
    for name, (input_max, output) in range_maps(look_at).items():
        result[name] = {"inputMaxValue": input_max, "outputScale": output}
    return result


def range_maps(look_at: LookAt) -> dict[str, tuple[float, float]]:
    """All four maps as (inputMaxValue, outputScale); by default to 10 degrees, or to a weight of 1."""
    default = (90.0, 10.0) if look_at.type == "bone" else (90.0, 1.0)
    return {name: look_at.maps.get(name, default) for name in RANGE_MAPS}
