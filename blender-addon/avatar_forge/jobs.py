# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on their way to Blender's main thread: one job each, a fair queue, and a stop that cannot hit
the wrong one.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopped(BaseException):
    """Raised on the main thread in the middle of a command that is to end. Not an Exception: code seldom
    catches it.
    """


class Job:
    """One command of one client.

    client     whose turn it is
    method     for status and the panel
    work       what to do on the main thread; its result is the answer
    reply      takes the outcome, once, on any thread: (result, None) or (None, what was raised)
    deadline   time.monotonic() at which it is stopped, or None
    """

    def __init__(
        self,
        client: Hashable,
        method: str,
        work: Callable[[Job], Any],
        reply: Callable[[Job, Any, BaseException | None], None],
        deadline: float | None = None,
    ) -> None:
        self.client = client
        self.method = method
        self.work = work
        self.deadline = deadline
        self.stop_code: str | None = None
        """`cancelled`, `deadline-exceeded` or `shutting-down`, once it is to stop."""
        self.started = False
        """Whether it has come to Blender's main thread."""
        self._reply = reply
        self._answered = threading.Lock()

    def answer(self, result: Any, error: BaseException | None) -> None:
        """Only the first answer counts."""
        if self._answered.acquire(blocking=False):
            self._reply(self, result, error)

    @property
    def overdue(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def check(self) -> None:
        """Raises Stopped where the job is to stop."""
        if self.overdue and self.stop_code is None:
            self.stop_code = "deadline-exceeded"
        if self.stop_code:
            raise Stopped


class FairQueue:
    """Jobs of one client stay in order; clients take turns."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._lines: OrderedDict[Hashable, deque[Job]] = OrderedDict()

    def __len__(self) -> int:
        with self._ready:
            return sum(len(line) for line in self._lines.values())

    def put(self, job: Job, most: int) -> bool:
        """False where the client has `most` jobs waiting already."""
        with self._ready:
            line = self._lines.setdefault(job.client, deque())
            if len(line) >= most:
                return False
            line.append(job)
            self._ready.notify()
            return True

    def get(self, wait_s: float) -> Job | None:
        """The next job; waits for one at most so long."""
        with self._ready:
            if not self._lines and wait_s > 0:
                self._ready.wait(wait_s)
            if not self._lines:
                return None
            client, line = next(iter(self._lines.items()))
            job = line.popleft()
            if line:
                self._lines.move_to_end(client)
            else:
                del self._lines[client]
            return job

    def remove(self, unwanted: Callable[[Job], bool]) -> list[Job]:
        """Takes out the jobs for which `unwanted` holds."""
        with self._ready:
            gone = [job for line in self._lines.values() for job in line if unwanted(job)]
            if gone:
                kept = ((c, deque(j for j in line if j not in gone)) for c, line in self._lines.items())
                self._lines = OrderedDict((c, line) for c, line in kept if line)
            return gone


class MainThread:
    """Runs one job at a time on the thread that calls `run`, and lets other threads stop it.

    A stop is an asynchronous exception: sent only while the job is known to run, sent again while code
    swallows it, and taken back where it was not delivered before the job ended.
    """

    RESEND_S = 0.5

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._thread = 0
        self._shielded = False
        self._sent_at = 0.0

    @property
    def job(self) -> Job | None:
        """The one that runs now."""
        return self._job

    def run(self, job: Job) -> bool:
        """Answers the job with what its work returns or raises, and tells whether it went well.

        Raises nothing itself, not even SystemExit.
        """
        result: Any = _NOTHING
        error: BaseException | None = None
        started = False
        while True:
            try:
                if not started:
                    started = True
                    try:
                        self._open(job)
                        result = job.work(job)
                    except BaseException as raised:
                        error = raised
                self._close(job)
                break
            except Stopped:  # came after the work had ended
                continue
        if job.stop_code if error else result is _NOTHING:
            error = Stopped()
        job.answer(None if error is not None else result, error)
        return error is None

    def stop(self, job: Job, code: str) -> None:
        """Stops the job if it runs; again, if code swallowed the last stop. Any thread."""
        with self._lock:
            if self._job is not job:
                return
            job.stop_code = job.stop_code or code
            now = time.monotonic()
            if not self._shielded and now - self._sent_at >= self.RESEND_S:
                self._sent_at = now
                _raise_in(self._thread, Stopped)

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """For what must not be left half done: a stop waits until afterwards."""
        with self._lock:
            self._shielded = True
            _raise_in(self._thread, None)
        try:
            yield
        finally:
            with self._lock:
                self._shielded = False
                self._sent_at = 0.0

    def _open(self, job: Job) -> None:
        with self._lock:
            job.check()
            job.started = True
            self._thread = threading.get_ident()
            self._sent_at = 0.0
            self._job = job

    def _close(self, job: Job) -> None:
        with self._lock:
            self._job = None
            if job.stop_code:
                _raise_in(self._thread, None)  # one that was sent but not delivered


_NOTHING = object()


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    argument = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)
