# SPDX-License-Identifier: GPL-3.0-or-later
"""get_screenshot: a picture of the scene that is never black, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import bpy
import numpy as np

from . import compat
from .context import Context
from .errors import CommandError
from .params import Params
from .pictures import png
from .pictures.framing import View
from .pictures.gather import Piece, visible_pieces
from .pictures.offscreen import Unavailable, draw_viewport, gpu_ready
from .pictures.render import render
from .pictures.sheet import contact_sheet
from .pictures.subjects import FRAMED, VIEWS, views_of
from .pictures.toon import Studio

NAME = "get_screenshot"
CHANGES = False

Way = tuple[str, Callable[[View, int, int], np.ndarray]]


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{view?, max_size? 64…1024 = 800, shading?, columns? 1…8 = 4} → {image: $blob png, width, height, way,
    view}.

    front, back, left, right, face and turntable frame what is visible; viewport and camera look through those
    (in background, viewport is a view from the front's right). `columns` of a turntable make two rows of
    views. Shading: material (the default) shows colours, textures and MToon's tones in a soft studio; solid
    is Blender's solid drawing, with the viewport's own settings for that view; rendered uses the scene's
    lights. Way: offscreen (drawn), workbench, cycles or eevee (rendered). Errors: not-found (no camera),
    no-picture.
    """
    checked = Params(params)
    view = checked.text("view", "viewport", VIEWS)
    max_size = checked.integer("max_size", 800, 64, 1024)
    shading = checked.text("shading", "material", ("solid", "material", "rendered"))
    columns = checked.integer("columns", 4, 1, 8)
    checked.done()

    depsgraph = bpy.context.evaluated_depsgraph_get()
    pieces = visible_pieces(depsgraph)
    views = views_of(view, pieces, depsgraph, columns)
    width, height = _size(views[0], max_size, columns if len(views) > 1 else 1, len(views))
    failures: list[str] = []
    for way, draw in _ways(shading, view, pieces):
        try:
            pictures = []
            for i, camera in enumerate(views):
                context.check_cancelled()
                pictures.append(draw(camera, width, height))
                context.progress((i + 1) / len(views), f"Drew {view}")
        except (Unavailable, RuntimeError, SystemError) as error:
            failures.append(f"{way}: {error}")
            continue
        picture = contact_sheet(pictures, columns) if len(pictures) > 1 else pictures[0]
        if is_blank(picture, bool(pieces) and view in FRAMED):
            failures.append(f"{way}: the picture was empty")
            continue
        image = context.blob(png.encode(picture), "image/png")
        return {
            "image": image,
            "width": picture.shape[1],
            "height": picture.shape[0],
            "way": way,
            "view": view,
        }
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
