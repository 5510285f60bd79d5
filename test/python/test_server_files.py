"""File transfers."""

from __future__ import annotations

import hashlib
import os
import unittest
from pathlib import Path
from typing import Any

from serving import Client, ServerCase

from avatar_forge.wire import frames


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
        self.assertIn("Nothing is there yet", gone["error"]["message"])
        (Path(self.home.name) / "uploads" / "Other.vrm").write_bytes(b"glTF")
        gone = client.call(8, "file.stat", root="uploads", name="a.bin")
        self.assertEqual(
            gone["error"]["message"],
            "There is no file 'a.bin' in uploads. Newest first there is: Other.vrm.",
        )

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
