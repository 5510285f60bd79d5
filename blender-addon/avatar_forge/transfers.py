# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods `file.*` of one client (docs/protocol.md section 5), on a thread of their own: Blender may be
busy.
"""

from __future__ import annotations

import itertools
import mimetypes
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol

from .files import READ_SIZE, FileStore, Upload, hash_file
from .jobs import Job
from .wire.errors import WireError, violation
from .wire.frames import Chunk

MOST_UPLOADS = 64
"""Uploads a client may have open."""


class Sender(Protocol):
    def announce(self, request: int, size: int, sha256: str | None, mime: str) -> int: ...

    def send_chunk_when_room(self, stream: int, offset: int, data: bytes) -> bool: ...


class Transfers:
    def __init__(self, sender: Sender, store: FileStore) -> None:
        self._sender = sender
        self._store = store
        self._uploads: dict[int, Upload | None] = {}  # None: over; late bytes are passed over
        self._streams = itertools.count(2, 2)
        self._waiting: queue.SimpleQueue[tuple[int, Job, dict[str, Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._methods: dict[str, Callable[[int, Job, dict[str, Any]], Any]] = {
            "file.list": lambda _request, _job, params: {"files": store.files(params.get("root"))},
            "file.stat": lambda _request, job, params: store.stat(
                params.get("root"), params.get("name"), job.check
            ),
            "file.get": self._get,
            "file.put": self._put,
            "file.commit": self._commit,
            "file.delete": self._delete,
        }

    def knows(self, method: str) -> bool:
        return method in self._methods

    def submit(self, request: int, job: Job, params: dict[str, Any]) -> None:
        """Answers the job from the transfers' thread, in the order of the calls."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="avatar-forge-files", daemon=True)
            self._thread.start()
        self._waiting.put((request, job, params))

    def receive(self, chunk: Chunk) -> None:
        """Error: `protocol-violation`."""
        if chunk.stream not in self._uploads:
            message = f"Bytes came for stream {chunk.stream}, which was not granted. Ask with file.put."
            raise violation(message)
        if upload := self._uploads[chunk.stream]:
            upload.write(chunk.offset, chunk.data)

    def close(self) -> None:
        """What has been uploaded so far is kept, to be gone on with."""
        self._waiting.put(None)
        for upload in self._uploads.values():
            if upload:
                upload.abandon()

    def _work(self) -> None:
        while item := self._waiting.get():
            request, job, params = item
            result, failure = None, None
            try:
                job.check()
                result = self._methods[job.method](request, job, params)
            except OSError as error:
                failure = WireError(
                    "internal", f"The disk refused: {error.strerror or error}. Check the folder's rights."
                )
            except BaseException as error:
                failure = error
            job.answer(result, failure)

    def _get(self, request: int, job: Job, params: dict[str, Any]) -> dict[str, Any]:
        path = self._store.existing(params.get("root"), params.get("name"))
        sha256 = hash_file(path, job.check).hexdigest()
        with path.open("rb") as file:
            size = file.seek(0, 2)
            offset = params.get("offset", 0)
            if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset <= size:
                raise WireError("bad-params", f"offset must be 0 to {size}.")
            mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            stream = self._sender.announce(request, size, sha256, mime)
            file.seek(offset)
            while offset < size:
                job.check()
                data = file.read(min(READ_SIZE, size - offset))
                if not data:
                    raise WireError("hash-mismatch", f"{path.name} changed while it was read. Ask again.")
                if not self._sender.send_chunk_when_room(stream, offset, data):
                    break
                offset += len(data)
        return {"name": path.name, "size": size, "sha256": sha256}

    def _put(self, _request: int, job: Job, params: dict[str, Any]) -> dict[str, Any]:
        for stream, upload in self._uploads.items():
            if upload and not upload.open:
                self._uploads[stream] = None
        if sum(upload is not None for upload in self._uploads.values()) >= MOST_UPLOADS:
            raise WireError("busy", f"{MOST_UPLOADS} uploads are open. Commit one first.")
        get = params.get
        upload = self._store.upload(get("root"), get("name"), get("size"), get("sha256"), job.check)
        stream = next(self._streams)
        self._uploads[stream] = upload
        return {"stream": stream, "offset": upload.offset}

    def _commit(self, _request: int, _job: Job, params: dict[str, Any]) -> dict[str, Any]:
        stream = params.get("stream")
        upload = self._uploads.get(stream) if isinstance(stream, int) else None
        if upload is None:
            raise WireError("bad-params", "That stream was not granted. Ask with file.put.")
        return upload.commit()

    def _delete(self, _request: int, _job: Job, params: dict[str, Any]) -> dict[str, Any]:
        self._store.delete(params.get("root"), params.get("name"))
        return {}
