"""The stock way from an MCP client to Blender, re-enacted for comparison from its observable behaviour.

One persistent socket; each tool call sends a status command first and then its own; replies are read
8,192 bytes at a time and parsed anew after each piece until they parse; a screenshot goes through a
file. The MCP side is the bare protocol, without a framework's overhead, so the comparison flatters it.
Standard library only. BLENDER_PORT names the add-on's port.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import tempfile

TOOLS = {
    "get_scene_info": {},
    "execute_blender_code": {"code": {"type": "string"}},
    "get_viewport_screenshot": {"max_size": {"type": "integer"}},
}


class Blender:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(180)

    def command(self, kind: str, params: dict) -> dict:
        self.socket.sendall(json.dumps({"type": kind, "params": params}).encode())
        chunks: list[bytes] = []
        while True:
            chunk = self.socket.recv(8192)
            if not chunk:
                raise ConnectionError("Blender closed the connection")
            chunks.append(chunk)
            try:
                reply = json.loads(b"".join(chunks))
            except ValueError:
                continue
            if reply.get("status") == "error":
                raise RuntimeError(reply.get("message"))
            return reply["result"]


def call(blender: Blender, name: str, arguments: dict) -> list[dict]:
    blender.command("get_polyhaven_status", {})
    if name == "get_scene_info":
        return [{"type": "text", "text": json.dumps(blender.command("get_scene_info", {}), indent=2)}]
    if name == "execute_blender_code":
        result = blender.command("execute_code", {"code": arguments["code"]})
        return [{"type": "text", "text": f"Code executed successfully: {result.get('result', '')}"}]
    path = os.path.join(tempfile.gettempdir(), f"stock_screenshot_{os.getpid()}.png")
    blender.command(
        "get_viewport_screenshot", {"max_size": arguments["max_size"], "filepath": path, "format": "png"}
    )
    with open(path, "rb") as file:
        data = file.read()
    os.remove(path)
    return [{"type": "image", "data": base64.b64encode(data).decode(), "mimeType": "image/png"}]


def answer(blender: Blender, method: str, params: dict) -> dict:
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "stock way", "version": "1"},
        }
    if method == "tools/list":
        return {
            "tools": [
                {"name": name, "inputSchema": {"type": "object", "properties": properties}}
                for name, properties in TOOLS.items()
            ]
        }
    if method == "tools/call":
        try:
            return {"content": call(blender, params["name"], params.get("arguments", {}))}
        except (RuntimeError, OSError) as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
    return {}


def main() -> None:
    blender = Blender(int(os.environ["BLENDER_PORT"]))
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request:
            result = answer(blender, request["method"], request.get("params", {}))
            print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)


main()
