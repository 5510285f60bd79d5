# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol 2 as Blender speaks it with one client (docs/protocol.md sections 3 to 7)."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from typing import Any

from .connection import Connection
from .context import JobContext
from .host import Host
from .jobs import Job
from .replies import error_json
from .sessions import Outcome, Session
from .transfers import Transfers
from .wire.errors import WireError, violation
from .wire.frames import (
    MAX_CHUNK,
    MAX_LENGTH,
    UNAUTHENTICATED_LENGTH,
    Chunk,
    FrameDecoder,
    Message,
    encode_chunk_head,
    encode_message,
)
from .wire.handshake import Handshake

PROVE_WITHIN_S = 5.0
MOST_REQUESTS = 1000
"""Requests a client may have unanswered; the next is answered `busy`."""
LARGEST_ID = 2**53 - 1


class FramedDialect:
    def __init__(self, connection: Connection, host: Host, handshake: Handshake, session: Session) -> None:
        self._connection = connection
        self._host = host
        self._handshake = handshake
        self._session = session
        self._ready = handshake.state == "ready"
        self._decoder = FrameDecoder(MAX_LENGTH if self._ready else UNAUTHENTICATED_LENGTH)
        self._prove_by = time.monotonic() + PROVE_WITHIN_S
        self._transferring: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._streams = itertools.count(1, 2)
        self._transfers = Transfers(self, host.store)
        if self._ready:
            session.attach(self)

    def feed(self, data: bytes) -> None:
        self._decoder.feed(data)
        while not self._connection.ending and (frame := self._decoder.next()) is not None:
            if not self._ready:
                self._prove(frame)
            elif isinstance(frame, Chunk):
                self._transfers.receive(frame)
            else:
                self._receive(frame.value)

    def goodbye(self, error: WireError) -> bytes:
        return encode_message({"error": error.to_json()})

    def tick(self, now: float) -> None:
        if not self._ready and now > self._prove_by:
            raise WireError("auth-failed", f"No proof of the token came within {PROVE_WITHIN_S:.0f} s.")

    def beat(self, busy: bool, job: str | None, queue: int) -> None:
        if self._ready and self._connection.idle:  # no beats for one who does not read
            self.send({"beat": {"busy": busy, "job": job, "queue": queue}})

    def event(self, name: str, data: object) -> None:
        if self._ready:
            self.send({"event": {"name": name, "data": data}})

    def left(self) -> None:
        with self._lock:
            transferring = list(self._transferring.values())
        for job in transferring:
            self._host.stop_job(job, "cancelled")
        self._transfers.close()
        self._session.detach(self)

    # For the session.

    def deliver(self, request: int, outcome: Outcome) -> None:
        streams = []
        for marker, data in outcome.blobs:
            stream = self.announce(request, len(data), marker["sha256"], marker["mime"])
            streams.append(stream)
            for offset in range(0, len(data), MAX_CHUNK):
                piece = memoryview(data)[offset : offset + MAX_CHUNK]
                self._connection.post(encode_chunk_head(stream, offset, len(piece)), piece)
        self._connection.post(outcome.frame or _frame(request, _numbered(outcome.members, streams)))

    def supersede(self) -> None:
        self._connection.abort()

    # For the transfers.

    def send(self, message: dict[str, Any]) -> None:
        self._connection.post(encode_message(message))

    def announce(self, request: int, size: int, sha256: str | None, mime: str) -> int:
        """Opens a stream; its bytes must follow before the end of the request. Returns its number."""
        stream = next(self._streams)
        self.send({"id": request, "stream": {"stream": stream, "size": size, "sha256": sha256, "mime": mime}})
        return stream

    def send_chunk_when_room(self, stream: int, offset: int, data: bytes) -> bool:
        """Waits while much is unwritten; False where the client is gone."""
        return self._connection.post_when_room(encode_chunk_head(stream, offset, len(data)), data)

    # What the client says.

    def _prove(self, frame: Message | Chunk) -> None:
        if not isinstance(frame, Message):
            raise violation("Stream bytes came before the proof of the token.")
        self.send(self._handshake.prove(frame.value))
        self._decoder.limit = MAX_LENGTH
        self._ready = True  # only now: a beat must not come before the proof
        self._session.attach(self)

    def _receive(self, message: dict[str, Any]) -> None:
        if "cancel" in message:
            request = _identifier(message["cancel"])
            with self._lock:
                job = self._transferring.get(request)
            if job := job or self._session.job(request):
                self._host.stop_job(job, "cancelled")
        elif "id" in message:
            self._request(_identifier(message["id"]), message)
        else:
            raise violation("A message is neither a request nor a cancel.")

    def _request(self, request: int, message: dict[str, Any]) -> None:
        method, params, deadline_ms = (
            message.get("method"),
            message.get("params", {}),
            message.get("deadlineMs"),
        )
        deadline = None if deadline_ms is None else time.monotonic() + _positive(deadline_ms) / 1000
        if message.get("settled", 0):
            self._session.settle(_identifier(message["settled"]))
        name = method if isinstance(method, str) else "?"
        if self._transfers.knows(name) or name in ("ping", "status"):
            self._answer_here(request, name, params, deadline)
        else:
            self._command(request, name, params, deadline)

    def _answer_here(self, request: int, method: str, params: Any, deadline: float | None) -> None:
        """What does not need the main thread, and does no harm when it is asked again."""
        job = Job(
            self._session,
            method,
            lambda _job: None,
            lambda job, result, error: self._answer(request, job, result, error),
            deadline,
        )
        with self._lock:
            if request in self._transferring or self._session.job(request):
                raise violation(f"Request {request} is not answered yet; its id cannot be used again.")
            self._transferring[request] = job
            crowded = len(self._transferring) > MOST_REQUESTS
        if crowded:
            job.answer(None, _crowded())
        elif not isinstance(params, dict):
            job.answer(None, _malformed())
        elif method == "ping":
            job.answer({}, None)
        elif method == "status":
            job.answer(self._host.status(), None)
        else:
            self._transfers.submit(request, job, params)

    def _answer(self, request: int, job: Job, result: Any, error: BaseException | None) -> None:
        with self._lock:
            self._transferring.pop(request, None)
        self.deliver(request, _outcome(request, job, result, error, []))

    def _command(self, request: int, method: str, params: Any, deadline: float | None) -> None:
        session = self._session
        blobs: list[tuple[dict[str, Any], bytes]] = []
        job = Job(
            session,
            method,
            lambda job: self._run(request, job, params, blobs),
            lambda job, result, error: session.answer(
                request, job, _outcome(request, job, result, error, blobs)
            ),
            deadline,
        )
        crowded = session.unanswered >= MOST_REQUESTS
        if not session.ask(request, job, self):
            return
        if crowded:
            job.answer(None, _crowded())
        elif method == "?" or not isinstance(params, dict):
            job.answer(None, _malformed())
        elif self._host.knows(method):
            self._host.submit(job, MOST_REQUESTS)
        else:
            message = f"There is no method {ascii(method)[:80]}. Update the add-on, if it should have it."
            job.answer(None, WireError("unknown-method", message))

    def _run(
        self, request: int, job: Job, params: dict[str, Any], blobs: list[tuple[dict[str, Any], bytes]]
    ) -> Any:
        def progress(fraction: float | None, message: str) -> None:
            if line := self._session.progress(request):
                line.send({"id": request, "progress": {"fraction": fraction, "message": message}})

        def blob(data: bytes, mime: str) -> dict[str, Any]:
            sha256 = hashlib.sha256(data).hexdigest()
            marker = {"stream": len(blobs), "size": len(data), "sha256": sha256, "mime": mime}
            blobs.append((marker, data))
            return {"$blob": marker}

        context = JobContext(job, self._host.store.folder, progress, blob)
        return self._host.run_command(job.method, params, context)


def _outcome(
    request: int,
    job: Job,
    result: Any,
    error: BaseException | None,
    blobs: list[tuple[dict[str, Any], bytes]],
) -> Outcome:
    if error is not None:
        blobs, members = [], {"error": error_json(error, job)}
    else:
        members = {"result": result}
    return Outcome(members, blobs, b"" if blobs else _frame(request, members))


def _numbered(value: Any, streams: list[int]) -> Any:
    """A copy whose blobs, numbered in their order as yet, name the streams of a connection."""
    if isinstance(value, list):
        return [_numbered(item, streams) for item in value]
    if not isinstance(value, dict):
        return value
    marker = value.get("$blob")
    if isinstance(marker, dict) and marker.get("stream") in range(len(streams)):
        return {"$blob": {**marker, "stream": streams[marker["stream"]]}}
    return {key: _numbered(item, streams) for key, item in value.items()}


def _frame(request: int, members: dict[str, Any]) -> bytes:
    try:
        return encode_message({"id": request, **members})
    except WireError as unwritable:
        return encode_message({"id": request, "error": unwritable.to_json()})


def _crowded() -> WireError:
    return WireError("busy", f"{MOST_REQUESTS} requests wait already. Wait for their answers.")


def _malformed() -> WireError:
    return WireError("bad-request", "A request has a method (text) and params (an object).")


def _identifier(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_ID:
        raise violation(f"{ascii(value)[:80]} is not a request's id (1 to 2^53-1).")
    return value


def _positive(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value <= 1e12:
        raise violation(f"deadlineMs must be a positive number, not {ascii(value)[:80]}.")
    return float(value)
