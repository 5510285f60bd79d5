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
from ..vrm.figure import belongs
from .framing import View, axes_of, fit, fit_all_round, in_sight, share
from .gather import Piece

AZIMUTHS = {"front": 0.0, "right": 90.0, "back": 180.0, "left": -90.0}
"""As Blender names its views: `right` looks from +X, which is a figure's left side."""

BODY_FOV, FACE_FOV = 24.0, 20.0
SMALL = 0.3
"""A viewport's picture in which everything takes up less than this share of the way across is of no use."""
VIEWS = ("viewport", "camera", *AZIMUTHS, "face", "turntable", "expressions")
FRAMED = (*AZIMUTHS, "face", "turntable")


def views_of(
    name: str,
    pieces: list[Piece],
    depsgraph: bpy.types.Depsgraph,
    columns: int,
    armature: bpy.types.Object | None,
    notes: list[str],
) -> list[View]:
    """The cameras of a view: one, or for a turntable two rows. `armature` is whose face to frame; None for
    the first there is. Error: not-found for a missing camera.
    """
    if name == "camera":
        return [_scene_camera(depsgraph)]
    if name == "viewport":
        return [_viewport(pieces, notes)]
    if name == "face":
        return face_views(pieces, armature)[:1]
    if name == "turntable":
        count = 2 * columns
        return fit_all_round(_points(pieces), [360.0 * i / count for i in range(count)], 4, BODY_FOV)
    return [fit(_points(pieces), axes_of(AZIMUTHS[name], 3), BODY_FOV)]


def face_views(pieces: list[Piece], armature: bpy.types.Object | None) -> list[View]:
    """The face of a figure, or of the first there is, from the front's side and from the side."""
    corners = _face(pieces, armature)
    return [fit(corners, axes_of(azimuth, 1), FACE_FOV, 1.0) for azimuth in (12, 70)]


def _points(pieces: list[Piece]) -> np.ndarray:
    """Everything to be seen; a box of two metres where there is nothing."""
    if not pieces:
        return np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 2)], np.float32)
    return np.concatenate([piece.positions for piece in pieces])


def _face(pieces: list[Piece], armature: bpy.types.Object | None) -> np.ndarray:
    """The corners of a box around the head: from the head bone up; else from what is called head or face;
    else the top of everything.
    """
    if armature is not None:
        pieces = _worn_by(armature, pieces) or pieces
    points = _points(pieces)
    low, high = points.min(axis=0), points.max(axis=0)
    joint = _head_joint(armature)
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


def _worn_by(armature: bpy.types.Object, pieces: list[Piece]) -> list[Piece]:
    objects = bpy.context.scene.objects
    return [
        piece for piece in pieces if (obj := objects.get(piece.name)) is not None and belongs(obj, armature)
    ]


def _head_joint(armature: bpy.types.Object | None) -> np.ndarray | None:
    """Where the head bone of an armature, or of the first visible one, begins: in the world, as posed."""
    visible = (o for o in bpy.context.view_layer.objects if o.type == "ARMATURE" and o.visible_get())
    for obj in visible if armature is None else [armature]:
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


def _viewport(pieces: list[Piece], notes: list[str]) -> View:
    """What the biggest 3D viewport shows; from the same side but framed, where all would be small in it, or
    nothing in it.

    In background nobody has turned the viewport: it is from the front's right there.
    """
    points = _points(pieces)
    found = None if bpy.app.background else biggest_viewport()
    if found is None:
        return fit(points, axes_of(30, 8), BODY_FOV)
    _, _, space, region = found
    data = space.region_3d
    view = View(
        np.array(data.view_matrix), np.array(data.window_matrix), region.width / max(region.height, 1)
    )
    small = 0 < share(view, points) < SMALL
    if not small and (not pieces or in_sight(view, points)):
        return view
    seen = "all of it small" if small else "nothing of the scene"
    notes.append(f"Blender's viewport shows {seen}: this is from the same side, framed anew.")
    return fit(points, view.axes, BODY_FOV, view.aspect)


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
