# SPDX-License-Identifier: GPL-3.0-or-later
"""avatar_scaffold: a humanoid ready for VRM, in one call."""

from __future__ import annotations

from typing import Any

import bpy

from .avatar import palette as colours
from .avatar.assemble import assemble
from .avatar.ears import SHAPES
from .avatar.expressions import PRESETS
from .avatar.figure import Figure
from .context import Context
from .diff import journal
from .params import Params

NAME = "avatar_scaffold"
CHANGES = True


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{name?, palette?, height?, hair_length?, ears?}
    → {armature, meshes[], triangles, materials[], bones, expressions[], diff}.

    `palette` may have any of the colours of avatar/palette.py; `height` in metres, 1.2 to 1.9; `hair_length`
    0 (nape) to 1 (waist); `ears` pointed or round. The figure stands at the world's origin in a T-pose,
    faces -Y, and is annotated for vrm_export. Error: bad-params.
    """
    checked = Params(params)
    name = checked.name("name", "Avatar")
    palette = colours.palette(Params(checked.raw("palette", {}), checked.where("palette")))
    figure = Figure(checked.number("height", 1.5, 1.2, 1.9))
    hair_length = checked.number("hair_length", 1.0, 0, 1)
    ears = checked.text("ears", "pointed", SHAPES)
    checked.done()
    context.check_cancelled()
    context.progress(None, "Shaping the figure")
    scene = bpy.context.scene
    journal.update(scene)
    made = assemble(name, figure, palette, hair_length, ears)
    return {
        "armature": made.armature.name,
        "meshes": [obj.name for obj in made.meshes.values()],
        "triangles": made.triangles,
        "materials": made.materials,
        "bones": len(made.armature.data.bones),
        "expressions": list(PRESETS),
        "diff": journal.update(scene),
    }
