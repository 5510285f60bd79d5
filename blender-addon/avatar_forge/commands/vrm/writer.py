# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own writer of VRM 1.0: Blender's glTF export, then the VRM extensions put into it.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm-1.0
"""

from __future__ import annotations

from functools import partial
from typing import Any

import bpy

from .. import materials
from . import expressions, first_person, gltf, images, layout, lookat, mtoon, springs
from .annotation import Annotation
from .figure import Figure
from .glb import Glb
from .names import Names
from .staging import staged


def write(figure: Figure, annotation: Annotation, meta: dict[str, Any], notes: list[str]) -> Glb:
    """The figure as a VRM 1.0 in memory; what a user should know is added to `notes`.

    Errors: those of gltf.export, staging and the parts of the extension.
    """
    with staged(figure, notes):
        glb = gltf.export()
    glb.list("scenes")[glb.json.get("scene", 0)]["name"] = meta["name"]
    names = Names(glb)
    apply_mtoon(glb)
    vrm = _vrm(figure, annotation, names)
    glb.add_extension("VRMC_vrm", {"specVersion": "1.0", "meta": meta, **vrm})
    spring_bone = springs.build(annotation, names, glb, figure.parents, figure.lengths)
    if spring_bone:
        glb.add_extension("VRMC_springBone", spring_bone)
    _layout(glb, vrm, notes)
    return glb


def _vrm(figure: Figure, annotation: Annotation, names: Names) -> dict[str, Any]:
    vrm: dict[str, Any] = {
        "humanoid": {
            "humanBones": {
                human: {"node": names.bone(bone, human)} for human, bone in annotation.humanoid.items()
            }
        },
        "firstPerson": first_person.build(annotation.first_person, names),
    }
    if annotation.expressions:
        vrm["expressions"] = expressions.build(annotation.expressions, names)
    if annotation.look_at is not None:
        vrm["lookAt"] = lookat.build(annotation.look_at, figure.axes(annotation.humanoid["head"]))
    return vrm


def apply_mtoon(glb: Glb) -> None:
    """Gives every material with an MToon annotation its extension. Errors: those of mtoon.apply."""
    for index, exported in enumerate(glb.list("materials")):
        material = bpy.data.materials.get(exported.get("name", ""))
        if material is not None and materials.MTOON_PROPERTY in material:
            glows = materials.principled_of(material) is not None
            mtoon.apply(glb, index, partial(materials.read_mtoon, material), glows, images.read)


def _layout(glb: Glb, vrm: dict[str, Any], notes: list[str]) -> None:
    bound = {
        (bind["node"], bind["index"])
        for table in vrm.get("expressions", {}).values()
        for expression in table.values()
        for bind in expression.get("morphTargetBinds", ())
    }
    reset = layout.rest_morphs(glb, bound)
    if reset:
        notes.append(f"Shape keys of expressions that were not 0 start at 0 in the file: {', '.join(reset)}.")
    if any(node.get("name") == "neutral_bone" for node in glb.list("nodes")):
        notes.append(
            "Some vertices have no weight: Blender's exporter tied them to a bone of its own, neutral_bone."
        )
    layout.drop_unit_scales(glb)
    layout.lift_skinned_nodes(glb)
    layout.make_morphs_sparse(glb)
