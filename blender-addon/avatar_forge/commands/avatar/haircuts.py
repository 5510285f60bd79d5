# SPDX-License-Identifier: GPL-3.0-or-later
"""All haircuts: a cut is one function and one line here."""

from __future__ import annotations

from collections.abc import Callable

from .haircut import Haircut, Wearer
from .loose import bob, long, short
from .tied import ponytail, twin_tails

CUTS: dict[str, Callable[[Wearer], Haircut]] = {
    "long": long,
    "bob": bob,
    "short": short,
    "ponytail": ponytail,
    "twin_tails": twin_tails,
}
