# SPDX-License-Identifier: GPL-3.0-or-later
"""One client: a thread that reads, a thread that writes, and the dialect between them."""

from __future__ import annotations

import contextlib
import itertools
import socket
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from .outbox import Buffer, Outbox
from .wire.errors import WireError

STALL_S = 20.0
"""A client that takes no byte for so long, while some wait for it, is cut off."""
LINGER_S = 1.0
"""How long a client may take to read why it was cut off."""
READ_SIZE = 262_144
JOIN_BELOW = 65_536

# From 4.x on Blender does not have Python ignore SIGPIPE: writing to a client that is gone would end Blender.
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
_SO_NOSIGPIPE = 0x1022  # the way of macOS, for which Python has no name

_numbers = itertools.count(1)


class Dialect(Protocol):
    """How one client speaks. All but `feed` may be called on any thread."""

    def feed(self, data: bytes) -> None:
        """Takes what was read. WireError ends the connection."""

    def goodbye(self, error: WireError) -> bytes:
        """What to write before the end."""

    def tick(self, now: float) -> None:
        """Called several times a second. WireError ends the connection."""

    def beat(self, busy: bool, job: str | None, queue: int) -> None:
        """Called every two seconds."""

    def event(self, name: str, data: object) -> None: ...

    def left(self) -> None:
        """The client is gone."""


class Connection:
    def __init__(self, sock: socket.socket, make_dialect: Callable[[Connection], Dialect]) -> None:
        self.number = next(_numbers)
        self._sock = sock
        self._outbox = Outbox(self._send_now)
        self._ending = threading.Event()
        self._read_out = threading.Event()
        self.dialect = make_dialect(self)

    def start(self, on_end: Callable[[Connection], None]) -> None:
        """Serves until the client leaves; `on_end` is then called on the reader's thread."""
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "darwin":
            self._sock.setsockopt(socket.SOL_SOCKET, _SO_NOSIGPIPE, 1)
        self._sock.settimeout(STALL_S)
        self._unblocking = self._sock.dup()
        self._unblocking.settimeout(0)
        for name, target in (("write", self._write), ("read", lambda: self._read(on_end))):
            threading.Thread(target=target, name=f"avatar-forge-{name}-{self.number}", daemon=True).start()

    def post(self, *buffers: Buffer) -> None:
        """Queues bytes for the client; never waits. Too many unread cut the client off."""
        if not self._outbox.post(*buffers) and self._outbox.overflowed:
            self.abort()

    def post_when_room(self, *buffers: Buffer) -> bool:
        """Waits until little is unwritten; False where the client is gone."""
        return self._outbox.post_when_room(*buffers)

    @property
    def idle(self) -> bool:
        """Everything has been written."""
        return self._outbox.idle

    @property
    def ending(self) -> bool:
        return self._ending.is_set()

    def end(self, error: WireError | None = None) -> None:
        """Says why, writes what waits, and closes."""
        if not self._ending.is_set():
            self._ending.set()
            if error is not None:
                self._outbox.post(self.dialect.goodbye(error))
            self._outbox.end()

    def abort(self) -> None:
        """Closes at once."""
        self._ending.set()
        self._outbox.end(drop=True)
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def tick(self, now: float) -> None:
        try:
            self.dialect.tick(now)
        except WireError as error:
            self.end(error)

    def _read(self, on_end: Callable[[Connection], None]) -> None:
        try:
            while data := self._receive():
                if self._ending.is_set():
                    continue  # read what was still on its way, else closing would reset what we said last
                try:
                    self.dialect.feed(data)
                except WireError as error:
                    self.end(error)
        finally:
            self._read_out.set()
            if not self._ending.is_set():
                self.abort()
            on_end(self)
            self.dialect.left()

    def _receive(self) -> bytes:
        while True:
            try:
                return self._sock.recv(READ_SIZE)
            except TimeoutError:
                if self._ending.is_set():
                    return b""
            except OSError:
                return b""

    def _write(self) -> None:
        try:
            while (buffers := self._outbox.take()) is not None:
                size = sum(map(len, buffers))
                for buffer in (b"".join(buffers),) if size < JOIN_BELOW else buffers:
                    self._send(memoryview(buffer))
                self._outbox.written(buffers)
            self._sock.shutdown(socket.SHUT_WR)
            self._read_out.wait(LINGER_S)
        except OSError:
            pass  # gone, or stalled
        finally:
            self.abort()
            self._read_out.wait()
            self._unblocking.close()
            self._sock.close()

    def _send_now(self, data: bytes) -> int:
        try:
            return self._unblocking.send(data, NO_SIGNAL)
        except OSError:  # no room, or gone: the writer's thread will find out
            return 0

    def _send(self, view: memoryview) -> None:
        while view:  # each part has its own time, unlike in sendall
            view = view[self._sock.send(view[:1_048_576], NO_SIGNAL) :]
