# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and setting where an object is, whatever its rotation mode."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
from mathutils import Euler, Quaternion


def rotation_deg(obj: bpy.types.Object) -> tuple[float, ...]:
    """The object's own rotation as XYZ Euler angles, degrees."""
    if obj.rotation_mode == "XYZ":
        euler = obj.rotation_euler
    elif obj.rotation_mode == "QUATERNION":
        euler = obj.rotation_quaternion.to_euler()
    elif obj.rotation_mode == "AXIS_ANGLE":
        angle, *axis = obj.rotation_axis_angle
        euler = Quaternion(axis, angle).to_euler()
    else:
        euler = obj.rotation_euler.to_matrix().to_euler()
    return tuple(math.degrees(angle) for angle in euler)


def set_rotation_deg(obj: bpy.types.Object, degrees: Sequence[float]) -> None:
    euler = Euler([math.radians(angle) for angle in degrees])
    if obj.rotation_mode == "XYZ":
        obj.rotation_euler = euler
    elif obj.rotation_mode == "QUATERNION":
        obj.rotation_quaternion = euler.to_quaternion()
    elif obj.rotation_mode == "AXIS_ANGLE":
        axis, angle = euler.to_quaternion().to_axis_angle()
        obj.rotation_axis_angle = (angle, *axis)
    else:
        obj.rotation_euler = euler.to_matrix().to_euler(obj.rotation_mode)


def set_parent(obj: bpy.types.Object, parent: bpy.types.Object | None) -> None:
    """Parents an object without moving it, as Blender's Ctrl+P (keep transform) does.

    Both `matrix_world` must be up to date.
    """
    world = obj.matrix_world.copy()
    obj.parent = parent
    if parent is not None:
        obj.parent_type = "OBJECT"
        obj.matrix_parent_inverse = parent.matrix_world.inverted_safe()
    else:
        obj.matrix_parent_inverse.identity()
    obj.matrix_world = world


def would_loop(obj: bpy.types.Object, parent: bpy.types.Object | None) -> bool:
    """Whether `parent` is the object itself or stands below it."""
    while parent is not None:
        if parent == obj:
            return True
        parent = parent.parent
    return False
