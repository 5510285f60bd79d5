# SPDX-License-Identifier: GPL-3.0-or-later
"""checkpoint: keeps copies of the session to go back to; the last ten automatic ones and all asked for."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import bpy
import numpy as np

from .checkpoint_store import Checkpoint, CheckpointStore, load
from .context import Context
from .diff import as_diff, changes, journal, scene_rows
from .errors import CommandError
from .params import Params

NAME = "checkpoint"
# It looks after itself: restoring loads a file, around which there is no undo.
CHANGES = False

SECONDS_BETWEEN = 5.0
_RESTORING = "before restoring"
PICTURE_SIDE, MOST_PICTURES = 192, 12

_last_revision = -1
_last_at = _pictured_at = -1e9


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{action: create list diff restore, id?, label?, pictures?} → create {id, label, at}; list
    {checkpoints[{id, label, at, size, by, picture}], image?, cells?}, newest first; diff {diff}; restore
    {restored, diff}.

    `pictures` of a list is a sheet of the newest twelve that have one, their ids in `cells`. `picture` tells
    which have: all that were asked for, and automatic ones where it took only a moment.

    diff and restore take the newest checkpoint where no id is given, but none of those before a restore: the
    same restore twice goes to the same place; the diff is from it to the scene as it
    is. A restore makes a checkpoint before, keeps the session's own file, and its diff is what it did to the
    scene. Errors: bad-params, not-found, checkpoint-failed, restore-failed.
    """
    checked = Params(params)
    action = checked.text("action", choices=("create", "list", "diff", "restore"))
    id_ = checked.text("id", None, max_length=100)
    label = checked.text("label", None, max_length=200)
    pictures = checked.flag("pictures", False)
    checked.done()
    if id_ is not None and action in ("create", "list"):
        raise checked.bad("id", f"does not go with {action!r}", "Leave it out.")
    if label is not None and action != "create":
        raise checked.bad("label", f"does not go with {action!r}", "Leave it out.")

    store = CheckpointStore(context.folder("checkpoints"))
    if action == "create":
        made = store.create(label or "", "user", _picture(context))
        return {"id": made.id, "label": made.label, "at": made.at}
    if action == "list":
        listed = store.list()[:200]
        rows = {"checkpoints": [checkpoint.to_json() for checkpoint in listed]}
        return {**rows, **(_sheet(store, listed, context) if pictures else {})}
    chosen = store.find(id_) if id_ is not None else _newest(store)
    if action == "diff":
        journal.update(bpy.context.scene)
        return {"diff": _diff_since(store, chosen)}
    return _restore(store, chosen, context)


def before_change(label: str, risky: bool, context: Context) -> None:
    """Makes the rotating checkpoint before a command that changes something, where one is due; never raises.

    One is due before something risky, and otherwise when the last is some seconds old and the scene has
    another revision since. So a burst of small changes costs one file, and microseconds for each after it.
    It has a picture as `_glance` takes them, in a burst of risky ones the first.
    """
    global _last_revision, _last_at, _pictured_at
    now = time.monotonic()
    if not risky and (now - _last_at < SECONDS_BETWEEN or journal.revision == _last_revision):
        return
    try:
        journal.update(bpy.context.scene)
        store = CheckpointStore(context.folder("checkpoints"))
        picture = _glance() if now - _pictured_at >= SECONDS_BETWEEN else None
        if picture is not None:
            _pictured_at = time.monotonic()
        store.create(f"before {label}", "auto", picture)
        store.rotate()
    except Exception as error:  # a full disk must not keep somebody from working
        print(f"Avatar Forge: no checkpoint before {label}: {error}", file=sys.stderr)
    _last_revision, _last_at = journal.revision, time.monotonic()


def _picture(context: Context) -> np.ndarray | None:
    """What the list shows of a checkpoint; none where this Blender cannot draw, or nothing is to be seen."""
    from . import get_screenshot  # late: it loads the GPU module

    try:
        return get_screenshot.shoot(PICTURE_SIDE, context)
    except CommandError:
        return None


def _glance() -> np.ndarray | None:
    """What the list shows of an automatic checkpoint; nobody asked for it, so that it may not take long.

    A figure of 30,000 triangles takes 60 ms where the processor draws; 100,000 faces are the most. Where
    Blender has drawn nothing yet, or cannot but by a renderer (4.3 without a display), there is none.
    """
    from . import get_screenshot

    try:
        return get_screenshot.glance(PICTURE_SIDE)
    except Exception as error:  # a checkpoint without a picture is one, too
        print(f"Avatar Forge: no picture of the checkpoint: {error}", file=sys.stderr)
        return None


def _sheet(store: CheckpointStore, listed: list[Checkpoint], context: Context) -> dict[str, Any]:
    from .pictures import png, sheet

    seen = [(c.id, picture) for c in listed if (picture := store.picture(c)) is not None][:MOST_PICTURES]
    if not seen:
        return {"cells": []}
    joined = sheet.contact_sheet([picture for _, picture in seen], min(4, len(seen)))
    return {"image": context.blob(png.encode(joined), "image/png"), "cells": [id_ for id_, _ in seen]}


def _newest(store: CheckpointStore) -> Checkpoint:
    """The newest but for those made before a restore, which lead forward again. Error: not-found."""
    for checkpoint in store.list():
        if checkpoint.by != "auto" or not checkpoint.label.startswith(_RESTORING):
            return checkpoint
    raise CommandError(
        "not-found",
        "There is no checkpoint to go back to.",
        "Make one with the action 'create', or give the id of one made before a restore.",
    )


def _diff_since(store: CheckpointStore, checkpoint: Checkpoint) -> dict[str, Any]:
    objects, materials = store.rows(checkpoint)
    # Through JSON, as the stored rows have gone: tuples have become lists.
    objects_now, materials_now = json.loads(json.dumps(scene_rows(bpy.context.scene)))
    return as_diff(journal.revision, changes(objects, objects_now), changes(materials, materials_now))


def _restore(store: CheckpointStore, chosen: Checkpoint, context: Context) -> dict[str, Any]:
    context.check_cancelled()
    journal.update(bpy.context.scene)
    store.create(f"{_RESTORING} {chosen.id}", "auto", _glance())
    try:
        load(store.path(chosen))
    except (OSError, RuntimeError) as error:
        raise CommandError(
            "restore-failed", f"Blender could not load checkpoint {chosen.id}: {error}", "Choose another one."
        ) from error
    store.rotate()
    return {"restored": chosen.id, "diff": journal.update(bpy.context.scene)}
