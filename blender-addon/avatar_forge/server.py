# SPDX-License-Identifier: GPL-3.0-or-later
"""The server on 127.0.0.1: accepts clients, queues their commands for Blender's main thread, keeps
deadlines and beats.

Threads: one accepts, one keeps the time, two serve each client. None of them touches Blender's data.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from .connection import NO_SIGNAL, Connection
from .context import JobContext
from .files import FileStore
from .jobs import FairQueue, Job, MainThread, Stopped
from .sessions import Sessions
from .stock_dialect import StockDialect
from .wire import jsontext
from .wire.errors import WireError
from .wire.handshake import Identity

HOST = "127.0.0.1"
MOST_CLIENTS = 128
BEAT_S = 2.0
TICK_S = 0.05
ORPHAN_S = 30.0
"""How long a command runs on when its client has left."""
FAREWELL_S = 0.3
"""How long Blender may be held up at the end so that the clients hear of it."""
REMEMBERED = 10


class Runner(Protocol):
    """The way to Blender; all but `knows` is called on the main thread."""

    def knows(self, method: str) -> bool: ...

    def run_command(self, method: str, params: dict[str, Any], context: JobContext) -> Any: ...

    def run_stock(self, method: str, params: dict[str, Any], context: JobContext) -> Any: ...

    def settle(self) -> None:
        """Called after each answer: what can wait until the client has it."""


@dataclass(frozen=True)
class Options:
    """port 0 takes any free one. token None asks for none. allow_stock: serve those who never say hello."""

    port: int = 9876
    token: str | None = None
    allow_stock: bool = True


class Server:
    def __init__(
        self, identity: Identity, options: Options, store: FileStore, runner: Runner, main: MainThread
    ) -> None:
        self.identity = identity
        self.token = options.token
        self.allow_stock = options.allow_stock
        self.store = store
        self.knows = runner.knows
        self.run_command = runner.run_command
        self.run_stock = runner.run_stock
        self.sessions = Sessions(self.stop_job, self.client_left)
        self.served_at = 0.0
        """time.monotonic() of the last command."""
        self._settle = runner.settle
        self._main = main
        self._queue = FairQueue()
        self._clients: set[Connection] = set()
        self._clients_lock = threading.Lock()
        self._last: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._started = time.monotonic()
        self._stopping = threading.Event()
        self._listener = _listen(options.port)
        self.port: int = self._listener.getsockname()[1]
        for name, target in (("accept", self._accept), ("clock", self._keep_time)):
            threading.Thread(target=target, name=f"avatar-forge-{name}", daemon=True).start()

    # For the main thread.

    def serve(self, wait_s: float) -> bool:
        """Runs the next command, waiting for one at most so long; False where none came."""
        job = self._queue.get(wait_s)
        if job is None:
            return False
        start = time.monotonic()
        ok = self._main.run(job)
        self.served_at = time.monotonic()
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        self._last.append(
            {"method": job.method, "ms": round((self.served_at - start) * 1000, 3), "ok": ok, "at": at}
        )
        self._settle()
        return True

    @property
    def clients(self) -> int:
        return len(self._clients)

    def announce(self, name: str, data: object) -> None:
        """Sends an event to every client of protocol 2."""
        for client in self._everyone():
            client.dialect.event(name, data)

    def stop(self) -> None:
        """Ends every connection and gives the port back."""
        self._stopping.set()
        _close_listener(self._listener)
        for job in self._queue.remove(lambda _job: True):
            self._refuse(job, "shutting-down")
        if running := self._main.job:
            self._main.stop(running, "shutting-down")
        self.announce("shutting-down", None)
        everyone = self._everyone()
        for client in everyone:
            client.end()
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end and not all(client.idle for client in everyone):
            time.sleep(0.005)

    # For the dialects (`Host`).

    def submit(self, job: Job, most: int) -> None:
        if self._stopping.is_set():
            self._refuse(job, "shutting-down")
        elif not self._queue.put(job, most):
            job.answer(None, WireError("busy", f"{most} commands wait already. Wait for their answers."))

    def stop_job(self, job: Job, code: str) -> None:
        if self._queue.remove(lambda other: other is job):
            self._refuse(job, code)
        else:
            job.stop_code = job.stop_code or code
            self._main.stop(job, code)

    def client_left(self, client: object) -> None:
        for job in self._queue.remove(lambda job: job.client is client):
            self._refuse(job, "cancelled")
        running = self._main.job
        if running and running.client is client:
            end = time.monotonic() + ORPHAN_S
            running.deadline = min(running.deadline or end, end)

    def status(self) -> dict[str, Any]:
        job = self._main.job
        return {
            "busy": job is not None,
            "job": job and job.method,
            "queue": len(self._queue),
            "clients": self.clients,
            "uptimeMs": round((time.monotonic() - self._started) * 1000),
            "lastCommands": list(self._last),
        }

    @staticmethod
    def _refuse(job: Job, code: str) -> None:
        job.stop_code = job.stop_code or code
        job.answer(None, Stopped())

    # Threads.

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                if self._stopping.wait(0.1):  # closed; else out of file descriptors: others may go
                    return
                continue
            self._admit(sock)

    def _admit(self, sock: socket.socket) -> None:
        if self.clients >= MOST_CLIENTS:
            _turn_away(sock)
            return
        connection = Connection(sock, lambda connection: StockDialect(connection, self))
        with self._clients_lock:
            self._clients.add(connection)
        try:
            connection.start(self._ended)
        except (OSError, RuntimeError):  # gone already, or no more threads to be had
            self._ended(connection)
            sock.close()

    def _ended(self, connection: Connection) -> None:
        with self._clients_lock:
            self._clients.discard(connection)

    def _everyone(self) -> list[Connection]:
        with self._clients_lock:
            return list(self._clients)

    def _keep_time(self) -> None:
        next_beat = time.monotonic()
        while not self._stopping.wait(TICK_S if self._clients else BEAT_S / 4):
            now = time.monotonic()
            try:
                self._enforce_deadlines()
                for client in self._everyone():
                    client.tick(now)
                if now >= next_beat:
                    next_beat = now + BEAT_S
                    self._beat()
            except Exception:  # without this thread nothing would ever be stopped again
                traceback.print_exc()

    def _enforce_deadlines(self) -> None:
        job = self._main.job
        if job and (job.overdue or job.stop_code):
            self._main.stop(job, "deadline-exceeded")
        for late in self._queue.remove(lambda job: job.overdue):
            self._refuse(late, "deadline-exceeded")

    def _beat(self) -> None:
        job = self._main.job
        for client in self._everyone():
            client.dialect.beat(job is not None, job and job.method, len(self._queue))


def _listen(port: int) -> socket.socket:
    """Error: OSError where the port is taken."""
    listener = socket.socket()
    try:
        # On Windows SO_REUSEADDR would let two Blenders share the port.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(MOST_CLIENTS)
    except OSError:
        listener.close()
        raise
    return listener


def _close_listener(listener: socket.socket) -> None:
    if os.name != "nt":
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`; closing alone does not
    listener.close()


def _turn_away(sock: socket.socket) -> None:
    message = f"{MOST_CLIENTS} clients are connected already. Close one and try again."
    with contextlib.suppress(OSError), sock:
        sock.settimeout(1)
        sock.sendall(jsontext.encode({"status": "error", "message": message}), NO_SIGNAL)
