# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are named over the wire by a root and a single segment, never by a path (docs/protocol.md section
5).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from .errors import WireError

ROOTS = ("exports", "projects", "textures", "checkpoints", "uploads")
MAX_BYTES = 200

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._ -")


def check_root(root: Any) -> str:
    """Error: `bad-name`."""
    if root not in ROOTS:
        raise WireError("bad-name", f"There is no root {_shown(root)}. Roots: {', '.join(ROOTS)}.")
    return str(root)


def check_name(name: Any) -> str:
    """Error: `bad-name`."""
    if not isinstance(name, str) or not _is_good(name):
        raise WireError(
            "bad-name",
            f"{_shown(name)} cannot be a file's name. Use letters, digits, dot, underscore, space and "
            f"hyphen, at most {MAX_BYTES} bytes, no dot in front, no dot or space at the end.",
        )
    return name


def _is_good(name: str) -> bool:
    if not name or name.startswith(".") or name.endswith((".", " ")):
        return False
    if not all(char in _PLAIN or unicodedata.category(char).startswith("L") for char in name):
        return False
    return len(name.encode()) <= MAX_BYTES


def _shown(value: Any) -> str:
    return ascii(value)[:80]
