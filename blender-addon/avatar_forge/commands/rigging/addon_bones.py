# SPDX-License-Identifier: GPL-3.0-or-later
"""The VRM add-on's own opinion on which bone is which, beside ours.

https://vrm-addon-for-blender.info/en-us/scripting-api/
"""

from __future__ import annotations

import bpy

from ..vrm import humanoid
from ..vrm.vrm_addon_data import snake
from .structure import Assignment

AGREED, DISPUTED = 0.99, 0.6


def assign_by_addon(armature: bpy.types.Object, found: Assignment) -> None:
    """Runs the add-on's assignment, which then counts; bones both see alike are sure, others doubtful."""
    bpy.ops.vrm.assign_vrm1_humanoid_human_bones_automatically(armature_object_name=armature.name)
    human_bones = armature.data.vrm_addon_extension.vrm1.humanoid.human_bones
    disputed = []
    for human in humanoid.BONES:
        bone = getattr(human_bones, snake(human)).node.bone_name
        if not bone or bone not in armature.data.bones:
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
