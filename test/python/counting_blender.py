"""The add-on's server as a process of its own, with commands that count how often they ran in
Blender's place: the port on stdout, an end at the end of stdin.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from serving import TestRunner

from avatar_forge.context import JobContext
from avatar_forge.files import FileStore
from avatar_forge.jobs import MainThread
from avatar_forge.server import Options, Server
from avatar_forge.wire.handshake import Identity


class CountingRunner(TestRunner):
    def __init__(self) -> None:
        super().__init__()
        self.ran: Counter[str] = Counter()

    def do_count(self, params: dict[str, Any], _context: JobContext) -> Any:
        """Takes `s` seconds."""
        self.ran[params["key"]] += 1
        end = time.monotonic() + params.get("s", 0)
        while time.monotonic() < end:
            time.sleep(0.002)
        return params["key"]

    def do_picture(self, params: dict[str, Any], context: JobContext) -> Any:
        self.ran[params["key"]] += 1
        data = hashlib.sha256(params["key"].encode()).digest() * (params["size"] // 32)
        return {"image": context.blob(data, "image/png")}

    def do_get_polyhaven_status(self, _params: dict[str, Any], _context: JobContext) -> Any:
        """What a stock client asks before each command."""
        return {"enabled": False}

    def do_totals(self, _params: dict[str, Any], _context: JobContext) -> Any:
        return dict(self.ran)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        store = FileStore(Path(home))
        main_thread = MainThread()
        identity = Identity(f"instance-{time.time_ns()}", "0.1.0", "3.4.1", True)
        server = Server(identity, Options(port=0), store, CountingRunner(), main_thread)
        over = threading.Event()

        def wait_for_end() -> None:
            sys.stdin.read()
            over.set()

        threading.Thread(target=wait_for_end, daemon=True).start()
        print(json.dumps({"port": server.port}), flush=True)
        while not over.is_set():
            server.serve(0.1)
        server.stop()


main()
