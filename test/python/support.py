"""Puts the add-on on the path (its `wire` needs no Blender) and reads the vectors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "blender-addon"))


def vectors(name: str) -> Any:
    return json.loads((HERE.parent / "fixtures" / "wire" / f"{name}.json").read_text("ascii"))


def cuts(data: bytes) -> Iterator[list[bytes]]:
    """Every way of cutting the bytes in two, and into single bytes."""
    for at in range(len(data) + 1):
        yield [data[:at], data[at:]]
    yield [data[i : i + 1] for i in range(len(data))]
