"""Makes the figures that tasks begin with, each into a .blend to append from.

blender -b --factory-startup --python bench/agent/blender/make_seeds.py -- FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "blender-addon"), str(ROOT / "test/blender/driver")]

import foreign_rigs  # noqa: E402
from case_context import Context  # noqa: E402

from avatar_forge import commands  # noqa: E402


def main(folder: Path) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    silver = {"hair": "#eceef2", "hair_tip": "#ffffff"}
    commands.run("avatar_scaffold", {"name": "Companion", "palette": silver}, Context(folder))
    write(folder / "companion.blend")
    for rig in ("mixamo", "vroid", "vroid-nonsense", "makehuman"):
        foreign_rigs.build(rig)
        write(folder / f"{rig}.blend")


def write(path: Path) -> None:
    # Pictures that only an annotation names would be left behind.
    bpy.data.libraries.write(str(path), {*bpy.context.scene.objects, *bpy.data.images})


main(Path(sys.argv[-1]))
