"""The server with real sockets, without Blender: a thread of the test plays its main thread."""

from __future__ import annotations

import copy
import json
import socket
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

from support import spin

from avatar_forge.context import JobContext
from avatar_forge.files import FileStore
from avatar_forge.jobs import MainThread
from avatar_forge.server import Options, Server
from avatar_forge.wire import frames
from avatar_forge.wire.errors import WireError
from avatar_forge.wire.handshake import Identity
from avatar_forge.wire.objects import ObjectSplitter

NONCE = "0123456789abcdef" * 2


class TestRunner:
    """A command library of a few lines, in place of Blender's."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def knows(self, method: str) -> bool:
        return hasattr(self, f"do_{method}")

    def run_command(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        # A copy, as the library gives one: a marker in it is not the object that made the blob.
        return copy.deepcopy(getattr(self, f"do_{method}")(params, context))

    def run_stock(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        if not self.knows(method):
            raise WireError("unknown-method", f"Unknown command type: {method}")
        return self.run_command(method, params, context)

    def settle(self) -> None:
        pass

    def do_echo(self, params: dict[str, Any], _context: JobContext) -> Any:
        return params

    def do_spin(self, params: dict[str, Any], _context: JobContext) -> Any:
        try:
            spin(params["s"])
        except BaseException:
            self.stopped.set()
            raise
        return "spun"

    def do_blob(self, params: dict[str, Any], context: JobContext) -> Any:
        context.progress(0.5, "half")
        return {"image": context.blob(b"x" * params["size"], "image/png")}

    def do_text(self, params: dict[str, Any], _context: JobContext) -> Any:
        return "x" * params["size"]

    def do_exit(self, _params: dict[str, Any], _context: JobContext) -> Any:
        raise SystemExit(3)


class Client:
    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._objects = ObjectSplitter(1 << 30)
        self._frames = frames.FrameDecoder(1 << 30)

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read_object(self) -> Any:
        while (text := self._objects.next()) is None:
            self._objects.feed(self._read())
        return json.loads(text)

    def read_frame(self) -> frames.Message | frames.Chunk:
        while (frame := self._frames.next()) is None:
            self._frames.feed(self._read())
        return frame

    def read_message(self) -> dict[str, Any]:
        """The next that is no beat."""
        while True:
            frame = self.read_frame()
            if isinstance(frame, frames.Message) and "beat" not in frame.value:
                return frame.value

    def _read(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        return data

    def stock(self, kind: str, **params: Any) -> Any:
        self.write(json.dumps({"type": kind, "params": params}).encode())
        return self.read_object()

    def hello(self) -> dict[str, Any]:
        self.write(json.dumps({"type": "hello", "params": {"protocols": [2], "nonce": NONCE}}).encode())
        return self.read_hello()

    def read_hello(self) -> dict[str, Any]:
        reply = self.read_object()
        self._frames.feed(self._objects.take_rest())
        return reply["result"]

    def send(self, message: dict[str, Any]) -> None:
        self.write(frames.encode_message(message))

    def call(self, number: int, method: str, **params: Any) -> Any:
        self.send({"id": number, "method": method, "params": params})
        return self.read_message()

    def ended(self) -> bool:
        """Reads what is left; whether the other side has closed."""
        try:
            while self.sock.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


class ServerCase(unittest.TestCase):
    options = Options(port=0)

    def setUp(self) -> None:
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.runner = TestRunner()
        identity = Identity("instance", "0.1.0", "3.4.1", True)
        store = FileStore(Path(self.home.name))
        self.server = Server(identity, self.options, store, self.runner, MainThread())
        self.over = threading.Event()
        self.main = threading.Thread(target=self.serve)
        self.main.start()
        self.addCleanup(self.finish)
        self.clients: list[Client] = []

    def serve(self) -> None:
        while not self.over.is_set():
            self.server.serve(0.1)

    def finish(self) -> None:
        for client in self.clients:
            client.sock.close()
        self.server.stop()
        self.over.set()
        self.main.join(10)
        self.assertFalse(self.main.is_alive())

    def client(self) -> Client:
        self.clients.append(Client(self.server.port))
        return self.clients[-1]

    def framed(self) -> Client:
        client = self.client()
        client.hello()
        return client
