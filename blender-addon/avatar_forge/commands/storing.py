# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that commands leave behind are whole, or not there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import CommandError


def store(target: Path, write: Callable[[Path], object]) -> dict[str, Any]:
    """Writes beside the target and renames, so that no reader sees half of a file. {name, size, sha256}.

    Error: cannot-save.
    """
    partial = target.with_name(f".{target.stem[:60]}.{os.getpid()}.partial")  # dotted: no listing shows it
    try:
        write(partial)
        os.replace(partial, target)
    except (OSError, RuntimeError) as error:
        raise CommandError(
            "cannot-save",
            f"{target.name!r} could not be written: {error}",
            "See that the folder can be written to and the disk has room.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    data = target.read_bytes()
    return {"name": target.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
