"""Protocol 2: requests, stops, blobs, and the proof of the token."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import unittest
from typing import Any
from unittest.mock import patch

from serving import NONCE, Client, ServerCase

from avatar_forge import framed_dialect
from avatar_forge.server import Options
from avatar_forge.wire import frames
from avatar_forge.wire.handshake import proof


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


if __name__ == "__main__":
    unittest.main()
