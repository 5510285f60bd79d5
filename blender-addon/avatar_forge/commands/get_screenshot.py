# SPDX-License-Identifier: GPL-3.0-or-later
"""get_screenshot: a picture of the scene that is never black, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from . import compat
from .context import Context
from .errors import CommandError
from .params import Params
from .pictures import png
from .pictures.expressions import expressions_of, worn
from .pictures.framing import View
from .pictures.gather import Piece, visible_pieces
from .pictures.offscreen import Unavailable, draw_viewport, gpu_ready
from .pictures.render import render
from .pictures.sheet import contact_sheet, difference
from .pictures.subjects import FRAMED, VIEWS, face_views, views_of
from .pictures.toon import Studio, is_warm
from .vrm import figure
from .vrm.annotation import Expression

NAME = "get_screenshot"
CHANGES = False

MOST_FACES = 100_000
"""That a glance is taken at."""

Way = tuple[str, Callable[[View, int, int], np.ndarray]]


@dataclass(frozen=True)
class Taken:
    """Pictures of one size, how they were made, and the cameras they were taken from."""

    way: str
    views: list[View]
    pictures: list[np.ndarray]


_before: dict[tuple[str, str, int, str | None], Taken] = {}
"""The last pictures of each kind, to compare with: one for each Blender, as there is one scene."""


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{view?, max_size? 64…1024 = 800, shading?, columns? 1…8 = 4, compare?, armature?} → {image: $blob png,
    width, height, way, view, cells?, changed?, notes?}.

    front, back, left, right, face and turntable frame what is visible; viewport and camera look through those
    (in background, viewport is a view from the front's right). `columns` of a turntable make two rows of
    views. expressions is a sheet of the face in each expression of a figure, seen from the front's side and
    from the side, named in `cells`. `compare` puts the last picture of this view, this one and what differs
    side by side, from the same camera; `changed` is the share of pixels that differ. `armature` is whose face
    and expressions to show, where there are several figures. Shading: material (the
    default) shows colours, textures and MToon's tones in a soft studio; solid is Blender's solid drawing,
    with the viewport's own settings for that view; rendered uses the scene's lights. Way: offscreen (drawn),
    workbench, cycles or eevee (rendered). Errors: not-found (no camera), no-picture, no-before, no-
    expressions, and of the figure armature-not-found, no-armature, several-armatures, no-meshes.
    """
    checked = Params(params)
    view = checked.text("view", "viewport", VIEWS)
    max_size = checked.integer("max_size", 800, 64, 1024)
    shading = checked.text("shading", "material", ("solid", "material", "rendered"))
    columns = checked.integer("columns", 4, 1, 8)
    compare = checked.flag("compare", False)
    armature = checked.text("armature", None)
    checked.done()
    if compare and view == "expressions":
        raise checked.bad("compare", "does not go with expressions", "Compare the view 'face'.")
    if armature is not None and view not in ("face", "expressions"):
        raise checked.bad(
            "armature", f"does not go with {view}", "Leave it out, or ask for face or expressions."
        )

    about: dict[str, Any] = {}
    notes: list[str] = []
    kind = (view, shading, columns, armature)
    if view == "expressions":
        taken, about["cells"] = _expressions(armature, shading, max_size, columns, context)
        picture = contact_sheet(taken.pictures, _across(columns))
    else:
        before = _before.get(kind)
        if compare and before is None:
            raise CommandError(
                "no-before",
                f"No picture of {view!r} with this shading was taken before.",
                "Take one, make the change, then take it again with compare.",
            )
        depsgraph = bpy.context.evaluated_depsgraph_get()
        pieces = visible_pieces(depsgraph)
        if compare and before:
            views = before.views
        else:
            who = figure.find(armature).armature if armature is not None else None
            views = views_of(view, pieces, depsgraph, columns, who, notes)
        width, height = _size(views[0], max_size, columns if len(views) > 1 else 1, len(views))
        if compare and before:
            height, width = before.pictures[0].shape[:2]
        taken = _take(views, pieces, view, shading, (width, height), context)
        _before[kind] = taken
        picture = _joined(taken, columns)
        if compare and before:
            picture, about["changed"] = difference(_joined(before, columns), picture, max_size)
    return {
        "image": context.blob(png.encode(picture), "image/png"),
        "width": picture.shape[1],
        "height": picture.shape[0],
        "way": taken.way,
        "view": view,
        **about,
        **({"notes": notes} if notes else {}),
    }


def shoot(max_size: int, context: Context) -> np.ndarray | None:
    """A small picture from the front, (height, width, 3); None where nothing is to be seen. Error: no-
    picture.
    """
    depsgraph = bpy.context.evaluated_depsgraph_get()
    pieces = visible_pieces(depsgraph)
    if not pieces:
        return None
    views = views_of("front", pieces, depsgraph, 1, None, [])
    return _take(views, pieces, "front", "material", (max_size, max_size), context).pictures[0]


def glance(side: int) -> np.ndarray | None:
    """As `shoot`, where it takes only a moment; None where nothing was drawn before or the scene is large."""
    if not is_warm() or _faces() > MOST_FACES:
        return None
    depsgraph = bpy.context.evaluated_depsgraph_get()
    pieces = visible_pieces(depsgraph)
    if not pieces:
        return None
    [view] = views_of("front", pieces, depsgraph, 1, None, [])
    return Studio(pieces, shadow=True).draw(view, side, side)


def _faces() -> int:
    return sum(len(item.data.polygons) for item in bpy.context.scene.objects if item.type == "MESH")


def _joined(taken: Taken, columns: int) -> np.ndarray:
    return contact_sheet(taken.pictures, columns) if len(taken.pictures) > 1 else taken.pictures[0]


def _across(columns: int) -> int:
    """Pictures in a row of the expression sheet: two for each expression."""
    return 2 * columns


def _expressions(
    armature: str | None, shading: str, max_size: int, columns: int, context: Context
) -> tuple[Taken, list[str]]:
    """Two pictures for each expression, after two of the face at rest; and their names, row by row."""
    who = figure.find(armature)
    wanted = [Expression("rest"), *expressions_of(who)]
    depsgraph = bpy.context.evaluated_depsgraph_get()
    views = face_views(visible_pieces(depsgraph), who.armature)
    rows = -(-len(wanted) // columns)
    side = max(16, min(max_size // _across(columns), max_size // rows))
    way, pictures = "", []
    for number, expression in enumerate(wanted):
        with worn(expression):
            bpy.context.view_layer.update()
            pieces = visible_pieces(bpy.context.evaluated_depsgraph_get())
            taken = _take(views, pieces, "face", shading, (side, side), context)
        way = taken.way
        pictures += taken.pictures
        context.progress((number + 1) / len(wanted), f"Drew {expression.name}")
    bpy.context.view_layer.update()
    return Taken(way, views, pictures), [expression.name for expression in wanted]


def _take(
    views: list[View], pieces: list[Piece], view: str, shading: str, size: tuple[int, int], context: Context
) -> Taken:
    """A picture from each camera by the first way that works. Error: no-picture."""
    failures: list[str] = []
    for way, draw in _ways(shading, view, pieces):
        try:
            pictures = []
            for i, camera in enumerate(views):
                context.check_cancelled()
                pictures.append(draw(camera, *size))
                context.progress((i + 1) / len(views), f"Drew {view}")
        except (Unavailable, RuntimeError, SystemError) as error:
            failures.append(f"{way}: {error}")
            continue
        if is_blank(np.concatenate(pictures), bool(pieces) and view in FRAMED):
            failures.append(f"{way}: the picture was empty")
            continue
        return Taken(way, views, pictures)
    raise CommandError(
        "no-picture",
        f"No way of making a picture worked here ({'; '.join(failures)}).",
        "Give Blender a display (Xvfb will do), or install Mesa's EGL.",
    )


def is_blank(picture: np.ndarray, must_show: bool) -> bool:
    """Whether a picture is black, or of one colour where something must be in it."""
    sample = picture[::4, ::4]
    return int(sample.max()) < 8 or (must_show and float(sample.std()) < 0.5)


def _size(view: View, max_size: int, columns: int, count: int) -> tuple[int, int]:
    """Pixels of each picture so that the longer side of all together is `max_size`."""
    rows = -(-count // columns)
    aspect = view.aspect * columns / rows
    whole = max_size if aspect >= 1 else max_size * aspect
    width = max(16, int(whole / columns))
    return width, max(16, min(round(width / view.aspect), max_size // rows))


def _ways(shading: str, view: str, pieces: list[Piece]) -> Iterator[Way]:
    """The ways to try, best first."""
    drawable = gpu_ready()
    if shading == "rendered":
        if drawable and not compat.software_gl():
            engine = compat.eevee_engine()
            yield "eevee", lambda camera, w, h: render(engine, camera, w, h, own_light=False)
        yield "cycles", lambda camera, w, h: render("CYCLES", camera, w, h, own_light=False)
    elif shading == "solid" and drawable:
        yield "offscreen", lambda camera, w, h: draw_viewport(camera, w, h, as_seen=view == "viewport")
    if drawable:
        studio = Studio(pieces, shadow=view in FRAMED and view != "face")
        yield "offscreen", studio.draw
    if compat.workbench_render_is_safe():
        yield "workbench", lambda camera, w, h: render("BLENDER_WORKBENCH", camera, w, h, own_light=True)
    if shading != "rendered":
        yield "cycles", lambda camera, w, h: render("CYCLES", camera, w, h, own_light=True)
