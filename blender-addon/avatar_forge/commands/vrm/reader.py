# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed access to JSON that people and agents write by hand: every complaint names the member it is about."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import CommandError


class Reader:
    """An object of the JSON value, and the path it lies at."""

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        if not isinstance(value, dict):
            raise self.error("must be an object")
        self.value: dict[str, Any] = value

    def error(self, problem: str) -> CommandError:
        return CommandError(
            "bad-annotation",
            f"{self.path} {problem}.",
            "Correct it as docs/commands.md describes, section Annotations.",
        )

    def only(self, *names: str) -> None:
        unknown = sorted(set(self.value) - set(names))
        if unknown:
            raise self.error(f"has no member {', '.join(unknown)} (known: {', '.join(names)})")

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def names(self) -> list[str]:
        return [str(name) for name in self.value]

    def member(self, name: str, default: Any = None) -> Reader:
        return Reader(self.value[name] if self.has(name) else default, f"{self.path}.{name}")

    def items(self, name: str) -> Iterator[Reader]:
        """The objects of a list; nothing where the member is absent."""
        for position, item in enumerate(self._list(name)):
            yield Reader(item, f"{self.path}.{name}[{position}]")

    def texts(self, name: str) -> list[str]:
        items = self._list(name)
        if not all(isinstance(item, str) and item for item in items):
            raise self.error(f"must have a list of names in {name}")
        return items

    def text(self, name: str, default: str | None = None) -> str:
        value = self.value.get(name, default)
        if not isinstance(value, str) or not value:
            raise self.error(f"must have a text in {name}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.error(f"must have true or false in {name}")
        return value

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.value.get(name, default)
        if value not in choices:
            raise self.error(f"must have one of {', '.join(choices)} in {name}")
        return str(value)

    def number(
        self, name: str, default: float | None, low: float = -math.inf, high: float = math.inf
    ) -> float:
        value = self.value.get(name, default)
        if not _is_number(value) or not low <= value <= high:
            bounds = (
                ""
                if math.isinf(low)
                else f" of at least {low:g}"
                if math.isinf(high)
                else f" of {low:g} to {high:g}"
            )
            raise self.error(f"must have a number{bounds} in {name}")
        return float(value)

    def vector(self, name: str, length: int, default: list[float] | None = None) -> list[float]:
        value = self.value.get(name, default)
        if not isinstance(value, list) or len(value) != length or not all(map(_is_number, value)):
            raise self.error(f"must have a list of {length} numbers in {name}")
        return [float(item) for item in value]

    def _list(self, name: str) -> list[Any]:
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(f"must have a list in {name}")
        return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
