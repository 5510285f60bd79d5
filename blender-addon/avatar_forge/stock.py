# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of ahujasid/blender-mcp's add-on that need nothing but Blender, under their names and with
their results.

The services on the network (Poly Haven, Sketchfab, Hyper3D, Hunyuan3D) say that they are not enabled, as
the stock add-on does when they are switched off.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import mathutils

from . import commands
from .context import JobContext, no_progress
from .wire.errors import WireError

CHANGES = frozenset({"execute_code"})
MOST_OBJECTS = 10
_SERVICES = ("polyhaven", "hyper3d", "sketchfab", "hunyuan3d")


def run(method: str, params: dict[str, Any], context: JobContext) -> Any:
    """Errors: `unknown-method`, `bad-params`, `not-found`, `python-error`."""
    command = _COMMANDS.get(method)
    if command is None:
        raise WireError("unknown-method", f"Unknown command type: {method[:80]}")
    return command(params, context)


def _scene_info(_params: dict[str, Any], _context: JobContext) -> dict[str, Any]:
    scene = bpy.context.scene
    return {
        "name": scene.name,
        "object_count": len(scene.objects),
        "objects": [
            {"name": item.name, "type": item.type, "location": [round(value, 2) for value in item.location]}
            for item in scene.objects[:MOST_OBJECTS]
        ],
        "materials_count": len(bpy.data.materials),
    }


def _object_info(params: dict[str, Any], _context: JobContext) -> dict[str, Any]:
    name = _text(params, "name")
    item = bpy.data.objects.get(name)
    if item is None:
        raise WireError("not-found", f"Object not found: {name[:200]}")
    info: dict[str, Any] = {
        "name": item.name,
        "type": item.type,
        "location": list(item.location),
        "rotation": list(item.rotation_euler),
        "scale": list(item.scale),
        "visible": item.visible_get(),
        "materials": [slot.material.name for slot in item.material_slots if slot.material],
    }
    if item.type == "MESH":
        corners = [item.matrix_world @ mathutils.Vector(corner) for corner in item.bound_box]
        axes = list(zip(*corners, strict=True))
        info["world_bounding_box"] = [[min(axis) for axis in axes], [max(axis) for axis in axes]]
        mesh = item.data
        info["mesh"] = {
            "vertices": len(mesh.vertices),
            "edges": len(mesh.edges),
            "polygons": len(mesh.polygons),
        }
    return info


def _screenshot(params: dict[str, Any], context: JobContext) -> dict[str, Any]:
    """Written where the client says, as long as that is a picture in the folder for temporary files."""
    target = Path(_text(params, "filepath")).absolute()
    temporary = Path(tempfile.gettempdir()).resolve()
    if params.get("format", "png") != "png" or target.suffix != ".png":
        raise WireError("bad-params", "The picture can only be a .png.")
    if temporary not in (target.parent.resolve() / target.name).parents or target.is_symlink():
        raise WireError("bad-params", f"The picture can only be written into {temporary}.")
    pictures: list[bytes] = []

    def keep(data: bytes, _mime: str) -> dict[str, Any]:
        pictures.append(data)
        return {}

    inner = JobContext.sharing(context, no_progress, keep)
    asked = params.get("max_size", 800)
    size = min(max(asked if isinstance(asked, int) else 800, 64), 1024)
    image = commands.run("get_screenshot", {"view": "viewport", "max_size": size}, inner)
    target.write_bytes(pictures[0])
    return {
        "success": True,
        "width": image["width"],
        "height": image["height"],
        "filepath": os.fspath(target),
    }


def _execute_code(params: dict[str, Any], context: JobContext) -> dict[str, Any]:
    code = _text(params, "code")
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(code, "<code>", "exec"), {"__name__": "__main__", "bpy": bpy})
    except BaseException as error:
        context.check_cancelled()  # a stop is not the code's own failure
        if not isinstance(error, SystemExit) or error.code not in (None, 0):
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-20))
            text = f"Code execution error: {error}\n{trace}\nOutput before it:\n{output.getvalue()}"
            raise WireError("python-error", text.rstrip()) from error
    return {"executed": True, "result": output.getvalue()}


def _disabled(_params: dict[str, Any], _context: JobContext) -> dict[str, Any]:
    return {"enabled": False, "message": "Not offered by Avatar Forge's add-on."}


def _consent(_params: dict[str, Any], _context: JobContext) -> dict[str, Any]:
    return {"consent": False}


def _text(params: dict[str, Any], key: str) -> str:
    value = params.get(key)
    if not isinstance(value, str) or not value:
        raise WireError("bad-params", f"{key} must be text.")
    return value


_COMMANDS: dict[str, Callable[[dict[str, Any], JobContext], Any]] = {
    "get_scene_info": _scene_info,
    "get_object_info": _object_info,
    "get_viewport_screenshot": _screenshot,
    "execute_code": _execute_code,
    "get_telemetry_consent": _consent,
    **{f"get_{service}_status": _disabled for service in _SERVICES},
}
