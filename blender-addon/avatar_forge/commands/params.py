# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a command's parameters at the edge; every complaint names the place, as `objects[2].location`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .errors import CommandError, bad_params

REQUIRED: Any = object()


class Params:
    """A JSON object from a client. Each reader returns a checked value or raises bad-params.

    `done()` complains about members nobody read, so a misspelt one is never ignored.
    """

    def __init__(self, values: Any, where: str = "") -> None:
        if not isinstance(values, dict):
            raise bad_params(
                f"{where or 'params'} must be an object, not {_kind(values)}.", "Give its members by name."
            )
        self._values = values
        self._where = where
        self._read: set[str] = set()

    def where(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def has(self, key: str) -> bool:
        self._read.add(key)
        return key in self._values

    def bad(self, key: str, problem: str, next_step: str = "") -> CommandError:
        return bad_params(f"{self.where(key)} {problem}.", next_step)

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        value = self._values.get(key)
        if value is None:
            if default is REQUIRED:
                raise self.bad(key, "is missing")
            return default
        return value

    def raw(self, key: str, default: Any = REQUIRED) -> Any:
        return self._get(key, default)

    def text(
        self, key: str, default: Any = REQUIRED, choices: Sequence[str] | None = None, max_length: int = 2_000
    ) -> Any:
        value = self._get(key, default)
        if value is default:
            return value
        if choices is not None and value not in choices:
            raise self.bad(key, f"is {value!r}", f"It must be one of: {', '.join(choices)}.")
        if not isinstance(value, str):
            raise self.bad(key, f"must be text, not {_kind(value)}")
        if len(value) > max_length:
            raise self.bad(key, f"has {len(value)} characters", f"At most {max_length} are taken.")
        return value

    def name(self, key: str, default: Any = REQUIRED) -> Any:
        """A data-block's name: 1 to 63 bytes, which is all Blender keeps."""
        value = self.text(key, default)
        if value is default:
            return value
        if not value.strip():
            raise self.bad(key, "is empty")
        if len(value.encode("utf-8")) > 63:
            raise self.bad(key, f"is longer than 63 bytes ({value[:20]!r}…)", "Choose a shorter name.")
        return value

    def number(
        self,
        key: str,
        default: Any = REQUIRED,
        low: float = -1e6,
        high: float = 1e6,
        above: float | None = None,
    ) -> Any:
        value = self._get(key, default)
        if value is default:
            return value
        return self._number(key, value, low, high, above)

    def integer(self, key: str, default: Any = REQUIRED, low: int = -(2**53), high: int = 2**53) -> Any:
        value = self.number(key, default, low, high)
        if value is default:
            return value
        if value != int(value):
            raise self.bad(key, f"must be a whole number, not {value}")
        return int(value)

    def flag(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._get(key, default)
        if value is not default and not isinstance(value, bool):
            raise self.bad(key, f"must be true or false, not {_kind(value)}")
        return value

    def vector(self, key: str, default: Any = REQUIRED, low: float = -1e6, high: float = 1e6) -> Any:
        """Three finite numbers, as a tuple."""
        value = self._get(key, default)
        if value is default:
            return value
        if not isinstance(value, (list, tuple)) or len(value) != 3:
            raise self.bad(key, "must be a list of three numbers", "Example: [0, 0, 1.5].")
        return tuple(self._number(f"{key}[{i}]", item, low, high, None) for i, item in enumerate(value))

    def size(self, key: str, default: Any = REQUIRED) -> Any:
        """One length for all axes or three, in metres; as a tuple of three."""
        value = self._get(key, default)
        if value is default:
            return value
        if isinstance(value, (list, tuple)):
            x, y, z = self.vector(key, low=0, high=1e5)
        else:
            x = y = z = self._number(key, value, 0, 1e5, None)
        if max(x, y, z) <= 0:
            raise self.bad(key, "must be greater than 0")
        return (x, y, z)

    def scale(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._get(key, default)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return (self._number(key, value, -1e5, 1e5, None),) * 3
        return self.vector(key, default, -1e5, 1e5)

    def color(self, key: str, default: Any = REQUIRED) -> Any:
        """`#rrggbb` (sRGB) or [r, g, b] (linear, 0…1), as a linear tuple."""
        value = self._get(key, default)
        if value is default:
            return value
        if isinstance(value, str):
            digits = value[1:] if value.startswith("#") else value
            if len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
                raise self.bad(
                    key, f"is {value[:20]!r}", "A colour is #rrggbb or three linear numbers from 0 to 1."
                )
            return tuple(srgb_to_linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))
        return self.vector(key, low=0, high=1)

    def items(self, key: str, low: int, high: int) -> list[Params]:
        """A list of objects, each with its own place in complaints."""
        return [Params(item, f"{self.where(key)}[{i}]") for i, item in enumerate(self._list(key, low, high))]

    def texts(
        self,
        key: str,
        default: Any = REQUIRED,
        low: int = 1,
        high: int = 50,
        choices: Sequence[str] | None = None,
    ) -> Any:
        if self._get(key, default) is default:
            return default
        values = self._list(key, low, high)
        for i, value in enumerate(values):
            if not isinstance(value, str) or (choices is not None and value not in choices):
                expected = f"It must be one of: {', '.join(choices)}." if choices else "It must be text."
                raise self.bad(f"{key}[{i}]", f"is {str(value)[:40]!r}", expected)
        return values

    def done(self) -> None:
        unknown = sorted(set(self._values) - self._read)
        if unknown:
            raise self.bad(
                unknown[0], "is not known here", f"Known members: {', '.join(sorted(self._read))}."
            )

    def _list(self, key: str, low: int, high: int) -> list[Any]:
        value = self._get(key, REQUIRED)
        if not isinstance(value, list):
            raise self.bad(key, f"must be a list, not {_kind(value)}")
        if not low <= len(value) <= high:
            raise self.bad(key, f"has {len(value)} entries", f"It takes {low} to {high}.")
        return value

    def _number(self, key: str, value: Any, low: float, high: float, above: float | None) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.bad(key, f"must be a number, not {_kind(value)}")
        if not math.isfinite(value) or not low <= value <= high:
            raise self.bad(key, f"is {value}", f"It must lie between {low:g} and {high:g}.")
        if above is not None and value <= above:
            raise self.bad(key, f"is {value}", f"It must be greater than {above:g}.")
        return value


def srgb_to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def linear_to_srgb(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def to_hex(color: Sequence[float]) -> str:
    """A linear colour as `#rrggbb`."""
    return "#" + "".join(f"{round(linear_to_srgb(channel) * 255):02x}" for channel in color[:3])


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    kinds = {
        type(None): "null",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), type(value).__name__)
