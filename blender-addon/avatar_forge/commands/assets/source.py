# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an asset came from and what may be done with it, kept on all that was imported of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import bpy

from ..params import Params

PROPERTY = "avatar_forge_source"
"""The custom property: JSON text of {service, id, title, url, licence, authors}."""

_MEMBERS = ("service", "id", "title", "url", "licence")


def read(checked: Params) -> dict[str, Any]:
    """The parameter `source`; every member is needed but `authors`. Error: bad-params."""
    given = Params(checked.raw("source"), "source")
    source: dict[str, Any] = {member: given.text(member, max_length=300) for member in _MEMBERS}
    source["authors"] = given.texts("authors", [], 0, 20)
    given.done()
    return source


def mark(blocks: Iterable[bpy.types.ID], source: dict[str, Any]) -> None:
    text = json.dumps(source, sort_keys=True)
    for block in blocks:
        block[PROPERTY] = text
