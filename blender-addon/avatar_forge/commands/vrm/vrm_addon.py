# SPDX-License-Identifier: GPL-3.0-or-later
"""The route through the VRM add-on (saturday06), where it is installed: its data, its operator, its reasons.

https://vrm-addon-for-blender.info/en-us/scripting-api/
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy

from ..errors import CommandError
from . import expressions, meta, springs, vrm_addon_data, writer
from .annotation import Annotation
from .figure import Figure
from .glb import Glb
from .names import Names
from .staging import staged


def installed() -> bool:
    """Whether the add-on is enabled, and in Blender's preferences, without which it cannot export."""
    operator = getattr(bpy.types, "EXPORT_SCENE_OT_vrm", None)
    if operator is None or not hasattr(bpy.types.Armature, "vrm_addon_extension"):
        return False
    return any(operator.__module__.startswith(addon.module) for addon in bpy.context.preferences.addons)


def writer_of(version: str) -> Callable[[Figure, Annotation, dict[str, Any], list[str]], Glb]:
    """The add-on as a writer, in the shape of writer.write."""
    return _write1 if version == "1.0" else _write0


def export_own_data(
    figure: Figure, meta_given: dict[str, Any], name: str, version: str, notes: list[str]
) -> Glb:
    """The figure of somebody who works in the add-on's own panels: its data as it is, the meta given on top.

    Errors: bad-meta, vrm-addon-refused.
    """
    extension = figure.armature.data.vrm_addon_extension
    merged = meta.merge(vrm_addon_data.read_meta(extension, version), meta_given, name)
    vrm_addon_data.stop_guessing(extension)
    if version == "1.0":
        extension.spec_version = "1.0"
        vrm_addon_data.fill_meta1(extension.vrm1.meta, merged)
        if not extension.vrm1.humanoid.human_bones.hips.node.bone_name:
            bpy.ops.vrm.assign_vrm1_humanoid_human_bones_automatically(
                armature_object_name=figure.armature.name
            )
    else:
        extension.spec_version = "0.0"
        vrm_addon_data.fill_meta0(extension.vrm0.meta, merged)
        if not any(bone.node.bone_name for bone in extension.vrm0.humanoid.human_bones):
            bpy.ops.vrm.assign_vrm0_humanoid_human_bones_automatically(
                armature_object_name=figure.armature.name
            )
    notes.append("The armature has no avatar_forge_vrm: exported from the VRM add-on's own data.")
    with staged(figure, notes):
        return _run(figure.armature.name)


def _write1(figure: Figure, annotation: Annotation, given: dict[str, Any], notes: list[str]) -> Glb:
    # MToon and springs are put into the add-on's file by our own code: the add-on would take them from shader
    # nodes and empties, so that exporting would change materials and scene.
    vrm_addon_data.fill_vrm1(figure.armature.data.vrm_addon_extension, annotation, given, figure.axes)
    with staged(figure, notes):
        glb = _run(figure.armature.name)
    names = Names(glb)
    # The add-on passes over a mesh or key that is not there, and writes every preset, empty ones too.
    glb.json["extensions"]["VRMC_vrm"]["expressions"] = expressions.build(annotation.expressions, names)
    writer.apply_mtoon(glb)
    spring_bone = springs.build(annotation, names, glb, figure.parents, figure.lengths)
    if spring_bone:
        glb.add_extension("VRMC_springBone", spring_bone)
    return glb


def _write0(figure: Figure, annotation: Annotation, given: dict[str, Any], notes: list[str]) -> Glb:
    vrm_addon_data.fill_vrm0(figure.armature.data.vrm_addon_extension, annotation, given)
    notes.append("VRM 0.x: materials are as the VRM add-on reads their nodes; MToon annotations are for 1.0.")
    if annotation.colliders:
        notes.append("VRM 0.x: springs were written without their colliders.")
    with staged(figure, notes):
        return _run(figure.armature.name)


def _run(armature: str) -> Glb:
    with tempfile.TemporaryDirectory(prefix="avatar-forge-") as folder:
        path = Path(folder) / "export.vrm"
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log):
                done = bpy.ops.export_scene.vrm(
                    filepath=str(path),
                    armature_object_name=armature,
                    use_addon_preferences=False,
                    export_invisibles=False,
                    export_only_selections=True,
                    ignore_warning=True,
                )
        except RuntimeError as error:
            raise _refused([str(error)]) from error
        if "FINISHED" not in done:
            raise _refused(_reasons(armature))
        return Glb.parse(path.read_bytes())


def _refused(reasons: list[str]) -> CommandError:
    return CommandError(
        "vrm-addon-refused",
        f"The VRM add-on did not export: {' '.join(reasons)[:1500] or 'it gave no reason'}",
        "Mend what it names, or export version 1.0 with writer own.",
        {"reasons": reasons[:50]},
    )


class _Errors(list):  # type: ignore[type-arg]
    """What the add-on's validator takes for its collection of errors."""

    def add(self) -> SimpleNamespace:
        self.append(SimpleNamespace(message="", severity=0, name=""))
        return self[-1]


def _reasons(armature: str) -> list[str]:
    """The operator only says CANCELLED; its validator knows why."""
    validator = getattr(bpy.types, "VRM_OT_model_validate", None) or getattr(
        bpy.types, "WM_OT_vrm_validator", None
    )
    if validator is None:
        return []
    errors = _Errors()
    validator.detect_errors(bpy.context, errors, armature)
    return [error.message for error in errors if error.severity == 0]
