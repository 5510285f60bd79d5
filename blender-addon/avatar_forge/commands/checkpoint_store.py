# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints on disk: `<id>.blend`, a copy of the session, and `<id>.json` with what is known about it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .diff import Rows, scene_rows
from .errors import CommandError
from .restore import restored

KEPT_AUTOMATIC = 10


@dataclass(frozen=True)
class Checkpoint:
    """`by` is `user` or `auto`; only the latter are rotated away. `picture`: whether there is one."""

    id: str
    label: str
    at: str
    size: int
    by: str
    picture: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class CheckpointStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, label: str, by: str, picture: np.ndarray | None = None) -> Checkpoint:
        """Saves a copy of the session; the session itself keeps its file and its unsaved state.

        Error: checkpoint-failed.
        """
        now = datetime.now(timezone.utc)
        id_ = self._free_id(now)
        path = self._folder / f"{id_}.blend"
        try:
            save_copy(path)
            if picture is not None:
                np.savez_compressed(self._picture_path(id_), picture=picture)
            size = path.stat().st_size
            at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            checkpoint = Checkpoint(id_, label, at, size, by, picture is not None)
            objects, materials = scene_rows(bpy.context.scene)
            sidecar = {**asdict(checkpoint), "objects": objects, "materials": materials}
            part = self._folder / f".{id_}.json"
            part.write_text(json.dumps(sidecar), encoding="utf-8")
            os.replace(part, self._folder / f"{id_}.json")  # only now is there a checkpoint
        except (OSError, RuntimeError) as error:
            path.unlink(missing_ok=True)
            raise CommandError(
                "checkpoint-failed",
                f"The checkpoint could not be written to {self._folder.name}: {error}",
                "Make room on Blender's machine, then try again.",
            ) from error
        return checkpoint

    def list(self) -> list[Checkpoint]:
        """Newest first; a sidecar that cannot be read, or that has lost its .blend, is passed over."""
        found = []
        for path in sorted(self._folder.glob("[!.]*.json"), reverse=True):
            sidecar = _read(path)
            if sidecar is not None and path.with_suffix(".blend").exists():
                found.append(_checkpoint(sidecar, self._picture_path(path.stem).exists()))
        return found

    def find(self, id_: str) -> Checkpoint:
        """Error: not-found."""
        for checkpoint in self.list():
            if checkpoint.id == id_:
                return checkpoint
        raise CommandError("not-found", f"There is no checkpoint {id_[:40]!r}.", "Ask for the action 'list'.")

    def rows(self, checkpoint: Checkpoint) -> tuple[Rows, Rows]:
        """The objects and materials as they were."""
        sidecar = _read(self._folder / f"{checkpoint.id}.json") or {}
        return sidecar.get("objects", {}), sidecar.get("materials", {})

    def path(self, checkpoint: Checkpoint) -> Path:
        return self._folder / f"{checkpoint.id}.blend"

    def picture(self, checkpoint: Checkpoint) -> np.ndarray | None:
        """The scene from the front when it was made: (height, width, 3), uint8; None where none was taken."""
        try:
            with np.load(self._picture_path(checkpoint.id)) as stored:
                return np.asarray(stored["picture"], np.uint8)
        except (OSError, KeyError, ValueError):
            return None

    def rotate(self) -> None:
        """Drops the oldest automatic checkpoints."""
        automatic = [checkpoint for checkpoint in self.list() if checkpoint.by == "auto"]
        for checkpoint in automatic[KEPT_AUTOMATIC:]:
            (self._folder / f"{checkpoint.id}.json").unlink(missing_ok=True)
            self.path(checkpoint).unlink(missing_ok=True)
            self._picture_path(checkpoint.id).unlink(missing_ok=True)

    def _picture_path(self, id_: str) -> Path:
        return self._folder / f"{id_}.npz"

    def _free_id(self, now: datetime) -> str:
        """Ids sort by time: the second and its milliseconds."""
        stem = now.strftime("%Y%m%d-%H%M%S-") + f"{now.microsecond // 1000:03}"
        id_, number = stem, 1
        while (self._folder / f"{id_}.blend").exists():
            number += 1
            id_ = f"{stem}-{number}"
        return id_


def save_copy(path: Path, relative_remap: bool = False) -> None:
    """Saves the session as a copy, without a preview picture, which takes a window up to 0.4 s.

    Painted pixels live in no file until they are packed. Only dirty images may be: packing a packed one again
    loses its pixels (3.4). Relative paths stay relative to the session's own file, which a restored one gets
    back; with `relative_remap` they are written for the copy's own place.
    """
    for image in bpy.data.images:
        if image.is_dirty and image.has_data and image.source in ("GENERATED", "FILE"):
            image.pack()
    preferences = bpy.context.preferences
    dirty = preferences.is_dirty
    with restored(preferences.filepaths, {"file_preview_type": "NONE"}):
        bpy.ops.wm.save_as_mainfile(
            filepath=str(path), copy=True, check_existing=False, relative_remap=relative_remap
        )
    preferences.is_dirty = dirty


def load(path: Path) -> None:
    """Opens a copy so that the session keeps its own file's name, or its having none. Errors: RuntimeError,
    OSError.

    Blender knows a session's file only by having opened or saved it. So the copy stands in that file's place
    while it is being opened, and the file itself beside it; nothing is written into it.
    """
    preferences = bpy.context.preferences
    dirty = preferences.is_dirty
    own = Path(bpy.data.filepath) if bpy.data.filepath else None
    with restored(preferences.filepaths, {"use_load_ui": False}):
        if own is None or not os.access(own.parent, os.W_OK):
            bpy.ops.wm.read_homefile(filepath=str(path), load_ui=False)
        else:
            with _standing_in(path, own):
                bpy.ops.wm.open_mainfile(filepath=str(own), load_ui=False)
    bpy.context.preferences.is_dirty = dirty


@contextmanager
def _standing_in(copy: Path, own: Path) -> Iterator[None]:
    aside = own.with_name(f"{own.name}.aside")
    existed = own.exists()
    if existed:
        os.replace(own, aside)
    try:
        shutil.copyfile(copy, own)
        yield
    finally:
        if existed:
            os.replace(aside, own)
        else:
            own.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) and value.get("id") == path.stem else None


def _checkpoint(sidecar: dict[str, Any], picture: bool) -> Checkpoint:
    return Checkpoint(
        id=str(sidecar["id"]),
        label=str(sidecar.get("label", "")),
        at=str(sidecar.get("at", "")),
        size=int(sidecar.get("size", 0)),
        by=str(sidecar.get("by", "user")),
        picture=picture,
    )
