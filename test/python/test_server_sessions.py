"""Requests that come again over another connection (docs/protocol.md section 8)."""

from __future__ import annotations

import time
import unittest
from typing import Any
from unittest.mock import patch

from serving import NONCE, Client, ServerCase, TestRunner

from avatar_forge import sessions
from avatar_forge.context import JobContext
from avatar_forge.server import Options
from avatar_forge.wire.handshake import proof

SESSION = "0123456789abcdef" * 2


class CountingRunner(TestRunner):
    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    def do_note(self, params: dict[str, Any], context: JobContext) -> Any:
        self.ran.append(params["text"])
        time.sleep(params.get("s", 0))
        return context.blob(b"x" * params["size"], "image/png") if "size" in params else params["text"]


class SessionCase(ServerCase):
    def setUp(self) -> None:
        super().setUp()
        self.counting = CountingRunner()
        self.server.run_command = self.counting.run_command
        self.server.knows = self.counting.knows

    def again(self, session: str = SESSION) -> tuple[Client, bool]:
        """A connection of the session, and whether it was known."""
        client = self.client()
        params = {"protocols": [2], "nonce": NONCE, "session": session}
        reply = client.stock("hello", **params)
        client._frames.feed(client._objects.take_rest())
        return client, reply["result"]["resumed"]


class Sessions(SessionCase):
    def test_an_answer_that_did_not_arrive(self) -> None:
        first, resumed = self.again()
        self.assertFalse(resumed)
        note = {"text": "a", "s": 0.2}
        first.send({"id": 1, "method": "note", "params": note})
        time.sleep(0.1)
        first.sock.close()
        for _ in range(2):  # a second time, too: until the client says that it has it
            second, resumed = self.again()
            self.assertTrue(resumed)
            second.send({"id": 1, "method": "note", "params": note})
            self.assertEqual(second.read_message(), {"id": 1, "result": "a"})
        self.assertEqual(self.counting.ran, ["a"])
        second.send({"id": 2, "method": "note", "params": {"text": "b"}, "settled": 1})
        self.assertEqual(second.read_message()["result"], "b")
        second.send({"id": 1, "method": "note", "params": note})
        self.assertEqual(second.read_message()["error"]["code"], "protocol-violation")

    def test_a_picture_comes_again_whole(self) -> None:
        for _ in range(2):
            client, _ = self.again()
            client.send({"id": 7, "method": "note", "params": {"text": "p", "size": 2_500_000}})
            announced = client.read_message()["stream"]
            size = 0
            while size < announced["size"]:
                size += len(client.read_frame().data)  # type: ignore[union-attr]
            blob = client.read_message()["result"]["$blob"]
            self.assertEqual((blob["stream"], blob["sha256"]), (announced["stream"], announced["sha256"]))
        self.assertEqual(self.counting.ran, ["p"])

    def test_what_waited_when_the_client_left_never_began(self) -> None:
        first, _ = self.again()
        for number, text in ((1, "a"), (2, "b")):
            first.send({"id": number, "method": "note", "params": {"text": text, "s": 0.3}})
        time.sleep(0.1)
        first.sock.close()
        time.sleep(0.5)
        self.assertEqual(self.counting.ran, ["a"])
        second, _ = self.again()
        for number, text in ((1, "a"), (2, "b")):
            second.send({"id": number, "method": "note", "params": {"text": text}})
        self.assertEqual([second.read_message()["result"] for _ in range(2)], ["a", "b"])
        self.assertEqual(self.counting.ran, ["a", "b"])

    def test_the_newer_connection_counts(self) -> None:
        first, _ = self.again()
        first.send({"id": 1, "method": "note", "params": {"text": "a", "s": 0.2}})
        first.send({"id": 2, "method": "note", "params": {"text": "b"}})
        time.sleep(0.1)
        second, resumed = self.again()
        self.assertTrue(resumed)
        self.assertTrue(first.ended())
        for number in (1, 2):
            second.send({"id": number, "method": "note", "params": {"text": "?"}})
        self.assertEqual([second.read_message()["result"] for _ in range(2)], ["a", "b"])
        self.assertEqual(self.counting.ran, ["a", "b"])

    def test_what_is_wanted_no_more_is_stopped(self) -> None:
        client, _ = self.again()
        client.send({"id": 1, "method": "spin", "params": {"s": 20}})
        time.sleep(0.1)
        client.sock.close()
        client, _ = self.again()
        client.send({"id": 2, "method": "note", "params": {"text": "next"}, "settled": 1})
        self.assertEqual(client.read_message(), {"id": 2, "result": "next"})

    def test_answers_too_large_to_keep(self) -> None:
        with patch.object(sessions, "MOST_KEPT", 1000):
            client, _ = self.again()
            for number in (1, 2):
                client.send({"id": number, "method": "note", "params": {"text": "p", "size": 900}})
                while "result" not in client.read_message():
                    pass
            client, _ = self.again()
            client.send({"id": 1, "method": "note", "params": {"text": "p", "size": 900}})
            self.assertEqual(client.read_message()["error"]["code"], "answer-lost")
        self.assertEqual(self.counting.ran, ["p", "p"])

    def test_forgotten_after_a_while_or_among_many(self) -> None:
        for _ in range(2):
            client, resumed = self.again()
            self.assertFalse(resumed)
            client.sock.close()
            time.sleep(0.1)
            with patch.object(sessions, "FORGET_S", 0.05):
                self.again("f" * 32)
        with patch.object(sessions, "MOST_AWAY", 1):
            for digit in "012":
                self.again(digit * 32)[0].sock.close()
                time.sleep(0.1)
            self.assertEqual([self.again(digit * 32)[1] for digit in "20"], [True, False])

    def test_a_bad_name(self) -> None:
        for bad in (1, "x", "A" * 32, SESSION + "0"):
            reply = self.client().stock("hello", protocols=[2], nonce=NONCE, session=bad)
            self.assertTrue(reply["message"].startswith("Bad hello: session"), reply)


class WithToken(SessionCase):
    options = Options(port=0, token="right")

    def test_nobody_takes_a_session_over_without_the_token(self) -> None:
        owner, _ = self.again()
        identity = self.server.identity

        def prove(client: Client, nonce: str) -> None:
            mac = proof("right", "client", NONCE, nonce, identity.instance)
            client.send({"auth": {"mac": mac}})

        params = {"protocols": [2], "nonce": NONCE, "session": SESSION}
        owner = self.client()
        hello = owner.stock("hello", **params)["result"]
        prove(owner, hello["nonce"])
        self.assertIn("auth", owner.read_message())
        thief = self.client()
        thief.stock("hello", **params)
        thief.send({"id": 1, "method": "ping", "params": {}})
        self.assertEqual(thief.read_message()["error"]["code"], "auth-failed")
        self.assertEqual(owner.call(1, "note", text="mine"), {"id": 1, "result": "mine"})


if __name__ == "__main__":
    unittest.main()
