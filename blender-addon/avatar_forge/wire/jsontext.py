# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as RFC 8259 has it, which Python's json module alone does not keep to: no NaN, no infinities, UTF-8
only.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from .errors import WireError

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def encode(value: Any) -> bytes:
    """ASCII JSON; NaN and infinities become null. Error: `internal` for what JSON has no form for (a set, a
    cycle).
    """
    try:
        return _dumps(value)
    except ValueError:  # NaN, an infinity, or a cycle
        pass
    except (TypeError, RecursionError) as error:
        raise _not_json(error) from error
    try:
        return _dumps(_finite(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise _not_json(error) from error


def decode_object(data: bytes | bytearray | memoryview) -> dict[str, Any]:
    """The JSON object in `data`. Raises ValueError, saying why, for anything else.

    A lone surrogate, which JSON can escape but UTF-8 cannot hold, becomes U+FFFD: Blender 3.4 crashes on one
    in `bpy.data.objects.get`.
    """
    try:
        value = json.loads(str(data, "utf-8"), parse_constant=_refuse_constant)
        if _SURROGATE_ESCAPE.search(data):
            value = _without_lone_surrogates(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


_encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def _dumps(value: Any) -> bytes:
    return _encoder.encode(value).encode("ascii")


def _without_lone_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    return value


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _not_json(error: Exception) -> WireError:
    return WireError(
        "internal",
        f"The result cannot be written as JSON: {error}. Return numbers, text, lists and dictionaries.",
    )
