from __future__ import annotations

import json
import time
import unittest

from support import cuts, vectors

from avatar_forge.wire import jsontext
from avatar_forge.wire.errors import WireError
from avatar_forge.wire.objects import ObjectSplitter

VECTORS = vectors("objects")


def drain(splitter: ObjectSplitter) -> list[bytes]:
    found = []
    while (one := splitter.next()) is not None:
        found.append(one)
    return found


class Objects(unittest.TestCase):
    def test_every_cut_gives_the_same_objects(self) -> None:
        for case in VECTORS["valid"]:
            data = bytes.fromhex(case["hex"])
            for pieces in cuts(data):
                with self.subTest(case["name"], cut=len(pieces[0]) if pieces else 0):
                    splitter, found = ObjectSplitter(1_000_000), []
                    for piece in pieces:
                        splitter.feed(piece)
                        found += drain(splitter)
                    self.assertEqual([json.loads(one) for one in found], case["objects"])
                    self.assertEqual(splitter.take_rest(), bytes.fromhex(case["rest"]))

    def test_what_cannot_be_split_is_a_violation(self) -> None:
        for case in VECTORS["invalid"]:
            for pieces in cuts(bytes.fromhex(case["hex"])):
                with self.subTest(case["name"], cut=len(pieces[0])):
                    splitter, found = ObjectSplitter(case["limit"]), 0
                    with self.assertRaises(WireError) as raised:
                        for piece in pieces:
                            splitter.feed(piece)
                            while splitter.next() is not None:
                                found += 1
                    self.assertEqual(raised.exception.code, "protocol-violation")
                    self.assertEqual(found, case["objectsBefore"])

    def test_malformed_objects_are_split_off_and_refused(self) -> None:
        for case in VECTORS["malformed"]:
            data = bytes.fromhex(case["hex"])
            splitter = ObjectSplitter(1000)
            splitter.feed(data + b'{"next":1}')
            self.assertEqual(drain(splitter), [data, b'{"next":1}'])
            with self.assertRaises(ValueError):
                jsontext.decode_object(data)

    def test_not_a_number_is_refused(self) -> None:
        for case in VECTORS["notANumber"]:
            with self.assertRaises(ValueError):
                jsontext.decode_object(bytes.fromhex(case["hex"]))

    def test_the_byte_after_hello_is_a_frame(self) -> None:
        case = VECTORS["helloThenFrame"]
        for pieces in cuts(bytes.fromhex(case["hex"])):
            splitter, found, rest = ObjectSplitter(1000), None, b""
            for piece in pieces:
                if found is not None:
                    rest += piece
                    continue
                splitter.feed(piece)
                found = splitter.next()
                if found is not None:
                    rest = splitter.take_rest()
            self.assertEqual(json.loads(found or b"null"), case["object"])
            self.assertEqual(rest, bytes.fromhex(case["rest"]))

    def test_size_does_not_make_it_slow(self) -> None:
        inputs = {
            "many small": b'{"a":1}' * 20_000,
            "one long string": b'{"a":"' + b"x" * 5_000_000 + b'"}',
            "a string of backslashes": b'{"a":"' + b"\\\\" * 500_000 + b'"}',
            "a string of escaped quotes": b'{"a":"' + b'\\"' * 200_000 + b'"}',
            "white space": b" " * 5_000_000 + b"{}",
        }
        for name, data in inputs.items():
            with self.subTest(name):
                start, splitter, count = time.monotonic(), ObjectSplitter(20_000_000), 0
                for at in range(0, len(data), 65536):
                    splitter.feed(data[at : at + 65536])
                    count += len(drain(splitter))
                self.assertEqual(count, 20_000 if name == "many small" else 1)
                self.assertLess(time.monotonic() - start, 3)


class JsonText(unittest.TestCase):
    def test_what_is_not_a_number_becomes_null(self) -> None:
        value = {"a": [float("nan"), float("inf"), -float("inf"), 1.5], "b": (float("nan"),)}
        self.assertEqual(jsontext.encode(value), b'{"a":[null,null,null,1.5],"b":[null]}')

    def test_output_is_ascii_even_for_lone_surrogates(self) -> None:
        self.assertEqual(jsontext.encode({"é": "\ud800😀"}), b'{"\\u00e9":"\\ud800\\ud83d\\ude00"}')

    def test_what_json_has_no_form_for(self) -> None:
        cycle: list[object] = []
        cycle.append(cycle)
        deep: list[object] = []
        for _ in range(5000):
            deep = [deep]
        for value in ({1, 2}, object(), cycle, deep, [float("nan"), cycle], b"bytes"):
            with self.assertRaises(WireError) as raised:
                jsontext.encode(value)
            self.assertEqual(raised.exception.code, "internal")

    def test_lone_surrogates_are_replaced(self) -> None:
        text = rb'{"\ud800":["a\uDC00b","\ud83d\ude00",{"x":"\ud83d"}]}'
        self.assertEqual(jsontext.decode_object(text), {"\ufffd": ["a\ufffdb", "😀", {"x": "\ufffd"}]})

    def test_depth_and_digits_are_bounded(self) -> None:
        for text in (
            b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"a":' * 100_000,
            b'{"a":' + b"9" * 100_000 + b"}",
        ):
            with self.assertRaises(ValueError):
                jsontext.decode_object(text)


if __name__ == "__main__":
    unittest.main()
