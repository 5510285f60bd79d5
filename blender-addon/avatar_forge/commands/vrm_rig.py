# SPDX-License-Identifier: GPL-3.0-or-later
"""vrm_rig: makes any rig a VRM humanoid: which bone is which, upright in a T-pose, with clean weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from .context import Context
from .diff import journal
from .params import Params
from .rigging import rest, skin
from .rigging.addon_bones import assign_by_addon
from .rigging.skeleton import Frame, Skeleton, read
from .rigging.structure import Assignment, assign
from .scene import not_found, object_mode
from .vrm import annotation, figure, humanoid, vrm_addon

NAME = "vrm_rig"
CHANGES = True

WAYS = ("auto", "own", "addon")
DOUBTFUL = 0.7


def risky(params: dict[str, Any]) -> bool:
    """It rewrites meshes and bones: a checkpoint is due before."""
    return not params.get("dry_run")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{armature?, bones? {VRM bone: bone or null}, by?, t_pose? = true, weights? = true, dry_run?} → the
    table of docs/commands.md.

    Without dry_run the rig is turned to face -Y, set on the ground, its transforms applied, limbs brought
    into the T-pose as the rest pose, weights cleaned, and the assignment kept in the annotation. Errors:
    not-found, missing-bones and the others of vrm_export's humanoid, vrm-addon-refused, no-armature, several-
    armatures.
    """
    given = Params(params)
    wanted = given.text("armature", None)
    overrides = given.raw("bones", {})
    by = given.text("by", "auto", WAYS)
    to_t_pose = given.flag("t_pose", True)
    clean_weights = given.flag("weights", True)
    dry = given.flag("dry_run", False)
    given.done()
    context.check_cancelled()
    with object_mode():
        armature = figure.find(wanted).armature
        meshes = figure.skinned(armature)
        context.progress(0.1, "Reading the rig")
        skeleton = read(armature, meshes)
        found = _assigned(armature, skeleton, by, given, overrides)
        scene = bpy.context.scene
        journal.update(scene)
        wrong = _out_of_order(armature, skeleton, found.bones)
        result: dict[str, Any] = {}
        if not dry:
            humanoid.check(found.bones, {**_parents(armature), **wrong})
            _reparent(armature, wrong)
        context.progress(0.3, "Standing it up")
        result["stood"] = _stand(armature, meshes, found.frame, dry)
        if to_t_pose:
            result["t_pose_deg"] = _t_pose(armature, meshes, found, dry)
        context.progress(0.7, "Cleaning weights")
        if clean_weights:
            bones = {bone.name for bone in armature.data.bones}
            cleaned = {obj.name: skin.clean(obj, bones, dry) for obj in meshes}
            result["weights"] = {name: counts for name, counts in cleaned.items() if any(counts.values())}
        if not dry:
            annotation.update(armature, {"humanoid": found.bones})
        return {
            "armature": armature.name,
            "dry_run": dry,
            **_report(found),
            "reparented": sorted(wrong),
            **result,
            "notes": found.notes,
            "diff": journal.update(scene),
        }


def _assigned(
    armature: bpy.types.Object, skeleton: Skeleton, by: str, given: Params, overrides: Any
) -> Assignment:
    found = assign(skeleton)
    if by == "addon" and not vrm_addon.installed():
        raise given.bad("by", "is 'addon', but the VRM add-on is not there", "Leave it out, or say 'own'.")
    if by != "own" and vrm_addon.installed():
        assign_by_addon(armature, found, needed=by == "addon")
    checked = Params(overrides, given.where("bones"))
    for human in list(overrides):
        if human not in humanoid.BONES:
            raise not_found(checked.where(human), "humanoid bone", human, humanoid.BONES)
        bone = checked.text(human, None)
        if bone is None:
            found.bones.pop(human, None)
            continue
        if bone not in armature.data.bones:
            raise not_found(checked.where(human), "bone", bone, (b.name for b in armature.data.bones))
        for other in [h for h, b in found.bones.items() if b == bone and h not in overrides]:
            del found.bones[other]
        found.put(human, bone, 1.0)
    return found


def _report(found: Assignment) -> dict[str, Any]:
    sure = {human: round(found.confidence[human], 2) for human in found.bones}
    return {
        "mapped": found.bones,
        "missing": [human for human in humanoid.REQUIRED if human not in found.bones],
        "confidence": min((sure[h] for h in humanoid.REQUIRED if h in sure), default=0.0),
        "doubtful": {human: value for human, value in sure.items() if value < DOUBTFUL},
    }


def _parents(armature: bpy.types.Object) -> dict[str, str | None]:
    return {bone.name: bone.parent.name if bone.parent else None for bone in armature.data.bones}


def _out_of_order(armature: bpy.types.Object, skeleton: Skeleton, bones: Mapping[str, str]) -> dict[str, str]:
    """Bones that must hang below another humanoid bone and do not, with that one (Rigify's limbs)."""
    parents = _parents(armature)
    wrong = {}
    for human, bone in bones.items():
        expected = humanoid.nearest_assigned_parent(human, bones)
        if expected is None:
            continue
        owner = bones[expected]
        if owner not in humanoid.ancestors(bone, parents) and bone not in humanoid.ancestors(owner, parents):
            wrong[bone] = owner
    return wrong


def _reparent(armature: bpy.types.Object, wrong: Mapping[str, str]) -> None:
    if wrong:
        rest.reparent(armature, wrong)


def _stand(
    armature: bpy.types.Object, meshes: list[bpy.types.Object], frame: Frame | None, dry: bool
) -> bool:
    """Whether it had to be turned, moved, scaled, or its transforms applied."""
    if frame is None or not meshes:
        return False
    step = rest.standing(meshes, frame)
    if rest.is_plain(armature, meshes, step):
        return False
    if not dry:
        rest.stand(armature, meshes, step)
    return True


def _t_pose(
    armature: bpy.types.Object, meshes: list[bpy.types.Object], found: Assignment, dry: bool
) -> dict[str, float]:
    """By how many degrees bones were, or would be, turned."""
    skeleton = read(armature, meshes)
    if dry and found.frame is not None:
        skeleton = rest.as_standing(skeleton, found.frame)
    moves, degrees = rest.t_pose(skeleton, found.bones)
    if degrees and not dry:
        rest.apply_pose(armature, meshes, moves)
        muted = rest.mute_constraints(armature, moves)
        if muted:
            found.notes.append(f"Constraints of {muted} bones were muted: they held the old pose.")
    return degrees
