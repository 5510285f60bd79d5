# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be worn: one function, one mesh and one line a piece. Skin is made only where none covers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .armour import armour
from .body import WRIST
from .boots import boots, shoes, stockings
from .coat import COAT, TUNIC, coat, tunic
from .figure import Figure
from .meshbuilder import Part
from .outfit import belt, cravat, gloves, shirt, vest
from .paint_outfit import ARMOR, OUTFIT
from .skeleton import Chain
from .skirt import OVER, Sheet, skirt
from .textures import Atlas
from .trousers import shorts, trousers
from .wear import Wear


@dataclass(frozen=True)
class Piece:
    """`mesh` is its name in the scene, `place` holds one piece at a time, `hangs` swings below the belt."""

    mesh: str
    put_on: Callable[[Wear], None]
    place: str
    hangs: Sheet | None = None
    atlas: Atlas = OUTFIT


PIECES = {
    "vest": Piece("Vest", vest, "trunk"),
    "tunic": Piece("Tunic", tunic, "trunk", TUNIC),
    "coat": Piece("Coat", coat, "over", COAT),
    "cravat": Piece("Cravat", cravat, "neck"),
    "skirt": Piece("Skirt", skirt, "hips", OVER),
    "trousers": Piece("Trousers", trousers, "legs"),
    "stockings": Piece("Stockings", stockings, "legs"),
    "boots": Piece("Boots", boots, "feet"),
    "shoes": Piece("Shoes", shoes, "feet"),
    "gloves": Piece("Gloves", gloves, "hands"),
    "armour": Piece("Armor", armour, "plates", atlas=ARMOR),
}
DEFAULT = ("vest", "cravat", "skirt", "stockings", "boots", "gloves", "armour")


def clash(names: Iterable[str]) -> tuple[str, str] | None:
    """Two pieces that go to the same place, if there are any."""
    held: dict[str, str] = {}
    for name in names:
        other = held.setdefault(PIECES[name].place, name)
        if other != name:
            return other, name
    return None


def whole(names: Iterable[str]) -> frozenset[str]:
    """The pieces asked for, with shoes where nothing is on the feet."""
    worn = set(names)
    if not worn & {"boots", "shoes"}:
        worn.add("shoes")
    return frozenset(worn)


def bulk(worn: frozenset[str]) -> float:
    """How much further off the trunk than other clothes armour over a coat stands; body units."""
    return 0.014 if worn >= {"coat", "armour"} else 0.0


def hanging(worn: frozenset[str]) -> Sheet | None:
    """The longest sheet that swings below the belt; a tunic is tucked into a skirt."""
    loose = worn - {"tunic"} if "skirt" in worn else worn
    sheets = [sheet for name in loose if (sheet := PIECES[name].hangs)]
    return min(sheets, key=lambda sheet: sheet.hem, default=None)


def dress(figure: Figure, chains: list[Chain], worn: frozenset[str]) -> dict[str, Part]:
    """A mesh for everything that is worn: the shirt and, without trousers, shorts first, the belt last."""
    meshes: dict[str, Part] = {}

    def put_on(mesh: str, piece: Callable[[Wear], None], atlas: Atlas = OUTFIT) -> None:
        meshes[mesh] = Part(atlas)
        piece(Wear(figure, meshes[mesh], chains, worn))

    put_on("Shirt", shirt)
    if "trousers" not in worn:
        put_on("Shorts", shorts)
    for name, piece in PIECES.items():
        if name in worn:
            put_on(piece.mesh, piece.put_on, piece.atlas)
    put_on("Belt", belt)
    return meshes


def bare_arms(worn: frozenset[str]) -> tuple[float, float] | None:
    """x from and to which the arm shows; none under long sleeves. Reaches a little under its neighbours."""
    if worn & {"tunic", "coat"}:
        return None if "gloves" in worn else (WRIST - 0.020, WRIST)
    return 0.172, (0.224 if "gloves" in worn else WRIST)


def bare_legs(worn: frozenset[str]) -> tuple[float, float] | None:
    """Heights between which the leg shows."""
    low = 0.225 if "boots" in worn else 0.060
    if "trousers" in worn:
        return None if "boots" in worn else (0.112, low)
    return 0.408, (0.340 if "stockings" in worn else low)
