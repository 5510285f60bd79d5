# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client has asked, over all its connections: a request that comes again after a broken connection
is not run again, it gets the answer of the first time (docs/protocol.md section 8).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .jobs import Job
from .wire.errors import WireError

FORGET_S = 300.0
"""A client that was away for so long begins anew."""
MOST_AWAY = 64
"""Clients without a connection that are remembered."""
MOST_KEPT = 64 * 1024 * 1024
"""Bytes of answers that are kept for one client until it says that it has them."""

ANSWER_LOST = WireError(
    "answer-lost",
    "The command has run, but its answer was too large to be kept while the connection was broken. "
    "Look at the scene; do not run it again for the answer alone.",
)


@dataclass
class Outcome:
    """An answer, as it can be written to any connection.

    members    `result` or `error`
    blobs      what the markers in the result say, in their order, and the bytes; their streams are numbered
               when it is written
    frame      the whole, encoded, where there are no blobs
    """

    members: dict[str, Any]
    blobs: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    frame: bytes = b""

    @property
    def size(self) -> int:
        return len(self.frame) + sum(len(data) for _, data in self.blobs)


class Line(Protocol):
    """A connection of the client."""

    def send(self, message: dict[str, Any]) -> None: ...

    def deliver(self, request: int, outcome: Outcome) -> None:
        """Writes an answer."""

    def supersede(self) -> None:
        """The client has come back over another one."""


@dataclass
class Asked:
    job: Job
    line: Line
    """Where it was last asked, and is answered."""
    deadline: float | None
    outcome: Outcome | None = None


class Session:
    """`stop` and `left` reach the server's queue: stop one job; drop what waits and end soon what runs."""

    def __init__(
        self, resumable: bool, stop: Callable[[Job, str], None], left: Callable[[Session], None]
    ) -> None:
        self.left_at: float | None = None
        self._resumable = resumable
        self._stop = stop
        self._left = left
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._asked: dict[int, Asked] = {}
        self._settled = 0
        self._kept = 0

    def attach(self, line: Line) -> None:
        with self._lock:
            before, self._line = self._line, line
            self.left_at = None
        if before:
            before.supersede()

    def detach(self, line: Line) -> None:
        """Its connection is gone; nothing happens where another has taken its place."""
        with self._lock:
            if self._line is not line:
                return
            self._line = None
            self.left_at = time.monotonic()
        self._left(self)

    def is_current(self, line: Line) -> bool:
        return self._line is line

    @property
    def unanswered(self) -> int:
        with self._lock:
            return sum(asked.outcome is None for asked in self._asked.values())

    def job(self, request: int) -> Job | None:
        with self._lock:
            asked = self._asked.get(request)
            return asked and asked.job

    def settle(self, upto: int) -> None:
        """The client wants nothing more of the requests up to this one."""
        with self._lock:
            self._settled = max(self._settled, upto)
            over = [self._asked.pop(request) for request in list(self._asked) if request <= upto]
            self._kept -= sum(asked.outcome.size for asked in over if asked.outcome)
        for asked in over:
            if asked.outcome is None:
                self._stop(asked.job, "cancelled")

    def ask(self, request: int, job: Job, line: Line) -> bool:
        """Whether the job is to be queued; False: it has been asked before, and is answered as it was then.

        Error: `protocol-violation` for an id that is in use, or over.
        """
        with self._lock:
            known = self._asked.get(request)
            if known is None:
                if request <= self._settled:
                    raise WireError(
                        "protocol-violation", f"Request {request} is over by the client's own word."
                    )
                self._asked[request] = Asked(job, line, job.deadline)
                return True
            if known.line is line:
                raise WireError(
                    "protocol-violation",
                    f"Request {request} was asked already on this connection; its id cannot be used again.",
                )
            known.line = line
            known.job.deadline = known.deadline
            outcome = known.outcome
        if outcome:
            line.deliver(request, outcome)
        return False

    def answer(self, request: int, job: Job, outcome: Outcome) -> None:
        with self._lock:
            asked = self._asked.get(request)
            if asked is None or asked.job is not job:
                return
            here = self._line is asked.line
            if not self._resumable or not (here or job.started):
                del self._asked[request]  # what never began is run when it is asked again
            else:
                asked.outcome = outcome
                self._kept += outcome.size
                self._make_room()
        if here:
            asked.line.deliver(request, outcome)

    def progress(self, request: int) -> Line | None:
        """Who hears of the progress of a request."""
        with self._lock:
            asked = self._asked.get(request)
            return asked.line if asked and asked.line is self._line else None

    def _make_room(self) -> None:
        for asked in self._asked.values():
            if self._kept <= MOST_KEPT:
                return
            if asked.outcome:
                self._kept -= asked.outcome.size
                asked.outcome = Outcome({"error": ANSWER_LOST.to_json()})


class Sessions:
    """The clients that can come back."""

    def __init__(self, stop: Callable[[Job, str], None], left: Callable[[Session], None]) -> None:
        self._stop = stop
        self._left = left
        self._lock = threading.Lock()
        self._known: dict[str, Session] = {}

    def open(self, name: str | None) -> tuple[Session, bool]:
        """The session of this name, and whether it was known; None: one that ends with its connection."""
        if name is None:
            return Session(False, self._stop, self._left), False
        with self._lock:
            self._forget()
            known = self._known.get(name)
            session = known or Session(True, self._stop, self._left)
            self._known[name] = session
            return session, known is not None

    def _forget(self) -> None:
        now = time.monotonic()
        away = [(s.left_at, name) for name, s in self._known.items() if s.left_at is not None]
        for index, (left_at, name) in enumerate(sorted(away, reverse=True)):
            if index >= MOST_AWAY or now - left_at > FORGET_S:
                del self._known[name]
