# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings changed for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def restored(owner: Any, values: dict[str, Any]) -> Iterator[None]:
    """Sets attributes for the time of a block; those this Blender does not have are left out."""
    known = {name: value for name, value in values.items() if hasattr(owner, name)}
    before = {name: getattr(owner, name) for name in known}
    try:
        for name, value in known.items():
            setattr(owner, name, value)
        yield
    finally:
        for name, value in reversed(before.items()):
            setattr(owner, name, value)
