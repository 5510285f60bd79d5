# SPDX-License-Identifier: GPL-3.0-or-later
"""execute_blender_code: runs a piece of Python and tells all there is to tell about it.

The container is the sandbox: nothing here tries to keep code from what Blender can do.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import linecache
import math
import traceback
from typing import Any

import bpy
import mathutils

from . import to_json
from .context import Context
from .diff import journal
from .errors import CommandError, bad_params
from .params import Params

NAME = "execute_blender_code"
CHANGES = True

MOST_OUTPUT = 64 * 1024
MOST_RESULT = 16 * 1024
MOST_CODE = 1024 * 1024
KEPT_SOURCES = 20

_numbers = itertools.count(1)


def risky(params: dict[str, Any]) -> bool:
    return True


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{code, label?} → {stdout, stderr, result, truncated, diff}.

    The code starts with a fresh namespace of bpy, mathutils, math, C (bpy.context) and D (bpy.data). `result`
    is what it left in its variable of that name: as JSON where that can be, else its repr. `sys.exit()` ends
    the code, not Blender. Output is cut at 64 KB each. Error: python-error, with {stdout, stderr, traceback,
    truncated, diff} in data.
    """
    checked = Params(params)
    code = checked.text("code", max_length=MOST_CODE)
    label = checked.text("label", "", max_length=200)
    checked.done()

    file = _remember(code, label)
    stdout, stderr = _Capped(), _Capped()
    space: dict[str, Any] = {
        "__name__": "__main__",
        "__builtins__": __builtins__,
        "bpy": bpy,
        "mathutils": mathutils,
        "math": math,
        "C": bpy.context,
        "D": bpy.data,
    }
    journal.update(bpy.context.scene)
    failure: BaseException | None = None
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            exec(compile(code, file, "exec"), space)
        except SystemExit as exit_:
            failure = exit_ if exit_.code not in (None, 0) else None
        except BaseException as error:  # KeyboardInterrupt and the like must not reach Blender's event loop
            failure = error
    # A cancelled command was stopped by an exception thrown into the code: that one is the runner's, not the
    # user's.
    context.check_cancelled()
    diff = journal.update(bpy.context.scene)
    output = {
        "stdout": stdout.text(),
        "stderr": stderr.text(),
        "truncated": stdout.truncated or stderr.truncated,
    }
    if failure is not None:
        raise CommandError(
            "python-error",
            f"{_summary(failure, file)}",
            "Mend the code and run it again; what ran before the error has been done.",
            {**output, "traceback": _traceback(failure, file), "diff": diff},
        ) from None
    return {**output, "result": _result(space.get("result")), "diff": diff}


class _Capped(io.TextIOBase):
    """Keeps the first 64 KB written to it and forgets the rest."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = MOST_OUTPUT
        self.truncated = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(text) > self._room:
            self.truncated = True
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(self._parts[-1])
        return len(text)

    def text(self) -> str:
        # Lone surrogates (a file name that is no UTF-8) cannot travel as JSON in UTF-8.
        return "".join(self._parts).encode("utf-8", "replace").decode("utf-8")


def _remember(code: str, label: str) -> str:
    """Gives the code a file name under which tracebacks find its lines."""
    number = next(_numbers)
    for old in [name for name in linecache.cache if name.startswith("<avatar-forge ")][: -KEPT_SOURCES + 1]:
        del linecache.cache[old]
    file = f"<avatar-forge {number}{': ' + label if label else ''}>"
    if "\0" in code:
        raise bad_params("code holds a NUL character.", "Python takes none.")
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    return file


def _traceback(error: BaseException, file: str) -> str:
    """The traceback from the first frame of the user's code on."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != file:
        frame = frame.tb_next
    lines = traceback.format_exception(type(error), error, frame, limit=-20)
    return "".join(lines)[-8_000:]


def _summary(error: BaseException, file: str) -> str:
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{kind} in line {error.lineno}: {error.msg}."
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    place = f" in line {lines[-1]}" if lines else ""
    return f"{kind}{place}: {str(error)[:500]}".rstrip(": ") + "."


def _result(value: Any) -> Any:
    """JSON where the value has a form in it (vectors and matrices as lists), else its repr."""
    try:
        plain = to_json(_plain(value, 0))
        if len(json.dumps(plain)) <= MOST_RESULT:
            return plain
    except (TypeError, ValueError, OverflowError):
        pass
    try:
        text = repr(value)
    except Exception as error:  # a user's class may fail in its own repr
        text = f"<{type(value).__name__} whose repr failed: {error}>"
    return text if len(text) <= MOST_RESULT else text[:MOST_RESULT] + "…"


def _plain(value: Any, depth: int) -> Any:
    if depth > 20:
        raise ValueError("too deep")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item, depth + 1) for item in value), key=repr)
    if isinstance(value, (mathutils.Vector, mathutils.Euler, mathutils.Quaternion, mathutils.Color)):
        return list(value)
    if isinstance(value, mathutils.Matrix):
        return [list(row) for row in value]
    raise TypeError(type(value).__name__)
