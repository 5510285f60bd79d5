# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest pose that VRM asks for: upright on the ground in metres, facing -Y, in a T.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/tpose.md
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .skeleton import Array, Frame, Skeleton
from .skin import points_of, repose

ARMS_OFF_DEG, HANDS_OFF_DEG, LEGS_OFF_DEG = 1.0, 20.0, 8.0
"""Below these a limb is left as it is: people do not stand like rulers."""
_CENTIMETRES = (50.0, 300.0)
_OFF_GROUND = 0.01


def standing(meshes: Iterable[bpy.types.Object], frame: Frame) -> Matrix:
    """What brings the figure from where it stands in the world to the origin, on the ground, facing -Y, in
    metres.
    """
    turn = Matrix(_upright(frame).tolist()).to_4x4()
    points = np.concatenate([_world(obj) for obj in meshes])
    tall = float(np.ptp(points[:, 2]))
    scale = 0.01 if _CENTIMETRES[0] <= tall <= _CENTIMETRES[1] else 1.0
    step = Matrix.Scale(scale, 4) @ turn
    low = float(points[:, 2].min()) * scale
    shift = Vector((-frame.middle * scale, 0, -low if abs(low) > _OFF_GROUND else 0))
    if abs(shift.x) < _OFF_GROUND:
        shift.x = 0
    return Matrix.Translation(shift) @ step


def as_standing(skeleton: Skeleton, frame: Frame) -> Skeleton:
    """The same joints facing -Y, without a change to the scene."""
    turn = _upright(frame)
    return replace(
        skeleton,
        head={name: turn @ point for name, point in skeleton.head.items()},
        tail={name: turn @ point for name, point in skeleton.tail.items()},
        children={},
    )


def _upright(frame: Frame) -> Array:
    return np.stack([frame.left, -frame.front, [0, 0, 1]])


def stand(armature: bpy.types.Object, meshes: Iterable[bpy.types.Object], step: Matrix) -> None:
    """Applies `step` and the objects' own transforms to bones and skinned meshes, so that these are plain."""
    meshes = list(meshes)
    hanging = [o for o in armature.children_recursive if o not in meshes]
    places = {o: step @ o.matrix_world for o in hanging if o.parent in (armature, *meshes)}
    worlds = {obj: step @ obj.matrix_world for obj in meshes}
    world = step @ armature.matrix_world
    for item in (armature, *meshes):
        if item.data.users > 1:
            item.data = item.data.copy()
    armature.data.transform(world)
    armature.parent = None
    armature.matrix_world = Matrix()
    for obj in meshes:
        obj.data.transform(worlds[obj], shape_keys=True)
        if worlds[obj].determinant() < 0:
            obj.data.flip_normals()
        obj.parent = armature
        obj.parent_type = "OBJECT"
        obj.matrix_parent_inverse = Matrix()
        obj.matrix_basis = Matrix()
        obj.data.update()
    refresh(armature)
    for obj, place in places.items():
        obj.matrix_world = place


def refresh(armature: bpy.types.Object) -> None:
    """Lets the pose follow the bones at rest, which a change of the data alone does not make it do."""
    armature.data.update_tag()
    armature.update_tag()
    bpy.context.view_layer.update()


def is_plain(armature: bpy.types.Object, meshes: Iterable[bpy.types.Object], step: Matrix) -> bool:
    """Whether the figure stands as it should already."""
    plain = Matrix()
    return _near(step, plain) and all(_near(item.matrix_world, plain) for item in (armature, *meshes))


def _near(one: Matrix, other: Matrix) -> bool:
    return float(np.abs(np.array(one) - np.array(other)).max()) < 1e-4


def t_pose(skeleton: Skeleton, bones: Mapping[str, str]) -> tuple[dict[str, Array], dict[str, float]]:
    """What brings each bone into the T-pose: 4 by 4 in the world, for every bone of the body; and by how many
    degrees each humanoid bone is turned. The figure faces -Y, its left is +X.
    """
    turns: dict[str, Array] = {}
    degrees: dict[str, float] = {}
    plans = []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        out, down = np.array([sign, 0, 0]), np.array([0, 0, -1.0])
        middle = next(
            (side + f + "Proximal" for f in ("Middle", "Index") if side + f + "Proximal" in bones), ""
        )
        plans += [
            (f"{side}UpperArm", f"{side}LowerArm", out, ARMS_OFF_DEG),
            (f"{side}LowerArm", f"{side}Hand", out, ARMS_OFF_DEG),
            (f"{side}Hand", middle, out, HANDS_OFF_DEG),
            (f"{side}UpperLeg", f"{side}LowerLeg", down, LEGS_OFF_DEG),
            (f"{side}LowerLeg", f"{side}Foot", down, LEGS_OFF_DEG),
        ]
    for human, onward, aim, least in plans:
        if human not in bones or onward not in bones:
            continue
        bone = bones[human]
        before = _carried(skeleton, bone, turns)
        start, end = _at(before, skeleton.head[bone]), _at(before, skeleton.head[bones[onward]])
        turn, angle = _between(end - start, aim)
        if angle > least:
            turns[bone] = _about(turn, start)
            degrees[human] = round(angle, 1)
        foot = bones.get(human.replace("LowerLeg", "Foot"))
        if human.endswith("LowerLeg") and foot is not None:
            _keep_level(skeleton, foot, turns)
    return {bone: _carried(skeleton, bone, turns) for bone in skeleton.parent}, degrees


def _keep_level(skeleton: Skeleton, foot: str, turns: dict[str, Array]) -> None:
    """A foot stays flat however its leg is turned."""
    carried = _carried(skeleton, foot, turns)
    if not np.allclose(carried[:3, :3], np.eye(3), atol=1e-6):
        turns[foot] = _about(carried[:3, :3].T, _at(carried, skeleton.head[foot]))


def _carried(skeleton: Skeleton, bone: str, turns: Mapping[str, Array]) -> Array:
    """All turns of a bone and of those above it together; the ones above come last."""
    whole = np.eye(4)
    for above in skeleton.above(bone)[::-1]:
        if above in turns:
            whole = turns[above] @ whole
    return whole


def _at(matrix: Array, point: Array) -> Array:
    return matrix[:3, :3] @ point + matrix[:3, 3]


def _about(turn: Array, point: Array) -> Array:
    whole = np.eye(4)
    whole[:3, :3] = turn
    whole[:3, 3] = point - turn @ point
    return whole


def _between(one: Array, other: Array) -> tuple[Array, float]:
    """The shortest turn from a direction to another, and its degrees."""
    turn = Vector(one).rotation_difference(Vector(other))
    return np.array(turn.to_matrix()), math.degrees(turn.angle)


def apply_pose(
    armature: bpy.types.Object, meshes: Iterable[bpy.types.Object], moves: Mapping[str, Array]
) -> None:
    """Makes a pose the rest pose. `moves` are in the world, which is the armature's space once it stands."""
    places = {obj: obj.matrix_world.copy() for obj in armature.children if obj.parent_type == "BONE"}
    whole = {bone.name: _move_of(bone, moves) for bone in armature.data.bones}
    for obj in meshes:
        repose(obj, armature, whole)
    held = {
        obj: Matrix(whole[obj.parent_bone].tolist()) @ place
        for obj, place in places.items()
        if obj.parent_bone in whole
    }
    with edit_bones(armature) as edit:
        loose = {bone.name for bone in edit if bone.use_connect}
        for bone in edit:
            bone.use_connect = False
        for bone in edit:
            if not np.allclose(whole[bone.name], np.eye(4), atol=1e-7):
                bone.transform(Matrix(whole[bone.name].tolist()), scale=False, roll=True)
        for name in loose:
            edit[name].use_connect = True
    refresh(armature)
    for obj, place in held.items():
        obj.matrix_world = place


def _move_of(bone: bpy.types.Bone, moves: Mapping[str, Array]) -> Array:
    """A helper's move is that of the nearest bone of the body above it."""
    for above in (bone, *bone.parent_recursive):
        if above.name in moves:
            return moves[above.name]
    return np.eye(4)


def mute_constraints(armature: bpy.types.Object, moves: Mapping[str, Array]) -> int:
    """Mutes what would pull moved bones back to a control rig's pose; returns of how many bones."""
    muted = 0
    for bone in armature.pose.bones:
        moved = bone.name in moves and not np.allclose(moves[bone.name], np.eye(4), atol=1e-6)
        held = [constraint for constraint in bone.constraints if not constraint.mute]
        if moved and held:
            muted += 1
            for constraint in held:
                constraint.mute = True
    refresh(armature)
    return muted


def reparent(armature: bpy.types.Object, wrong: Mapping[str, str]) -> None:
    """Hangs each bone under another."""
    with edit_bones(armature) as edit:
        for name, above in wrong.items():
            edit[name].use_connect = False
            edit[name].parent = edit[above]


class edit_bones:
    """The armature's edit bones for the time of a block, in object mode before and after."""

    def __init__(self, armature: bpy.types.Object) -> None:
        self._armature = armature
        self._before: tuple[bpy.types.Object | None, bool, bool] = (None, False, False)

    def __enter__(self) -> bpy.types.bpy_prop_collection:
        layer = bpy.context.view_layer
        armature = self._armature
        self._before = layer.objects.active, armature.hide_viewport, armature.hide_get()
        armature.hide_viewport = False
        armature.hide_set(False)
        layer.objects.active = armature
        bpy.ops.object.mode_set(mode="EDIT")
        return armature.data.edit_bones

    def __exit__(self, *_: object) -> None:
        bpy.ops.object.mode_set(mode="OBJECT")
        active, hidden, put_away = self._before
        bpy.context.view_layer.objects.active = active
        self._armature.hide_viewport = hidden
        self._armature.hide_set(put_away)


def _world(obj: bpy.types.Object) -> Array:
    turned = np.array(obj.matrix_world)
    return points_of(obj.data) @ turned[:3, :3].T + turned[:3, 3]
