# SPDX-License-Identifier: GPL-3.0-or-later
"""avatar_scaffold: a humanoid ready for VRM, in one call."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import bpy

from .avatar import palette as colours
from .avatar.assemble import assemble
from .avatar.build import Build
from .avatar.dress import Design
from .avatar.ears import SHAPES
from .avatar.expressions import PRESETS
from .avatar.figure import Figure
from .avatar.fringes import FRINGES, fringe
from .avatar.haircut import Wearer
from .avatar.haircuts import CUTS
from .avatar.styles import STYLES
from .avatar.wardrobe import DEFAULT, PIECES, bulk, clash, whole
from .context import Context
from .diff import journal
from .params import Params

NAME = "avatar_scaffold"
CHANGES = True

_FEATURES = {"eyes": (0.7, 1.12), "nose": (0.8, 1.8), "jaw": (0.88, 1.12), "mouth": (0.8, 1.3)}


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{name?, style?, height?, heads?, build?, face?, ears?, hair?, hair_length?, fringe?, ahoge?, outfit?,
    palette?}
    → {armature, meshes[], triangles, materials[], bones, expressions[], diff}.

    `style` gives height (metres), heads tall, `build` and `face` (factors of avatar/build.py and
    avatar/features.py) what is not told. `hair` is a cut of avatar/haircuts.py, `hair_length` 0 to 1;
    `outfit` are pieces of avatar/wardrobe.py over shirt and shorts; `palette` may have any of the colours of
    avatar/palette.py. The figure stands at the world's origin in a T-pose, faces -Y, and is annotated for
    vrm_export. Error: bad-params.
    """
    checked = Params(params)
    name = checked.name("name", "Avatar")
    palette = colours.palette(Params(checked.raw("palette", {}), checked.where("palette")))
    figure = _figure(checked)
    pieces = _pieces(checked)
    more = bulk(pieces)
    length = checked.number("hair_length", 1.0, 0, 1)
    wearer = Wearer(length, figure.before(more), figure.behind(more), figure.below)
    cut = CUTS[checked.text("hair", "long", tuple(CUTS))](wearer)
    design = Design(
        figure,
        checked.text("ears", "pointed", SHAPES),
        cut,
        fringe(checked.text("fringe", "full", FRINGES), bool(cut.ties)),
        checked.flag("ahoge", True),
        pieces,
    )
    checked.done()
    context.check_cancelled()
    context.progress(None, "Shaping the figure")
    scene = bpy.context.scene
    journal.update(scene)
    made = assemble(name, design, palette)
    return {
        "armature": made.armature.name,
        "meshes": [obj.name for obj in made.meshes.values()],
        "triangles": made.triangles,
        "materials": made.materials,
        "bones": len(made.armature.data.bones),
        "expressions": list(PRESETS),
        "diff": journal.update(scene),
    }


def _figure(checked: Params) -> Figure:
    """The style's figure, with what was asked for in its place."""
    style = STYLES[checked.text("style", "anime", tuple(STYLES))]
    build = Params(checked.raw("build", {}), checked.where("build"))
    face = Params(checked.raw("face", {}), checked.where("face"))
    figure = Figure(
        checked.number("height", style.height, 0.8, 2.1),
        checked.number("heads", style.heads, 2.8, 7.5),
        replace(
            style.build,
            **{f.name: build.number(f.name, getattr(style.build, f.name), 0.8, 1.25) for f in fields(Build)},
        ),
        replace(
            style.features,
            **{
                name: face.number(name, getattr(style.features, name), low, high)
                for name, (low, high) in _FEATURES.items()
            },
        ),
    )
    build.done()
    face.done()
    return figure


def _pieces(checked: Params) -> frozenset[str]:
    names = checked.texts("outfit", DEFAULT, 0, len(PIECES), tuple(PIECES))
    if both := clash(names):
        raise checked.bad(
            "outfit", f"has {both[0]} and {both[1]}, which go to the same place", "Leave one out."
        )
    return whole(names)
