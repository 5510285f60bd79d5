# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialect every connection starts in (docs/protocol.md sections 1 and 2)."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from .connection import Connection
from .context import JobContext, inline_blob, no_progress
from .framed_dialect import FramedDialect
from .host import Host
from .jobs import Job
from .replies import error_json
from .wire import jsontext
from .wire.errors import WireError
from .wire.frames import MAX_LENGTH, UNAUTHENTICATED_LENGTH
from .wire.handshake import Handshake
from .wire.objects import ObjectSplitter

PIPELINED = 64
"""Requests a client may have unanswered; beyond that it is not read from."""


class StockDialect:
    def __init__(self, connection: Connection, host: Host) -> None:
        self._connection = connection
        self._host = host
        self._handshake = Handshake(host.identity, secrets.token_hex(16), host.token)
        self._splitter = ObjectSplitter(MAX_LENGTH if host.token is None else UNAUTHENTICATED_LENGTH)
        self._only_hello_yet = True
        self._room = threading.Semaphore(PIPELINED)

    def feed(self, data: bytes) -> None:
        self._splitter.feed(data)
        while (text := self._splitter.next()) is not None:
            request = _parse(text)
            if self._only_hello_yet and isinstance(request, dict) and request.get("type") == "hello":
                if self._hello(request):
                    self._connection.dialect.feed(self._splitter.take_rest())
                    return
                continue
            self._refuse_strangers()
            self._only_hello_yet = False
            self._submit(request)

    def goodbye(self, error: WireError) -> bytes:
        return _reply(None, error)

    def tick(self, now: float) -> None:
        pass

    def beat(self, busy: bool, job: str | None, queue: int) -> None:
        pass

    def event(self, name: str, data: object) -> None:
        pass

    def left(self) -> None:
        self._host.client_left(self._connection)

    def _hello(self, request: dict[str, Any]) -> bool:
        """Whether the connection speaks protocol 2 from the next byte on."""
        try:
            result = self._handshake.hello(request.get("params"))
        except WireError as error:
            self._connection.post(_reply(None, error))
            return False
        session, resumed = self._host.sessions.open(self._handshake.session)
        if self._handshake.session is not None:
            result["resumed"] = resumed
        self._connection.post(_reply(result, None))
        self._connection.dialect = FramedDialect(self._connection, self._host, self._handshake, session)
        return True

    def _refuse_strangers(self) -> None:
        if self._host.token is not None:
            raise WireError(
                "auth-failed", "This Blender asks for a token. Use Avatar Forge's own server, with the token."
            )
        if not self._host.allow_stock:
            raise WireError(
                "auth-failed",
                "This Blender serves Avatar Forge only. Allow stock clients in the preferences.",
            )

    def _submit(self, request: dict[str, Any] | WireError) -> None:
        """Even a bad request takes its turn, so that replies come in order."""
        while not self._room.acquire(timeout=1):
            if self._connection.ending:
                return
        kind = request.get("type") if isinstance(request, dict) else None
        method = kind if isinstance(kind, str) else "?"

        def work(job: Job) -> Any:
            if isinstance(request, WireError):
                raise request
            params = request.get("params")
            if method == "?" or not isinstance(params, (dict, type(None))):
                raise WireError("bad-request", 'A request is {"type": string, "params": object}.')
            context = JobContext(job, self._host.store.folder, no_progress, inline_blob)
            return self._host.run_stock(method, params or {}, context)

        self._host.submit(Job(self._connection, method, work, self._answer), PIPELINED)

    def _answer(self, job: Job, result: Any, error: BaseException | None) -> None:
        self._room.release()
        self._connection.post(_reply(result, error, job))


def _parse(text: bytes) -> dict[str, Any] | WireError:
    try:
        return jsontext.decode_object(text)
    except ValueError as error:
        return WireError("bad-request", f"The request is not JSON: {error}.")


def _reply(result: Any, error: BaseException | None, job: Job | None = None) -> bytes:
    if error is None:
        try:
            return jsontext.encode({"status": "success", "result": result})
        except WireError as unwritable:
            error = unwritable
    return jsontext.encode({"status": "error", "message": error_json(error, job)["message"]})
