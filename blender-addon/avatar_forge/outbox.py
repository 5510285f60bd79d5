# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits to be written to one client. Blender's main thread only ever adds to it and never waits.

What is small and has nothing before it goes out at once, on the thread that posts it: waking the writer's
thread would take longer than writing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

Buffer = bytes | memoryview

MOST_WAITING = 192 * 1024 * 1024
"""A client that leaves this many bytes unread is cut off."""
STREAM_AHEAD = 4 * 1024 * 1024
"""A file's bytes are read only while less than this waits, so that other replies get in between."""


AT_ONCE = 65_536
"""What has fewer bytes may go out on the thread that posts it."""


class Outbox:
    """send_now(bytes) -> int: how many of the bytes could be written without waiting, perhaps none."""

    def __init__(self, send_now: Callable[[bytes], int]) -> None:
        self._send_now = send_now
        self._changed = threading.Condition()
        self._items: deque[Sequence[Buffer]] = deque()
        self._waiting = 0
        self._ended = False
        self.overflowed = False

    def post(self, *buffers: Buffer) -> bool:
        """Adds buffers that belong together. False, and `overflowed`, where too much waits; False after the
        end.
        """
        with self._changed:
            if self._ended:
                return False
            size = sum(map(len, buffers))
            if self._waiting == 0 and size < AT_ONCE:
                data = b"".join(buffers)
                sent = self._send_now(data)
                if sent == size:
                    return True
                buffers, size = (data[sent:],), size - sent
            self._waiting += size
            if self._waiting > MOST_WAITING:
                self.overflowed = self._ended = True
                self._items.clear()
            else:
                self._items.append(buffers)
            self._changed.notify_all()
            return not self._ended

    def post_when_room(self, *buffers: Buffer) -> bool:
        """As `post`, for threads that may wait until little is left unwritten."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._waiting < STREAM_AHEAD)
        return self.post(*buffers)

    @property
    def idle(self) -> bool:
        return self._waiting == 0

    def end(self, *, drop: bool = False) -> None:
        """Takes nothing more; what waits is still written, unless dropped."""
        with self._changed:
            self._ended = True
            if drop:
                self._items.clear()
            self._changed.notify_all()

    def take(self) -> Sequence[Buffer] | None:
        """The next to be written, for the writer's thread; None at the end. Tell `written` afterwards."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._ended)
            return self._items.popleft() if self._items else None

    def written(self, buffers: Sequence[Buffer]) -> None:
        with self._changed:
            self._waiting -= sum(map(len, buffers))
            self._changed.notify_all()
