# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of the VRM add-on's scripting surface, as far as vrm_export touches it.

It has the add-on's properties by name and type (an unknown name is an AttributeError), its export operator
and its validator. Its file holds what was filled in as it is, names for indices, for the test to read.
https://vrm-addon-for-blender.info/en-us/scripting-api/
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import bpy

from avatar_forge.commands.vrm.glb import Glb

NAMED = {"bone_name": ""}
MESH = {"mesh_object_name": ""}
CENTRE = ("hips", "spine", "chest", "upper_chest", "neck", "head", "jaw")
LIMBS = ("eye", "shoulder", "upper_arm", "lower_arm", "hand", "upper_leg", "lower_leg", "foot", "toes")
THUMB = ("thumb_metacarpal", "thumb_proximal", "thumb_distal")
FINGERS = [
    f"{finger}_{joint}"
    for finger in ("index", "middle", "ring", "little")
    for joint in ("proximal", "intermediate", "distal")
]
SIDED = [f"{side}_{part}" for side in ("left", "right") for part in (*LIMBS, *THUMB, *FINGERS)]
EXPRESSION = {
    "is_binary": False,
    "override_blink": "",
    "override_look_at": "",
    "override_mouth": "",
    "morph_target_binds": [{"node": MESH, "index": "", "weight": 0.0}],
    "material_color_binds": [{"material": None, "type": "", "target_value": None}],
    "texture_transform_binds": [{"material": None, "scale": None, "offset": None}],
}
EMOTIONS = ("happy", "angry", "sad", "relaxed", "surprised", "neutral")
MOUTH = ("aa", "ih", "ou", "ee", "oh")
EYES = ("blink", "blink_left", "blink_right", "look_up", "look_down", "look_left", "look_right")
TEXTS = (
    "vrm_name",
    "version",
    "copyright_information",
    "contact_information",
    "third_party_licenses",
    "other_license_url",
    "avatar_permission",
    "commercial_usage",
    "credit_notation",
    "modification",
)
FLAGS = (
    "allow_excessively_violent_usage",
    "allow_excessively_sexual_usage",
    "allow_political_or_religious_usage",
    "allow_antisocial_or_hate_usage",
    "allow_redistribution",
)
RANGE = {"input_max_value": 0.0, "output_scale": 0.0}
VRM1 = {
    "meta": {
        **dict.fromkeys(TEXTS, ""),
        **dict.fromkeys(FLAGS, False),
        "authors": [{"value": ""}],
        "references": [{"value": ""}],
    },
    "humanoid": {
        "human_bones": {
            "initial_automatic_bone_assignment": True,
            **{name: {"node": NAMED} for name in (*CENTRE, *SIDED)},
        }
    },
    "expressions": {
        "initial_automatic_expression_assignment": True,
        "preset": dict.fromkeys((*EMOTIONS, *MOUTH, *EYES), EXPRESSION),
        "custom": [{"custom_name": "", **EXPRESSION}],
    },
    "first_person": {"mesh_annotations": [{"node": MESH, "type": ""}]},
    "look_at": {
        "type": "",
        "offset_from_head_bone": None,
        "range_map_horizontal_inner": RANGE,
        "range_map_horizontal_outer": RANGE,
        "range_map_vertical_down": RANGE,
        "range_map_vertical_up": RANGE,
    },
}
SPRING_GROUP = {
    "comment": "",
    "stiffiness": 0.0,
    "gravity_power": 0.0,
    "gravity_dir": None,
    "drag_force": 0.0,
    "hit_radius": 0.0,
    "center": NAMED,
    "bones": [NAMED],
}
USAGES = ("violent_ussage_name", "sexual_ussage_name", "commercial_ussage_name", "allowed_user_name")
VRM0 = {
    "meta": {
        **dict.fromkeys(("title", "version", "author", "contact_information", "reference"), ""),
        **dict.fromkeys((*USAGES, "license_name", "other_license_url"), ""),
    },
    "humanoid": {
        "initial_automatic_bone_assignment": True,
        "human_bones": [{"bone": "", "node": NAMED}],
    },
    "blend_shape_master": {
        "blend_shape_groups": [
            {
                "name": "",
                "preset_name": "",
                "is_binary": False,
                "binds": [{"mesh": MESH, "index": "", "weight": 0.0}],
            }
        ]
    },
    "first_person": {
        "first_person_bone": NAMED,
        "look_at_type_name": "",
        "mesh_annotations": [{"mesh": MESH, "first_person_flag": ""}],
    },
    "secondary_animation": {"bone_groups": [SPRING_GROUP]},
}
SPRINGS1 = {"initial_automatic_spring_bone_assignment": True}
EXTENSION = {"spec_version": "0.0", "vrm0": VRM0, "vrm1": VRM1, "spring_bone1": SPRINGS1}


class Group:
    """A property group: the members of its shape, and no other; a member keeps its type."""

    def __init__(self, shape: dict[str, Any]) -> None:
        for name, default in shape.items():
            made = Group(default) if isinstance(default, dict) else default
            object.__setattr__(self, name, Collection(default[0]) if isinstance(default, list) else made)

    def __setattr__(self, name: str, value: Any) -> None:
        before = getattr(self, name)
        if before is not None and type(value) is not type(before):
            raise TypeError(f"{name} is {type(before).__name__}, not {type(value).__name__}")
        object.__setattr__(self, name, value)


class Collection(list):
    def __init__(self, shape: dict[str, Any]) -> None:
        super().__init__()
        self.shape = shape

    def add(self) -> Group:
        self.append(Group(self.shape))
        return self[-1]


def plain(value: Any) -> Any:
    if isinstance(value, Group):
        return {name: plain(item) for name, item in vars(value).items()}
    if isinstance(value, Collection):
        return [plain(item) for item in value]
    return value.name if isinstance(value, bpy.types.ID) else value


class EXPORT_SCENE_OT_vrm(bpy.types.Operator):
    bl_idname = "export_scene.vrm"
    bl_label = "Emulated"
    filepath: bpy.props.StringProperty()
    armature_object_name: bpy.props.StringProperty()
    use_addon_preferences: bpy.props.BoolProperty()
    export_invisibles: bpy.props.BoolProperty()
    export_only_selections: bpy.props.BoolProperty()
    ignore_warning: bpy.props.BoolProperty()

    def execute(self, context: bpy.types.Context) -> set[str]:
        extension = context.blend_data.objects[self.armature_object_name].data.vrm_addon_extension
        if VRM_OT_model_validate.reasons(extension):
            return {"CANCELLED"}
        path = Path(self.filepath)
        bpy.ops.export_scene.gltf(filepath=f"{path}.glb", use_selection=True, export_animations=False)
        glb = Glb.parse(Path(f"{path}.glb").read_bytes())
        glb.json["extensions"] = _written(extension)
        path.write_bytes(glb.to_bytes())
        return {"FINISHED"}


def _written(extension: Group) -> dict[str, Any]:
    """What describes the file to its readers, with the whole of what was filled in as `filled`."""
    if extension.spec_version == "0.0":
        filled = plain(extension.vrm0)
        bones = [{"bone": bone["bone"]} for bone in filled["humanoid"]["human_bones"]]
        groups = filled["blend_shape_master"]["blend_shape_groups"]
        return {
            "VRM": {
                "meta": {},
                "humanoid": {"humanBones": bones},
                "blendShapeMaster": {"blendShapeGroups": groups},
                "secondaryAnimation": {"boneGroups": filled["secondary_animation"]["bone_groups"]},
                "extras": {"filled": filled},
            }
        }
    filled = plain(extension.vrm1)
    human_bones = {
        name: bone for name, bone in filled["humanoid"]["human_bones"].items() if isinstance(bone, dict)
    }
    return {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {},
            "humanoid": {"humanBones": human_bones},
            "extras": {"filled": filled},
        }
    }


class VRM_OT_model_validate(bpy.types.Operator):
    bl_idname = "vrm.model_validate"
    bl_label = "Emulated"
    refusal: ClassVar[str] = ""

    @staticmethod
    def reasons(extension: Group) -> list[str]:
        return [VRM_OT_model_validate.refusal] if VRM_OT_model_validate.refusal else []

    @staticmethod
    def detect_errors(context: bpy.types.Context, errors: Any, armature_object_name: str) -> bool:
        extension = context.blend_data.objects[armature_object_name].data.vrm_addon_extension
        for message, severity in [(reason, 0) for reason in VRM_OT_model_validate.reasons(extension)] + [
            ("A hint", 3)
        ]:
            error = errors.add()
            error.name = error.message = message
            error.severity = severity
        return True


class VRM_OT_assign_vrm1_humanoid_human_bones_automatically(bpy.types.Operator):
    bl_idname = "vrm.assign_vrm1_humanoid_human_bones_automatically"
    bl_label = "Emulated"
    armature_object_name: bpy.props.StringProperty()
    assigned: ClassVar[dict[str, str] | str] = {}

    def execute(self, context: bpy.types.Context) -> set[str]:
        if isinstance(self.assigned, str):
            self.report({"ERROR"}, self.assigned)
            return {"CANCELLED"}
        extension = context.blend_data.objects[self.armature_object_name].data.vrm_addon_extension
        for name, bone in self.assigned.items():
            getattr(extension.vrm1.humanoid.human_bones, name).node.bone_name = bone
        return {"FINISHED"}


def register(
    refusal: str = "", assigned: dict[str, str] | str | None = None, in_preferences: bool = True
) -> Group:
    """The emulator is now the add-on of this Blender; `refusal` is its reason not to export, `assigned` what
    its search for bones comes to, or why to nothing. Blender's `--addons` leaves an add-on out of the
    preferences.
    """
    addons = bpy.context.preferences.addons
    for entry in [entry for entry in addons if entry.module == __name__]:
        addons.remove(entry)
    if in_preferences:
        addons.new().module = __name__
    filled = Group(json.loads(json.dumps(EXTENSION)))
    bpy.types.Armature.vrm_addon_extension = property(lambda _: filled)
    VRM_OT_model_validate.refusal = refusal
    VRM_OT_assign_vrm1_humanoid_human_bones_automatically.assigned = assigned or {}
    for operator in (
        EXPORT_SCENE_OT_vrm,
        VRM_OT_model_validate,
        VRM_OT_assign_vrm1_humanoid_human_bones_automatically,
    ):
        if not operator.is_registered:
            bpy.utils.register_class(operator)
    return filled
