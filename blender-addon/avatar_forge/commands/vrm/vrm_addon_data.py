# SPDX-License-Identifier: GPL-3.0-or-later
"""From the annotation to the VRM add-on's own properties (`armature.data.vrm_addon_extension`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import bpy

from . import lookat, meta
from .annotation import PRESETS, Annotation, Expression
from .humanoid import BONES

# VRM 1.0's name of a preset → 0.x'. 0.x has no surprise: it becomes one of the model's own.
_PRESETS_0 = {
    "aa": "a",
    "ih": "i",
    "ou": "u",
    "ee": "e",
    "oh": "o",
    "blink": "blink",
    "blinkLeft": "blink_l",
    "blinkRight": "blink_r",
    "happy": "joy",
    "angry": "angry",
    "sad": "sorrow",
    "relaxed": "fun",
    "lookUp": "lookup",
    "lookDown": "lookdown",
    "lookLeft": "lookleft",
    "lookRight": "lookright",
    "neutral": "neutral",
}
_FIRST_PERSON_0 = {
    "auto": "Auto",
    "both": "Both",
    "thirdPersonOnly": "ThirdPersonOnly",
    "firstPersonOnly": "FirstPersonOnly",
}
_ALLOWED_USER_0 = {
    "onlyAuthor": "OnlyAuthor",
    "onlySeparatelyLicensedPerson": "ExplicitlyLicensedPerson",
    "everyone": "Everyone",
}


def fill_vrm1(
    extension: Any, annotation: Annotation, given: Mapping[str, Any], axes: Callable[[str], list[list[float]]]
) -> None:
    """Writes everything but springs and materials. `axes` gives a bone's axes at rest, as Figure.axes."""
    extension.spec_version = "1.0"
    vrm = extension.vrm1
    fill_meta1(vrm.meta, given)
    stop_guessing(extension)
    human_bones = vrm.humanoid.human_bones
    for human in BONES:
        getattr(human_bones, snake(human)).node.bone_name = annotation.humanoid.get(human, "")
    vrm.expressions.custom.clear()
    given = {expression.name: expression for expression in annotation.expressions}
    for preset in PRESETS:
        _fill_expression1(
            getattr(vrm.expressions.preset, snake(preset)), given.get(preset, Expression(preset))
        )
    for expression in annotation.expressions:
        if expression.name not in PRESETS:
            custom = vrm.expressions.custom.add()
            custom.custom_name = expression.name
            _fill_expression1(custom, expression)
    vrm.first_person.mesh_annotations.clear()
    for mesh, kind in annotation.first_person.items():
        item = vrm.first_person.mesh_annotations.add()
        item.node.mesh_object_name = mesh
        item.type = kind
    if annotation.look_at is not None:
        built = lookat.build(annotation.look_at, axes(annotation.humanoid["head"]))
        vrm.look_at.type = built["type"]
        vrm.look_at.offset_from_head_bone = built.get("offsetFromHeadBone", (0.0, 0.0, 0.0))
        for name, (input_max, output) in lookat.range_maps(annotation.look_at).items():
            target = getattr(vrm.look_at, snake(name))
            target.input_max_value, target.output_scale = input_max, output


def fill_vrm0(extension: Any, annotation: Annotation, given: Mapping[str, Any]) -> None:
    """Writes what VRM 0.x can say: title and author, bones, blend shape groups, first person, springs."""
    extension.spec_version = "0.0"
    vrm = extension.vrm0
    fill_meta0(vrm.meta, given)
    stop_guessing(extension)
    vrm.humanoid.human_bones.clear()
    for human, bone in annotation.humanoid.items():
        item = vrm.humanoid.human_bones.add()
        item.bone = bone0(human)
        item.node.bone_name = bone
    groups = vrm.blend_shape_master.blend_shape_groups
    groups.clear()
    for expression in annotation.expressions:
        group = groups.add()
        group.name = expression.name
        group.preset_name = _PRESETS_0.get(expression.name, "unknown")
        group.is_binary = expression.is_binary
        for morph in expression.morphs:
            bind = group.binds.add()
            bind.mesh.mesh_object_name = morph.mesh
            bind.index = morph.key
            bind.weight = morph.weight
    first_person = vrm.first_person
    first_person.first_person_bone.bone_name = annotation.humanoid.get("head", "")
    if annotation.look_at is not None:
        first_person.look_at_type_name = "Bone" if annotation.look_at.type == "bone" else "BlendShape"
    first_person.mesh_annotations.clear()
    for mesh, kind in annotation.first_person.items():
        item = first_person.mesh_annotations.add()
        item.mesh.mesh_object_name = mesh
        item.first_person_flag = _FIRST_PERSON_0[kind]
    _fill_springs0(vrm.secondary_animation.bone_groups, annotation)


def stop_guessing(extension: Any) -> None:
    """What is assigned stays: the add-on would first search the bones of both versions, for seconds."""
    extension.vrm0.humanoid.initial_automatic_bone_assignment = False
    extension.vrm1.humanoid.human_bones.initial_automatic_bone_assignment = False
    extension.vrm1.expressions.initial_automatic_expression_assignment = False
    extension.spring_bone1.initial_automatic_spring_bone_assignment = False


def read_meta(extension: Any, version: str) -> dict[str, Any]:
    """What the add-on's panel says of the model, by VRM 1.0's names; for 0.x name, authors and version."""
    if version != "1.0":
        old = extension.vrm0.meta
        return {"name": old.title, "authors": [old.author] if old.author else [], "version": old.version}
    source = extension.vrm1.meta
    found = {}
    for name in meta.MEMBERS:
        if name != "licenseUrl":
            value = getattr(source, _meta_property(name))
            found[name] = value if isinstance(value, (str, bool)) else [item.value for item in value]
    return found


def bone0(human: str) -> str:
    """VRM 0.x' name of a humanoid bone: the thumb's bones are called one further."""
    return human.replace("ThumbProximal", "ThumbIntermediate").replace("ThumbMetacarpal", "ThumbProximal")


def snake(name: str) -> str:
    """leftUpperArm → left_upper_arm, as the add-on names its properties."""
    return re.sub(r"([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def fill_meta1(target: Any, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name == "licenseUrl":
            continue  # the add-on writes the only one there is
        if isinstance(value, list):
            items = getattr(target, _meta_property(name))
            items.clear()
            for text in value:
                items.add().value = text
        else:
            setattr(target, _meta_property(name), value)


def _meta_property(name: str) -> str:
    return "vrm_name" if name == "name" else snake(name)


def fill_meta0(target: Any, given: Mapping[str, Any]) -> None:
    target.title = given["name"]
    target.author = ", ".join(given["authors"])
    target.version = given.get("version", "")
    target.contact_information = given.get("contactInformation", "")
    target.reference = ", ".join(given.get("references", ()))
    target.allowed_user_name = _ALLOWED_USER_0[given["avatarPermission"]]
    target.violent_ussage_name = _allow(given["allowExcessivelyViolentUsage"])
    target.sexual_ussage_name = _allow(given["allowExcessivelySexualUsage"])
    target.commercial_ussage_name = _allow(given["commercialUsage"] != "personalNonProfit")
    target.license_name = "Other" if given.get("otherLicenseUrl") else "Redistribution_Prohibited"
    target.other_license_url = given.get("otherLicenseUrl", "")


def _allow(allowed: bool) -> str:
    return "Allow" if allowed else "Disallow"


def _fill_expression1(target: Any, expression: Expression) -> None:
    target.is_binary = expression.is_binary
    target.override_blink = expression.override_blink
    target.override_look_at = expression.override_look_at
    target.override_mouth = expression.override_mouth
    for binds in (target.morph_target_binds, target.material_color_binds, target.texture_transform_binds):
        binds.clear()
    for morph in expression.morphs:
        bind = target.morph_target_binds.add()
        bind.node.mesh_object_name = morph.mesh
        bind.index = morph.key
        bind.weight = morph.weight
    for color in expression.colors:
        bind = target.material_color_binds.add()
        bind.material = _material(color.material)
        bind.type = color.type
        bind.target_value = color.target
    for uv in expression.uv:
        bind = target.texture_transform_binds.add()
        bind.material = _material(uv.material)
        bind.scale = uv.scale
        bind.offset = uv.offset


def _fill_springs0(groups: Any, annotation: Annotation) -> None:
    groups.clear()
    for spring in annotation.springs:
        group = groups.add()
        first = spring.joints[0]
        group.comment = spring.name
        group.stiffiness = first.stiffness  # the add-on spells it as VRM 0.x does
        group.gravity_power = first.gravity_power
        group.gravity_dir = first.gravity_dir
        group.drag_force = first.drag_force
        group.hit_radius = first.hit_radius
        group.center.bone_name = spring.center or ""
        group.bones.add().bone_name = first.bone


def _material(name: str) -> Any:
    return bpy.data.materials.get(name)
