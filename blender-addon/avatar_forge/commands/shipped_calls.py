# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the shipped library (shipped.py): the commands, with undo and checkpoints, and what files need."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import traceback
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import bpy

from . import find, is_risky, run
from .checkpoint import before_change
from .errors import CommandError
from .params import Params

ROOTS = ("exports", "projects", "textures", "checkpoints", "uploads")
MOST_READ = 8 * 1024 * 1024


class ShippedContext:
    """Blobs travel as base64. There is no way to hear of a cancellation, nor to tell about progress."""

    def progress(self, fraction: float | None, message: str) -> None:
        pass

    def check_cancelled(self) -> None:
        pass

    def blob(self, data: bytes, mime: str) -> dict[str, Any]:
        return blob(data, mime)

    def folder(self, root: str) -> Path:
        if root not in ROOTS:
            raise CommandError(
                "bad-name", f"There is no root {root!r}.", f"It is one of: {', '.join(ROOTS)}."
            )
        home = Path(os.environ.get("AVATAR_FORGE_HOME") or Path.home() / "avatar-forge")
        folder = home / root
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def call(method: str, params: str) -> str:
    """Runs a command, or one of the methods beside them. Never raises; the answer is JSON text in ASCII."""
    try:
        return json.dumps({"result": _call(method, json.loads(params))}, allow_nan=False)
    except CommandError as error:
        return json.dumps({"error": error.to_json()})
    except BaseException as error:  # SystemExit would end Blender under a stock add-on
        message = f"{method} failed inside Blender: {type(error).__name__}: {error}"
        data = {"traceback": traceback.format_exc()[-8_000:]}
        return json.dumps({"error": {"code": "internal", "message": message, "data": data}})


def _call(method: str, params: dict[str, Any]) -> Any:
    context = ShippedContext()
    if method in _METHODS:
        return _METHODS[method](Params(params), context)
    if not find(method).CHANGES:
        return run(method, params, context)
    before_change(method, is_risky(method, params), context)
    _push_undo(f"Before {method}")
    try:
        return run(method, params, context)
    finally:
        _push_undo(method)


def _push_undo(message: str) -> None:
    """Blender has no undo where nothing is open to edit."""
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message=message)


def blob(data: bytes, mime: str) -> dict[str, Any]:
    """The `$blob` marker of the stock dialect (docs/protocol.md section 3)."""
    return {
        "$blob": {
            "base64": base64.b64encode(data).decode("ascii"),
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "mime": mime,
        }
    }


def _is_name(name: str) -> bool:
    """The rule of docs/protocol.md section 5."""
    allowed = all(char in "._ -" or char.isalnum() for char in name)
    return bool(allowed and name) and not name.startswith(".") and len(name.encode("utf-8", "replace")) <= 200


def _path(params: Params, context: ShippedContext) -> Path:
    """A name inside a root. Error: bad-name."""
    name = params.text("name")
    if not _is_name(name):
        raise CommandError(
            "bad-name", f"{name[:40]!r} is no file name here.", "Letters, digits, dot, space, _ and -."
        )
    return context.folder(params.text("root")) / name


def _existing(params: Params, context: ShippedContext) -> Path:
    path = _path(params, context)
    if not path.is_file():
        raise CommandError(
            "not-found",
            f"There is no file {path.name!r} in {path.parent.name}.",
            "Correct the name, or make the file first.",
        )
    return path


def _ping(_params: Params, _context: ShippedContext) -> dict[str, Any]:
    return {}


def _list(params: Params, context: ShippedContext) -> dict[str, Any]:
    """{root} → {files: [{name, size, modified}]}, by name."""
    paths = sorted(context.folder(params.text("root")).iterdir())
    return {"files": [_describe(path) for path in paths if path.is_file() and _is_name(path.name)]}


def _describe(path: Path) -> dict[str, Any]:
    found = path.stat()
    modified = datetime.fromtimestamp(found.st_mtime, timezone.utc).isoformat(timespec="milliseconds")
    return {"name": path.name, "size": found.st_size, "modified": modified}


def _delete(params: Params, context: ShippedContext) -> dict[str, Any]:
    _existing(params, context).unlink()
    return {}


def _stat(params: Params, context: ShippedContext) -> dict[str, Any]:
    """{root, name} → {name, size, modified, sha256}."""
    path = _existing(params, context)
    return {**_describe(path), "sha256": _sha256(path)}


def _read(params: Params, context: ShippedContext) -> dict[str, Any]:
    """{root, name, offset, length} → a blob of at most that many bytes."""
    offset, length = params.integer("offset", 0, 0), params.integer("length", MOST_READ, 1, MOST_READ)
    with _existing(params, context).open("rb") as file:
        file.seek(offset)
        return blob(file.read(length), "application/octet-stream")


def _write(params: Params, context: ShippedContext) -> dict[str, Any]:
    """{root, name, size, sha256, offset, base64}: pieces in order; the last one checks the whole and puts it
    in place.

    Errors: bad-params, hash-mismatch.
    """
    path = _path(params, context)
    size, offset = params.integer("size", low=0), params.integer("offset", low=0)
    sha256 = params.text("sha256", max_length=64)
    part = path.parent / f".{hashlib.sha256(sha256.encode()).hexdigest()[:32]}.part"
    data = base64.b64decode(params.text("base64", max_length=16 * 1024 * 1024), validate=True)
    there = part.stat().st_size if part.exists() else 0
    if offset > there or offset + len(data) > size:
        raise params.bad(
            "offset", f"is {offset}, and {there} of {size} bytes are here", "Send from there on."
        )
    with part.open("r+b" if part.exists() else "wb") as file:
        file.seek(offset)
        file.truncate()
        file.write(data)
    if offset + len(data) == size:
        if _sha256(part) != sha256:
            part.unlink()
            raise CommandError(
                "hash-mismatch", f"{path.name} did not arrive as it was sent.", "Send it again."
            )
        os.replace(part, path)
    return {"name": path.name, "received": offset + len(data)}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


_METHODS = {
    "ping": _ping,
    "file.list": _list,
    "file.stat": _stat,
    "file.delete": _delete,
    "file.read": _read,
    "file.write": _write,
}
