# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be worn: one function and one line a piece. Skin is made only where no piece covers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .armour import armour
from .body import WRIST
from .boots import boots, shoes, stockings
from .coat import COAT, TUNIC, coat, tunic
from .outfit import belt, cravat, gloves, shirt, vest
from .skirt import OVER, Sheet, skirt
from .trousers import shorts, trousers
from .wear import Wear


@dataclass(frozen=True)
class Piece:
    """`place` holds one piece at a time; `hangs` is what swings below the belt."""

    put_on: Callable[[Wear], None]
    place: str
    hangs: Sheet | None = None


PIECES = {
    "vest": Piece(vest, "trunk"),
    "tunic": Piece(tunic, "trunk", TUNIC),
    "coat": Piece(coat, "over", COAT),
    "cravat": Piece(cravat, "neck"),
    "skirt": Piece(skirt, "hips", OVER),
    "trousers": Piece(trousers, "legs"),
    "stockings": Piece(stockings, "legs"),
    "boots": Piece(boots, "feet"),
    "shoes": Piece(shoes, "feet"),
    "gloves": Piece(gloves, "hands"),
    "armour": Piece(armour, "plates"),
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


def hanging(worn: frozenset[str]) -> Sheet | None:
    """The longest sheet that swings below the belt."""
    sheets = [sheet for name in worn if (sheet := PIECES[name].hangs)]
    return min(sheets, key=lambda sheet: sheet.hem, default=None)


def dress(wear: Wear) -> None:
    """Puts everything on, the shirt and, without trousers, shorts first."""
    shirt(wear)
    if "trousers" not in wear.pieces:
        shorts(wear)
    for name, piece in PIECES.items():
        if name in wear.pieces:
            piece.put_on(wear)
    belt(wear)


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
