"""Makes figures that tasks begin with, each into a .blend to append from.

blender -b --factory-startup --python bench/agent/blender/make_seeds.py -- FOLDER NAME…
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

PALETTES = {"companion": {"hair": "#eceef2", "hair_tip": "#ffffff"}, "blue-companion": {}}


def main(folder: Path, names: list[str]) -> None:
    for name in names:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        if name in PALETTES:
            figure = {"name": "Companion", "palette": PALETTES[name]}
            commands.run("avatar_scaffold", figure, Context(folder))
        else:
            foreign_rigs.build(name)
        write(folder / f"{name}.blend")


def write(path: Path) -> None:
    # Pictures that only an annotation names would be left behind.
    bpy.data.libraries.write(str(path), {*bpy.context.scene.objects, *bpy.data.images})


given = sys.argv[sys.argv.index("--") + 1 :]
main(Path(given[0]), given[1:])
