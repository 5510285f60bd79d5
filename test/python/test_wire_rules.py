"""Hello and proof, names, and streams."""

from __future__ import annotations

import hashlib
import unittest

from support import vectors

from avatar_forge.wire import names, streams
from avatar_forge.wire.errors import WireError
from avatar_forge.wire.handshake import Handshake, Identity, proof


class Proofs(unittest.TestCase):
    def test_vectors(self) -> None:
        for case in vectors("proofs")["proofs"]:
            given = (case["clientNonce"], case["serverNonce"], case["instance"])
            self.assertEqual(proof(case["token"], "client", *given), case["clientMac"], case["name"])
            self.assertEqual(proof(case["token"], "server", *given), case["serverMac"], case["name"])


class Handshakes(unittest.TestCase):
    def test_vectors(self) -> None:
        given = vectors("handshakes")
        identity = Identity(given["instance"], "0.1.0", "3.4.1", True)
        for case in given["cases"]:
            with self.subTest(case["name"]):
                self.play(Handshake(identity, given["serverNonce"], case["token"]), case)

    def play(self, handshake: Handshake, case: dict) -> None:
        answer: object = None
        closed = False
        for step in case["steps"]:
            if step["from"] == "client":
                try:
                    if "object" in step:
                        answer = {"status": "success", "result": handshake.hello(step["object"]["params"])}
                    elif handshake.state == "proving":
                        answer = handshake.prove(step["frame"])
                except WireError as error:
                    answer = error
                    closed = error.code == "auth-failed"
            elif "object" in step:
                self.assertEqual(answer, step["object"])
            elif "frame" in step:
                self.assertEqual(answer, step["frame"])
            elif "errorStartsWith" in step:
                self.assertIsInstance(answer, WireError)
                self.assertTrue(str(answer).startswith(step["errorStartsWith"]), str(answer))
            else:
                self.assertEqual(getattr(answer, "code", None), step["frameErrorCode"])
        self.assertEqual("closed" if closed else handshake.state, case["ends"])


class Names(unittest.TestCase):
    def test_vectors(self) -> None:
        given = vectors("names")
        for name in given["good"]:
            self.assertEqual(names.check_name(name), name)
        for check, values in (
            (names.check_name, given["bad"] + [None, 1, ["a"]]),
            (names.check_root, given["badRoots"] + [None, []]),
        ):
            for value in values:
                with self.subTest(value=value), self.assertRaises(WireError) as raised:
                    check(value)
                self.assertEqual(raised.exception.code, "bad-name")


class Streams(unittest.TestCase):
    given = vectors("streams")

    def receive(self, case: dict) -> bytes:
        data = bytes.fromhex(self.given["data"])
        there = data[: case["from"]]
        received = bytearray(there)
        stream = streams.Incoming(
            received.extend, self.given["size"], self.given["sha256"], case["from"], hashlib.sha256(there)
        )
        for chunk in case["chunks"]:
            stream.write(chunk["offset"], bytes.fromhex(chunk["data"]))
        stream.finish()
        return bytes(received)

    def test_valid(self) -> None:
        for case in self.given["valid"]:
            with self.subTest(case["name"]):
                self.assertEqual(self.receive(case).hex(), self.given["data"])

    def test_invalid(self) -> None:
        for case in self.given["invalid"]:
            with self.subTest(case["name"]), self.assertRaises(WireError) as raised:
                self.receive(case)
            self.assertEqual(raised.exception.code, case["code"])

    def test_announcements(self) -> None:
        good = self.given["sha256"]
        self.assertEqual(streams.check_announcement(0, good), (0, good))
        for size, sha256, code in (
            (-1, good, "bad-params"),
            (1.5, good, "bad-params"),
            (True, good, "bad-params"),
            ("1", good, "bad-params"),
            (1, good.upper(), "bad-params"),
            (1, good[1:], "bad-params"),
            (1, None, "bad-params"),
            (streams.MAX_SIZE + 1, good, "too-large"),
        ):
            with self.subTest(size=size), self.assertRaises(WireError) as raised:
                streams.check_announcement(size, sha256)
            self.assertEqual(raised.exception.code, code)


if __name__ == "__main__":
    unittest.main()
