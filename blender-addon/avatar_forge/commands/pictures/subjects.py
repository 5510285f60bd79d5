# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture is of: the points to frame for a figure or a face, and the cameras Blender itself has."""

from __future__ import annotations

import json
import re

import bpy
import numpy as np
from mathutils import Vector

from ..errors import CommandError
from ..vrm.annotation import PROPERTY
from .framing import View, axes_of, fit, fit_all_round, share
from .gather import Piece

AZIMUTHS = {"front": 0.0, "right": 90.0, "back": 180.0, "left": -90.0}
"""As Blender names its views: `right` looks from +X, which is a figure's left side."""

BODY_FOV, FACE_FOV = 24.0, 20.0
SMALL = 0.3
"""A viewport's picture in which everything takes up less than this share of the way across is of no use."""
VIEWS = ("viewport", "camera", *AZIMUTHS, "face", "turntable", "expressions")
FRAMED = (*AZIMUTHS, "face", "turntable")


def views_of(name: str, pieces: list[Piece], depsgraph: bpy.types.Depsgraph, columns: int) -> list[View]:
    """The cameras of a view: one, or for a turntable two rows. Error: not-found for a missing camera."""
    if name == "camera":
        return [_scene_camera(depsgraph)]
    if name == "viewport":
        return [_viewport(_points(pieces))]
    if name == "face":
        return face_views(pieces)[:1]
    if name == "turntable":
        count = 2 * columns
        return fit_all_round(_points(pieces), [360.0 * i / count for i in range(count)], 4, BODY_FOV)
    return [fit(_points(pieces), axes_of(AZIMUTHS[name], 3), BODY_FOV)]


def face_views(pieces: list[Piece]) -> list[View]:
    """The face from the front's side and from the side."""
    corners = _face(pieces)
    return [fit(corners, axes_of(azimuth, 1), FACE_FOV, 1.0) for azimuth in (12, 70)]


def _points(pieces: list[Piece]) -> np.ndarray:
    """Everything to be seen; a box of two metres where there is nothing."""
    if not pieces:
        return np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 2)], np.float32)
    return np.concatenate([piece.positions for piece in pieces])


def _face(pieces: list[Piece]) -> np.ndarray:
    """The corners of a box around the head: from the head bone up; else from what is called head or face;
    else the top of everything.
    """
    points = _points(pieces)
    low, high = points.min(axis=0), points.max(axis=0)
    joint = _head_joint()
    if joint is None:
        named = [
            piece.positions for piece in pieces if re.search(r"\b(head|face)\b", piece.name, re.IGNORECASE)
        ]
        if named:
            part = np.concatenate(named)
            middle = (part.min(axis=0) + part.max(axis=0)) / 2
            joint, top = np.array([middle[0], middle[1], part[:, 2].min()]), float(part[:, 2].max())
        else:
            joint, top = (low + high) / 2, float(high[2])
            joint[2] = high[2] - (high[2] - low[2]) / 5
    else:
        near = np.linalg.norm(points[:, :2] - joint[:2], axis=1) < (high[2] - low[2]) * 0.1
        above = points[near & (points[:, 2] > joint[2])]
        top = float(above[:, 2].max()) if len(above) else float(joint[2]) + 0.25
    height = max(top - float(joint[2]), 1e-3)
    corners = [(x, y, z) for x in (-0.56, 0.56) for y in (-0.5, 0.5) for z in (-0.1, 1.02)]
    return joint + np.array(corners) * height


def _head_joint() -> np.ndarray | None:
    """Where the head bone of a visible armature begins, in the world and as it is posed."""
    for obj in bpy.context.view_layer.objects:
        if obj.type != "ARMATURE" or not obj.visible_get():
            continue
        name = _annotated_head(obj)
        bones = obj.pose.bones
        bone = (
            bones.get(name)
            if name
            else next((b for b in bones if re.search(r"head$", b.name, re.IGNORECASE)), None)
        )
        if bone is not None:
            return np.array(obj.matrix_world @ Vector(bone.head))
    return None


def _annotated_head(armature: bpy.types.Object) -> str | None:
    """The head bone's name by the VRM annotation; a picture does not fail over one that is broken."""
    try:
        return str(json.loads(armature[PROPERTY])["humanoid"]["head"])
    except (KeyError, TypeError, ValueError):
        return None


def _scene_camera(depsgraph: bpy.types.Depsgraph) -> View:
    scene = bpy.context.scene
    camera = scene.camera
    if camera is None:
        raise CommandError(
            "not-found",
            "The scene has no camera.",
            "Make one with create_object, or ask for the view 'front'.",
        )
    render = scene.render
    width = render.resolution_x * render.pixel_aspect_x
    height = render.resolution_y * render.pixel_aspect_y
    projection = camera.calc_matrix_camera(
        depsgraph,
        x=render.resolution_x,
        y=render.resolution_y,
        scale_x=render.pixel_aspect_x,
        scale_y=render.pixel_aspect_y,
    )
    world = camera.evaluated_get(depsgraph).matrix_world.normalized()
    return View(np.array(world.inverted()), np.array(projection), width / height)


def _viewport(points: np.ndarray) -> View:
    """What the biggest 3D viewport shows; from the same side but near, where everything would be small in it.

    In background nobody has turned the viewport: it is from the front's right there.
    """
    found = None if bpy.app.background else biggest_viewport()
    if found is None:
        return fit(points, axes_of(30, 8), BODY_FOV)
    _, _, space, region = found
    data = space.region_3d
    view = View(
        np.array(data.view_matrix), np.array(data.window_matrix), region.width / max(region.height, 1)
    )
    if 0 < share(view, points) < SMALL:
        return fit(points, view.axes, BODY_FOV, view.aspect)
    return view


def biggest_viewport() -> (
    tuple[bpy.types.Window, bpy.types.Area, bpy.types.SpaceView3D, bpy.types.Region] | None
):
    areas = [
        (window, area)
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D"
    ]
    if not areas:
        return None
    window, area = max(areas, key=lambda item: item[1].width * item[1].height)
    region = next(region for region in area.regions if region.type == "WINDOW")
    return window, area, area.spaces.active, region
