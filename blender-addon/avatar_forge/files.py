# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders behind the roots (docs/protocol.md section 5), and uploads into them."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

from .wire.errors import WireError
from .wire.names import check_name, check_root
from .wire.streams import Incoming, check_announcement

READ_SIZE = 1_048_576
KEEP_FREE = 64 * 1024 * 1024
"""Bytes an upload must leave free on the disk."""
_MOST_NAMED = 8
PARTS_KEPT_S = 7 * 24 * 3600
"""How long a broken upload can be gone on with."""


SCRATCH_ROOTS = ("checkpoints", "uploads")
"""What needs a quick disk, and nobody needs once the machine is gone."""


class FileStore:
    """Files by root and name under `home`, or `scratch` for SCRATCH_ROOTS where there is one. Errors:
    `bad-name`, `not-found`, and OSError as it comes.
    """

    def __init__(self, home: Path, scratch: Path | None = None) -> None:
        self.home = home
        self._scratch = scratch
        self._uploads: dict[Path, Upload] = {}
        self._lock = threading.Lock()

    def folder(self, root: str) -> Path:
        """The folder behind a root; made where missing."""
        base = self._scratch if self._scratch and root in SCRATCH_ROOTS else self.home
        path = base / check_root(root)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def files(self, root: Any) -> list[dict[str, Any]]:
        """[{name, size, modified}], by name; files whose names could not be asked for are left out."""
        found = []
        for entry in sorted(self.folder(root).iterdir()):
            try:
                found.append(_describe(check_name(entry.name), _stat(entry)))
            except WireError:  # a part of an upload, a folder, or gone since
                continue
        return found

    def stat(self, root: Any, name: Any, check: Callable[[], None]) -> dict[str, Any]:
        """{name, size, modified, sha256}. `check` is called now and then, and may raise."""
        path = self.existing(root, name)
        return {**_describe(path.name, _stat(path)), "sha256": hash_file(path, check).hexdigest()}

    def existing(self, root: Any, name: Any) -> Path:
        path = self.folder(root) / check_name(name)
        try:
            _stat(path)
        except WireError as error:
            newest = sorted(self.files(root), key=lambda file: file["modified"], reverse=True)
            names = ", ".join(file["name"] for file in newest[:_MOST_NAMED])
            there = f"Newest first there is: {names}." if names else "Nothing is there yet: make it first."
            raise WireError(error.code, f"{error.message} {there}") from None
        return path

    def delete(self, root: Any, name: Any) -> None:
        self.existing(root, name).unlink()

    def upload(self, root: Any, name: Any, size: Any, sha256: Any, check: Callable[[], None]) -> Upload:
        """Starts an upload, or goes on with a broken one of the same bytes (taking it over, if need be).

        Errors: `bad-params`, `bad-name`, `too-large`.
        """
        size, sha256 = check_announcement(size, sha256)
        folder, name = self.folder(root), check_name(name)
        part = folder / f".{sha256}.part"
        self._drop_old_parts(folder)
        with self._lock:
            self._uploads = {path: upload for path, upload in self._uploads.items() if upload.open}
            if other := self._uploads.get(part):
                other.abandon()
            there = min(part.stat().st_size, size) if part.exists() else 0
            if size - there > shutil.disk_usage(folder).free - KEEP_FREE:
                raise WireError(
                    "too-large", f"There is no room for {size} bytes in {root}. Delete files there."
                )
            upload = self._uploads[part] = Upload(part, folder / name, size, sha256, check)
        return upload

    def _drop_old_parts(self, folder: Path) -> None:
        for part in folder.glob(".*.part"):
            if part not in self._uploads and time.time() - part.stat().st_mtime > PARTS_KEPT_S:
                part.unlink(missing_ok=True)


class Upload:
    """One file on its way in; its bytes lie in a hidden part file until all are there and are right."""

    def __init__(self, part: Path, target: Path, size: int, sha256: str, check: Callable[[], None]) -> None:
        self._part = part
        self._target = target
        self._lock = threading.Lock()
        self._failure: WireError | None = None
        digest = hash_file(part, check) if part.exists() else hashlib.sha256()
        self._file: BinaryIO = part.open("ab")
        there = self._file.tell()
        if there > size:  # left by something else
            self._file.truncate(0)
            there, digest = 0, hashlib.sha256()
        self._incoming = Incoming(self._file.write, size, sha256, there, digest)
        self.offset = there
        """Where the bytes are to go on."""

    @property
    def open(self) -> bool:
        return not self._file.closed

    def write(self, offset: int, data: bytes) -> None:
        """Error: `protocol-violation`. What the disk complains of is kept for `commit`."""
        with self._lock:
            if self._failure:
                return
            try:
                self._incoming.write(offset, data)
            except OSError as error:
                self._failure = WireError(
                    "internal", f"The file could not be written: {error.strerror}. Try again."
                )

    def commit(self) -> dict[str, Any]:
        """Checks and renames into place: {name, size, sha256}. Errors: `hash-mismatch`, `busy`."""
        with self._lock:
            if self._failure:
                raise self._failure
            self._file.flush()
            try:
                self._incoming.finish()
            except WireError:
                if self._incoming.offset == self._incoming.size:
                    self._close()
                    self._part.unlink(missing_ok=True)
                raise
            os.fsync(self._file.fileno())
            self._close()
            self._part.replace(self._target)
            return {"name": self._target.name, "size": self._incoming.size, "sha256": self._incoming.sha256}

    def abandon(self) -> None:
        """Keeps what is there, for another connection to go on with."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if not self._file.closed:
            self._file.close()
        self._failure = WireError("busy", "This upload is over. Start it again with file.put.")


def hash_file(path: Path, check: Callable[[], None]) -> Any:
    """A SHA-256 that has been fed the file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(READ_SIZE):
            digest.update(data)
            check()
    return digest


def _stat(path: Path) -> os.stat_result:
    """Error: `not-found` for what is no plain file (links and folders are not offered)."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        raise WireError(
            "not-found",
            f"There is no file {path.name!r} in {path.parent.name}.",
        )
    return found


def _describe(name: str, found: os.stat_result) -> dict[str, Any]:
    modified = datetime.fromtimestamp(found.st_mtime, timezone.utc).isoformat(timespec="milliseconds")
    return {"name": name, "size": found.st_size, "modified": modified}
