# SPDX-License-Identifier: GPL-3.0-or-later
"""The VRM add-on's own opinion on which bone is which, beside ours.

https://vrm-addon-for-blender.info/en-us/scripting-api/
"""

from __future__ import annotations

import bpy

from ..errors import CommandError
from ..vrm import humanoid
from ..vrm.vrm_addon_data import snake
from .structure import Assignment

AGREED, DISPUTED = 0.99, 0.6


def assign_by_addon(armature: bpy.types.Object, found: Assignment, needed: bool) -> None:
    """The add-on's assignment counts; bones both see alike are sure, others doubtful. Where it makes none, a
    note says so, or where it is `needed` the error vrm-addon-refused. Its own data stays as it is.
    """
    try:
        bones = _asked(armature)
    except RuntimeError as error:
        if needed:
            raise CommandError(
                "vrm-addon-refused",
                f"The VRM add-on did not assign the bones: {error}",
                "Mend what it names, or say by 'own'.",
            ) from error
        found.notes.append(f"The VRM add-on did not assign the bones, they are by structure: {error}")
        return
    disputed = []
    for human, bone in bones.items():
        if bone not in armature.data.bones:
            continue
        own = found.bones.get(human)
        if own == bone:
            found.confidence[human] = AGREED
            continue
        if own is not None:
            disputed.append(f"{human}: {bone} (by structure {own})")
        for other in [h for h, b in found.bones.items() if b == bone]:
            del found.bones[other]
        found.put(human, bone, DISPUTED)
    found.notes.append("Bones are as the VRM add-on assigned them.")
    if disputed:
        found.notes.append(f"It differs from the structure in {', '.join(disputed[:8])}.")


def _asked(armature: bpy.types.Object) -> dict[str, str]:
    """What the add-on assigns. Its operator writes into its data, which is put back: a dry run and an error
    change nothing, and the annotation is what says which bone is which. Error: RuntimeError.
    """
    human_bones = armature.data.vrm_addon_extension.vrm1.humanoid.human_bones
    nodes = {human: getattr(human_bones, snake(human)).node for human in humanoid.BONES}
    before = {human: node.bone_name for human, node in nodes.items()}
    try:
        done = bpy.ops.vrm.assign_vrm1_humanoid_human_bones_automatically(armature_object_name=armature.name)
        if "FINISHED" not in done:
            raise RuntimeError("it gave no reason")
        return {human: node.bone_name for human, node in nodes.items() if node.bone_name}
    finally:
        for human, node in nodes.items():
            if node.bone_name != before[human]:
                node.bone_name = before[human]
