"""The server with real sockets and files, without Blender: a thread of the test plays its main thread."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any
from unittest.mock import patch

from support import spin

from avatar_forge import connection, framed_dialect, outbox
from avatar_forge.context import JobContext
from avatar_forge.files import FileStore
from avatar_forge.jobs import MainThread
from avatar_forge.server import MOST_CLIENTS, Options, Server
from avatar_forge.wire import frames
from avatar_forge.wire.errors import WireError
from avatar_forge.wire.handshake import Identity, proof
from avatar_forge.wire.objects import ObjectSplitter

NONCE = "0123456789abcdef" * 2


class TestRunner:
    """A command library of a few lines, in place of Blender's."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def knows(self, method: str) -> bool:
        return hasattr(self, f"do_{method}")

    def run_command(self, method: str, params: dict[str, Any], context: JobContext) -> Any:
        return getattr(self, f"do_{method}")(params, context)

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


class Stock(ServerCase):
    def test_pipelined_requests_are_answered_in_order(self) -> None:
        client = self.client()
        requests = [{"type": "echo", "params": {"n": n}} for n in range(200)]
        requests[5] = {"type": "nope", "params": {}}
        data = b"".join(json.dumps(request).encode() for request in requests).replace(b'"n": 7}', b'"n":}')
        threading.Thread(target=client.write, args=(data,)).start()
        replies = [client.read_object() for _ in requests]
        self.assertEqual(replies[5], {"status": "error", "message": "Unknown command type: nope"})
        self.assertIn("not JSON", replies[7]["message"])
        good = [reply["result"]["n"] for at, reply in enumerate(replies) if at not in (5, 7)]
        self.assertEqual(good, [n for n in range(200) if n not in (5, 7)])

    def test_what_is_no_request(self) -> None:
        client = self.client()
        for text in ('{"type":5}', '{"params":{}}', '{"type":"echo","params":[]}', "{}"):
            client.write(text.encode())
            self.assertEqual(client.read_object()["status"], "error")
        self.assertEqual(client.stock("echo", a=1)["result"], {"a": 1})

    def test_raw_utf8_in_single_bytes(self) -> None:
        client = self.client()
        for byte in '{"type":"echo","params":{"é":"日😀"}}'.encode():
            client.write(bytes([byte]))
        self.assertEqual(client.read_object()["result"], {"é": "日😀"})

    def test_other_protocols_are_told_and_cut_off(self) -> None:
        client = self.client()
        client.write(b"GET / HTTP/1.1\r\nHost: localhost:9876\r\n\r\n" + b"x" * 100_000)
        self.assertIn("JSON", client.read_object()["message"])
        self.assertTrue(client.ended())

    def test_an_exit_is_an_error(self) -> None:
        client = self.client()
        self.assertIn("SystemExit", client.stock("exit")["message"])
        self.assertEqual(client.stock("echo")["status"], "success")

    def test_too_many_clients(self) -> None:
        crowd = [self.client() for _ in range(MOST_CLIENTS)]
        for client in crowd:
            self.assertEqual(client.stock("echo")["status"], "success")
        self.assertIn("clients are connected", self.client().read_object()["message"])
        crowd[0].sock.close()
        time.sleep(0.2)
        self.assertEqual(self.client().stock("echo")["status"], "success")


class Framed(ServerCase):
    def test_requests(self) -> None:
        client = self.framed()
        self.assertEqual(client.call(1, "ping"), {"id": 1, "result": {}})
        self.assertEqual(client.call(2, "echo", a=[1]), {"id": 2, "result": {"a": [1]}})
        self.assertEqual(client.call(3, "nope")["error"]["code"], "unknown-method")
        self.assertEqual(client.call(4, "exit")["error"]["code"], "python-error")
        status = client.call(5, "status")["result"]
        self.assertEqual((status["busy"], status["clients"], status["queue"]), (False, 1, 0))
        last = [(command["method"], command["ok"]) for command in status["lastCommands"]]
        self.assertEqual(last, [("echo", True), ("exit", False)])
        client.send({"id": 6, "method": "echo", "params": []})
        self.assertEqual(client.read_message()["error"]["code"], "bad-request")

    def test_ping_is_answered_while_the_main_thread_is_busy(self) -> None:
        client = self.framed()
        client.send({"id": 1, "method": "spin", "params": {"s": 1}})
        self.assertEqual(client.call(2, "ping"), {"id": 2, "result": {}})
        self.assertTrue(client.call(3, "status")["result"]["busy"])
        self.assertEqual(client.read_message(), {"id": 1, "result": "spun"})

    def test_violations(self) -> None:
        bad = [{}, {"id": 0}, {"id": 2**53}, {"id": "1"}, {"id": True}, {"cancel": "x"}]
        for message in [*bad, {"id": 1, "method": "ping", "deadlineMs": -1}]:
            with self.subTest(message=message):
                client = self.framed()
                client.send(message)
                self.assertEqual(client.read_message()["error"]["code"], "protocol-violation")
                self.assertTrue(client.ended())

    def test_frames_right_behind_hello(self) -> None:
        client = self.client()
        hello = {"type": "hello", "params": {"protocols": [2], "nonce": NONCE}}
        put = {"root": "uploads", "name": "a", "size": 1, "sha256": "0" * 64}
        request = frames.encode_message({"id": 1, "method": "file.put", "params": put})
        before = threading.active_count()
        client.write(json.dumps(hello).encode() + request + bytes(4))
        client.read_hello()
        said = []
        with self.assertRaises(EOFError):  # the answer to the upload may come before the end, or not
            while True:
                said.append(client.read_message())
        self.assertEqual(said[-1]["error"]["code"], "protocol-violation")
        client.sock.close()
        time.sleep(0.3)
        self.assertLessEqual(threading.active_count(), before, "no thread is left")

    def test_an_id_in_use(self) -> None:
        client = self.framed()
        for _ in range(2):
            client.send({"id": 1, "method": "spin", "params": {"s": 0.3}})
        self.assertEqual(client.read_message()["error"]["code"], "protocol-violation")

    def test_deadline_of_what_runs_and_of_what_waits(self) -> None:
        client = self.framed()
        client.send({"id": 1, "method": "spin", "params": {"s": 20}, "deadlineMs": 400})
        client.send({"id": 2, "method": "spin", "params": {"s": 20}, "deadlineMs": 100})
        replies = [client.read_message() for _ in range(2)]
        self.assertEqual([reply["id"] for reply in replies], [2, 1])
        self.assertEqual({reply["error"]["code"] for reply in replies}, {"deadline-exceeded"})

    def test_cancel_of_what_runs_and_of_what_waits(self) -> None:
        client = self.framed()
        for number in (1, 2, 3):
            client.send({"id": number, "method": "spin", "params": {"s": 20 if number < 3 else 0}})
        time.sleep(0.1)
        for number in (2, 1, 1, 99):
            client.send({"cancel": number})
        replies = [client.read_message() for _ in range(3)]
        self.assertEqual(
            [reply.get("error", {}).get("code") for reply in replies], ["cancelled", "cancelled", None]
        )

    def test_a_client_that_leaves(self) -> None:
        leaving, staying = self.framed(), self.framed()
        leaving.send({"id": 1, "method": "spin", "params": {"s": 0.3}})
        leaving.send({"id": 2, "method": "spin", "params": {"s": 60}})
        time.sleep(0.1)
        leaving.sock.close()
        self.assertEqual(staying.call(1, "echo"), {"id": 1, "result": {}})
        self.assertFalse(self.runner.stopped.is_set(), "what ran was let end, what waited never ran")

    def test_blobs_and_progress(self) -> None:
        client = self.framed()
        size = 2_500_000
        client.send({"id": 1, "method": "blob", "params": {"size": size}})
        seen, data = [], b""
        while not seen or "result" not in seen[-1]:
            frame = client.read_frame()
            if isinstance(frame, frames.Chunk):
                self.assertEqual((frame.stream, frame.offset), (1, len(data)))
                data += frame.data
            elif "beat" not in frame.value:
                seen.append(frame.value)
        sha256 = hashlib.sha256(data).hexdigest()
        blob = {"stream": 1, "size": size, "sha256": sha256, "mime": "image/png"}
        self.assertEqual(seen[0], {"id": 1, "progress": {"fraction": 0.5, "message": "half"}})
        self.assertEqual(seen[1], {"id": 1, "stream": blob})
        self.assertEqual(seen[2], {"id": 1, "result": {"image": {"$blob": blob}}})

    def test_too_large_a_result(self) -> None:
        client = self.framed()
        with patch.object(frames, "MAX_LENGTH", 1000):
            self.assertEqual(client.call(1, "text", size=1000)["error"]["code"], "too-large")

    def test_beats(self) -> None:
        client = self.framed()
        frame = client.read_frame()
        self.assertEqual(frame, frames.Message({"beat": {"busy": False, "job": None, "queue": 0}}))

    def test_stopping(self) -> None:
        client = self.framed()
        client.send({"id": 1, "method": "spin", "params": {"s": 20}})
        client.send({"id": 2, "method": "spin", "params": {"s": 20}})
        client.call(3, "ping")
        threading.Thread(target=self.server.stop).start()
        said = []
        with self.assertRaises(EOFError):
            while True:
                said.append(client.read_message())
        self.assertIn({"event": {"name": "shutting-down", "data": None}}, said)
        self.assertEqual([m["error"]["code"] for m in said if m.get("id") == 2], ["shutting-down"])
        with self.assertRaises(OSError):
            Client(self.server.port)


class Unread(ServerCase):
    def setUp(self) -> None:
        changes = (
            (outbox, "MOST_WAITING", 8_000_000),
            (outbox, "STREAM_AHEAD", 1_000_000),
            (connection, "STALL_S", 1),
        )
        for module, name, value in changes:
            patched = patch.object(module, name, value)
            patched.start()
            self.addCleanup(patched.stop)
        super().setUp()

    def test_a_client_that_does_not_read_is_cut_off_and_holds_nobody_up(self) -> None:
        deaf, other = self.framed(), self.framed()
        for number in range(1, 5):
            deaf.send({"id": number, "method": "text", "params": {"size": 4_000_000}})
        start = time.monotonic()
        self.assertEqual(other.call(1, "echo"), {"id": 1, "result": {}})
        self.assertLess(time.monotonic() - start, 2)
        end = time.monotonic() + 5
        while self.server.clients > 1 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.server.clients, 1)

    def test_a_stalled_client_is_cut_off(self) -> None:
        deaf = self.framed()
        deaf.send({"id": 1, "method": "text", "params": {"size": 7_900_000}})
        end = time.monotonic() + 5
        while self.server.clients and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.server.clients, 0)


class Token(ServerCase):
    options = Options(port=0, token="secret")

    def prove(self, client: Client, token: str) -> dict[str, Any]:
        welcome = client.hello()
        client.send({"auth": {"mac": proof(token, "client", NONCE, welcome["nonce"], welcome["instance"])}})
        answer = client.read_message()
        if "auth" in answer:
            expected = proof(token, "server", NONCE, welcome["nonce"], welcome["instance"])
            self.assertEqual(answer, {"auth": {"mac": expected}})
        return answer

    def test_right_and_wrong(self) -> None:
        client = self.client()
        self.prove(client, "secret")
        self.assertEqual(client.call(1, "echo", big="x" * 10_000)["id"], 1)
        stranger = self.client()
        self.assertEqual(self.prove(stranger, "guess")["error"]["code"], "auth-failed")
        self.assertTrue(stranger.ended())

    def test_stock_clients_are_refused(self) -> None:
        client = self.client()
        reply = client.stock("echo")
        self.assertTrue(reply["message"].startswith("This Blender asks for a token"))
        self.assertTrue(client.ended())

    def test_nothing_large_before_the_proof(self) -> None:
        client = self.client()
        client.write(b'{"type":"hello","params":{"x":"' + b"x" * 5000)
        self.assertIn("larger", client.read_object()["message"])
        client = self.client()
        client.hello()
        client.write((5000).to_bytes(4, "big") + b"\1")
        self.assertEqual(client.read_message()["error"]["code"], "protocol-violation")

    def test_no_proof_in_time(self) -> None:
        client = self.client()
        with patch.object(framed_dialect, "PROVE_WITHIN_S", 0.2):
            client.hello()
        self.assertEqual(client.read_message()["error"]["code"], "auth-failed")
        self.assertTrue(client.ended())


class OursOnly(ServerCase):
    options = Options(port=0, allow_stock=False)

    def test_stock_clients_are_refused(self) -> None:
        self.assertIn("Avatar Forge only", self.client().stock("echo")["message"])
        self.assertEqual(self.framed().call(1, "echo")["id"], 1)


class Files(ServerCase):
    data = os.urandom(3_000_000)
    sha256 = hashlib.sha256(data).hexdigest()

    def put(self, client: Client, number: int, **changes: Any) -> Any:
        params = {"root": "uploads", "name": "a.bin", "size": len(self.data), "sha256": self.sha256}
        return client.call(number, "file.put", **{**params, **changes})

    def send_chunks(self, client: Client, stream: int, start: int, end: int) -> None:
        for offset in range(start, end, 1_000_000):
            data = self.data[offset : min(offset + 1_000_000, end)]
            client.write(frames.encode_chunk_head(stream, offset, len(data)) + data)

    def upload(self, client: Client) -> None:
        granted = self.put(client, 1)["result"]
        self.assertEqual(granted, {"stream": 2, "offset": 0})
        self.send_chunks(client, 2, 0, len(self.data))
        done = client.call(2, "file.commit", stream=2)
        self.assertEqual(done["result"], {"name": "a.bin", "size": len(self.data), "sha256": self.sha256})

    def test_there_and_back(self) -> None:
        client = self.framed()
        self.upload(client)
        listed = client.call(3, "file.list", root="uploads")["result"]["files"]
        self.assertEqual([(item["name"], item["size"]) for item in listed], [("a.bin", len(self.data))])
        found = client.call(4, "file.stat", root="uploads", name="a.bin")["result"]
        self.assertEqual((found["sha256"], found["modified"]), (self.sha256, listed[0]["modified"]))
        for offset in (0, 2_999_999, len(self.data)):
            params = {"root": "uploads", "name": "a.bin", "offset": offset}
            client.send({"id": 5, "method": "file.get", "params": params})
            self.assertEqual(client.read_message()["stream"]["sha256"], self.sha256)
            got = b""
            while isinstance(frame := client.read_frame(), frames.Chunk) or "beat" in frame.value:
                if isinstance(frame, frames.Chunk):
                    self.assertEqual(frame.offset, offset + len(got))
                    got += frame.data
            result = {"name": "a.bin", "size": len(self.data), "sha256": self.sha256}
            self.assertEqual(frame.value, {"id": 5, "result": result})
            self.assertEqual(got, self.data[offset:])
        self.assertEqual(client.call(6, "file.delete", root="uploads", name="a.bin"), {"id": 6, "result": {}})
        gone = client.call(7, "file.stat", root="uploads", name="a.bin")
        self.assertEqual(gone["error"]["code"], "not-found")

    def test_files_move_while_the_main_thread_is_busy(self) -> None:
        client = self.framed()
        client.send({"id": 99, "method": "spin", "params": {"s": 1}})
        self.upload(client)
        self.assertEqual(client.read_message(), {"id": 99, "result": "spun"})

    def test_a_broken_upload_goes_on(self) -> None:
        first = self.framed()
        self.put(first, 1)
        self.send_chunks(first, 2, 0, 1_000_000)
        first.call(2, "ping")
        second = self.framed()  # while the first still seems to be there
        granted = self.put(second, 1)["result"]
        self.assertEqual(granted["offset"], 1_000_000)
        self.assertEqual(first.call(3, "file.commit", stream=2)["error"]["code"], "busy")
        self.send_chunks(second, granted["stream"], 1_000_000, 2_000_000)
        second.call(2, "ping")
        second.sock.close()
        third = self.framed()
        self.send_chunks(third, self.put(third, 1)["result"]["stream"], 2_000_000, len(self.data))
        self.assertEqual(third.call(2, "file.commit", stream=2)["result"]["sha256"], self.sha256)
        self.assertEqual(os.listdir(Path(self.home.name) / "uploads"), ["a.bin"])

    def test_other_bytes_than_announced(self) -> None:
        client = self.framed()
        wrong = "0" * 64
        self.put(client, 1, sha256=wrong)
        self.send_chunks(client, 2, 0, 1_000_000)
        self.assertEqual(client.call(2, "file.commit", stream=2)["error"]["code"], "hash-mismatch")
        self.send_chunks(client, 2, 1_000_000, len(self.data))
        self.assertEqual(client.call(3, "file.commit", stream=2)["error"]["code"], "hash-mismatch")
        self.assertEqual(self.put(client, 4, sha256=wrong)["result"], {"stream": 4, "offset": 0})
        self.assertEqual(client.call(5, "file.list", root="uploads")["result"], {"files": []})

    def test_bad_requests(self) -> None:
        client = self.framed()
        outside = Path(self.home.name) / "secret"
        outside.write_text("secret")
        (Path(self.home.name) / "exports").mkdir()
        (Path(self.home.name) / "exports" / "link").symlink_to(outside)
        (Path(self.home.name) / "exports" / "folder").mkdir()
        for method, params, code in (
            ("file.get", {"root": "exports", "name": "../secret"}, "bad-name"),
            ("file.get", {"root": "..", "name": "secret"}, "bad-name"),
            ("file.get", {"root": "exports", "name": "link"}, "not-found"),
            ("file.get", {"root": "exports", "name": "folder"}, "not-found"),
            ("file.get", {"root": "exports"}, "bad-name"),
            ("file.list", {}, "bad-name"),
            ("file.delete", {"root": "exports", "name": "link"}, "not-found"),
            ("file.put", {"root": "exports", "name": "a/b", "size": 1, "sha256": "0" * 64}, "bad-name"),
            ("file.put", {"root": "exports", "name": "a", "size": 1}, "bad-params"),
            ("file.put", {"root": "exports", "name": "a", "size": 1 << 40, "sha256": "0" * 64}, "too-large"),
            ("file.commit", {"stream": 77}, "bad-params"),
        ):
            with self.subTest(method=method, params=params):
                self.assertEqual(client.call(1, method, **params)["error"]["code"], code)
        client.write(frames.encode_chunk_head(8, 0, 1) + b"x")
        self.assertEqual(client.read_message()["error"]["code"], "protocol-violation")


if __name__ == "__main__":
    unittest.main()
