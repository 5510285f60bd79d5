"""The stock dialect, who is refused it, and clients that do not read."""

from __future__ import annotations

import json
import threading
import time
import unittest
from unittest.mock import patch

from serving import ServerCase

from avatar_forge import connection, outbox
from avatar_forge.server import MOST_CLIENTS, Options


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


class OursOnly(ServerCase):
    options = Options(port=0, allow_stock=False)

    def test_stock_clients_are_refused(self) -> None:
        self.assertIn("Avatar Forge only", self.client().stock("echo")["message"])
        self.assertEqual(self.framed().call(1, "echo")["id"], 1)


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


if __name__ == "__main__":
    unittest.main()
