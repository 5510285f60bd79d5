"""What a command is given when it runs without a server."""

from __future__ import annotations

from pathlib import Path


class Context:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def progress(self, fraction: float | None, message: str) -> None:
        pass

    def check_cancelled(self) -> None:
        pass

    def blob(self, data: bytes, mime: str) -> dict:
        return {"size": len(data), "mime": mime}

    def folder(self, root: str) -> Path:
        path = self._folder / root
        path.mkdir(parents=True, exist_ok=True)
        return path
