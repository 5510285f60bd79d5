"""Puts the add-on on the path (its `wire` needs no Blender) and reads the vectors."""

from __future__ import annotations

import json
import sys
import time
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


class Outcomes:
    """Collects the answers of jobs."""

    def __init__(self) -> None:
        self._seen: list[tuple[Any, BaseException | None]] = []

    def add(self, _job: Any, result: Any, error: BaseException | None) -> None:
        self._seen.append((result, error))

    def __len__(self) -> int:
        return len(self._seen)

    def kinds(self) -> list[str]:
        """The name of each error's class, or the result as text."""
        return [type(error).__name__ if error else str(result) for result, error in self._seen]


def spin(seconds: float) -> None:
    """Python code that takes so long, unlike a sleep, which no exception interrupts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
