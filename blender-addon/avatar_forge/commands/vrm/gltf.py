# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own glTF exporter, run on the stage."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy

from ..errors import CommandError
from .glb import Glb

# The options of every version from 3.4 to 5.2 that VRM needs; each version is given those it has.
_OPTIONS = {
    "export_format": "GLB",
    "use_selection": True,
    "use_active_scene": True,
    "export_yup": True,
    "export_apply": False,  # would drop shape keys; staging has applied the modifiers
    "export_current_frame": True,  # the stage is at rest: do not seek to frame 0
    "export_animations": False,
    "export_skins": True,
    "export_all_influences": False,  # four a vertex, all that readers promise
    "export_def_bones": False,
    "export_morph": True,
    # A cartoon's cel shading breaks up where morphs bend the normals, and they double the size of every key.
    "export_morph_normal": False,
    "export_morph_tangent": False,
    "export_try_sparse_sk": False,  # layout.make_morphs_sparse does it for every version
    "export_tangents": False,  # VRM readers compute them
    "export_colors": False,  # MToon ignores vertex colours (until 4.1)
    "export_vertex_color": "NONE",  # (from 4.2 on)
    "export_extras": False,  # custom properties are ours and the user's, not the public's
    "export_cameras": False,
    "export_lights": False,
    "export_image_format": "AUTO",
    "export_materials": "EXPORT",
    "will_save_settings": False,
}


def export() -> Glb:
    """What is selected on the stage as a GLB. Errors: gltf-addon-missing, export-failed."""
    operator = bpy.ops.export_scene.gltf
    options = known_options(operator, _OPTIONS)
    with tempfile.TemporaryDirectory(prefix="avatar-forge-") as folder:
        path = Path(folder) / "export.glb"
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log):
                operator(filepath=str(path), **options)
            return Glb.parse(path.read_bytes())
        except (RuntimeError, OSError, ValueError, KeyError) as error:
            raise CommandError(
                "export-failed",
                f"Blender's glTF exporter failed: {error}",
                "Mend what it names; the meshes may have broken data (try Mesh, Clean Up).",
                {"log": log.getvalue()[-4000:]},
            ) from error


def known_options(operator: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that this Blender's operator of the glTF add-on has. Error: gltf-addon-missing."""
    try:
        known = operator.get_rna_type().properties.keys()
    except (KeyError, AttributeError, RuntimeError) as error:
        raise CommandError(
            "gltf-addon-missing",
            "Blender's glTF add-on is not enabled.",
            "Enable 'glTF 2.0 format' in Preferences, Add-ons; on Debian also install python3-numpy.",
        ) from error
    return {name: value for name, value in options.items() if name in known}
