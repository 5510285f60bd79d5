from __future__ import annotations

import random
import unittest
from unittest.mock import patch

from support import cuts, vectors

from avatar_forge.wire import frames
from avatar_forge.wire.errors import WireError
from avatar_forge.wire.frames import Chunk, FrameDecoder, Message

VECTORS = vectors("frames")


def decode(pieces: list[bytes], limit: int) -> list[Message | Chunk]:
    decoder, found = FrameDecoder(limit), []
    for piece in pieces:
        decoder.feed(piece)
        while (frame := decoder.next()) is not None:
            found.append(frame)
    return found


def expected(case: dict) -> Message | Chunk:
    if case["kind"] == 1:
        return Message(case["json"])
    return Chunk(case["stream"], case["offset"], bytes.fromhex(case["data"]))


class Frames(unittest.TestCase):
    def test_limits_are_those_of_the_protocol(self) -> None:
        self.assertEqual(frames.MAX_LENGTH, VECTORS["limit"])
        self.assertEqual(frames.UNAUTHENTICATED_LENGTH, VECTORS["unauthenticatedLimit"])

    def test_every_cut_gives_the_same_frames(self) -> None:
        for case in VECTORS["valid"]:
            for pieces in cuts(bytes.fromhex(case["hex"])):
                with self.subTest(case["name"], cut=len(pieces[0])):
                    self.assertEqual(decode(pieces, VECTORS["limit"]), [expected(case)])

    def test_all_in_a_row_at_random_cuts(self) -> None:
        data = b"".join(bytes.fromhex(case["hex"]) for case in VECTORS["valid"])
        for seed in range(200):
            chance = random.Random(seed)
            at = sorted(chance.randrange(len(data)) for _ in range(20))
            pieces = [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]
            self.assertEqual(decode(pieces, VECTORS["limit"]), [expected(case) for case in VECTORS["valid"]])

    def test_encoding(self) -> None:
        for case in VECTORS["valid"]:
            with self.subTest(case["name"]):
                if case["kind"] == 1:
                    self.assertEqual(
                        decode([frames.encode_message(case["json"])], VECTORS["limit"]), [expected(case)]
                    )
                else:
                    data = bytes.fromhex(case["data"])
                    head = frames.encode_chunk_head(case["stream"], case["offset"], len(data))
                    self.assertEqual((head + data).hex(), case["hex"])

    def test_what_breaks_the_protocol(self) -> None:
        for case in VECTORS["invalid"]:
            for pieces in cuts(bytes.fromhex(case["hex"])):
                with self.subTest(case["name"], cut=len(pieces[0])):
                    with self.assertRaises(WireError) as raised:
                        decode(pieces, case["limit"])
                    self.assertEqual(raised.exception.code, VECTORS["invalidCode"])

    def test_random_bytes_end_in_frames_or_a_violation(self) -> None:
        chance = random.Random(2)
        for _ in range(20_000):
            data = chance.randbytes(chance.randrange(64))
            if chance.random() < 0.7:
                data = bytes([0, 0, 0, chance.randrange(40), chance.choice((1, 1, 2, 3))]) + data
            try:
                decode([data], VECTORS["limit"])
            except WireError as error:
                self.assertEqual(error.code, "protocol-violation")

    def test_too_large_to_send(self) -> None:
        with patch.object(frames, "MAX_LENGTH", 1000), self.assertRaises(WireError) as raised:
            frames.encode_message({"result": "x" * 1000})
        self.assertEqual(raised.exception.code, "too-large")


if __name__ == "__main__":
    unittest.main()
