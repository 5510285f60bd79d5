# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client's dialect needs of the server."""

from __future__ import annotations

from typing import Any, Protocol

from .context import JobContext
from .files import FileStore
from .jobs import Job
from .sessions import Sessions
from .wire.handshake import Identity


class Host(Protocol):
    identity: Identity
    token: str | None
    allow_stock: bool
    store: FileStore
    sessions: Sessions

    def knows(self, method: str) -> bool:
        """Whether the command library has it."""

    def run_command(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        """Runs a command of the library; on the main thread."""

    def run_stock(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        """Runs a command under its stock name; on the main thread."""

    def submit(self, job: Job, most: int) -> None:
        """Queues the job; answers it with `busy` where the client has `most` waiting."""

    def stop_job(self, job: Job, code: str) -> None:
        """Queued: never runs. Running: stops as soon as it can."""

    def client_left(self, client: object) -> None:
        """Drops what the client has waiting."""

    def status(self) -> dict[str, Any]:
        """The result of the method `status`."""
