"""A stock-dialect add-on of our own: what tests and benches measure as "the stock way".

Written from facts measured with the real one (docs/protocol.md section 1), its hazards included: each
client's thread reads 8,192 bytes at a time and parses all it has as one command; a command is a timer of
its own that takes the latest command of its connection; the reply is sent from the main thread; code
runs in a fresh namespace and only what it prints comes back; a screenshot goes to a file. It needs a
window (timers do not run in background).

    blender --factory-startup --python test/blender/support/stock_addon.py

listens on 127.0.0.1:$STOCK_PORT (0, the default: any that is free), prints `STOCK_READY {"port": …}`,
and ends with its standard input.
"""

import contextlib
import io
import json
import os
import socket
import threading

import bpy


def get_scene_info() -> dict:
    scene = bpy.context.scene
    objects = [
        {"name": each.name, "type": each.type, "location": [round(value, 2) for value in each.location]}
        for each in list(scene.objects)[:10]
    ]
    return {
        "name": scene.name,
        "object_count": len(scene.objects),
        "objects": objects,
        "materials_count": len(bpy.data.materials),
    }


def get_object_info(name: str) -> dict:
    found = bpy.data.objects.get(name)
    if found is None:
        raise ValueError(f"Object not found: {name}")
    return {
        "name": found.name,
        "type": found.type,
        "location": list(found.location),
        "scale": list(found.scale),
    }


def get_viewport_screenshot(max_size: int = 800, filepath: str = "", format: str = "png") -> dict:
    area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area):
        bpy.ops.screen.screenshot_area(filepath=filepath)
    image = bpy.data.images.load(filepath)
    width, height = image.size
    if max(width, height) > max_size:
        scale = max_size / max(width, height)
        width, height = int(width * scale), int(height * scale)
        image.scale(width, height)
        image.file_format = format.upper()
        image.save()
    bpy.data.images.remove(image)
    return {"success": True, "width": width, "height": height, "filepath": filepath}


def execute_code(code: str) -> dict:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {"bpy": bpy})
    return {"executed": True, "result": printed.getvalue()}


COMMANDS = {
    "get_scene_info": get_scene_info,
    "get_object_info": get_object_info,
    "get_viewport_screenshot": get_viewport_screenshot,
    "get_polyhaven_status": lambda: {"enabled": False, "message": "Poly Haven is off"},
    "execute_code": execute_code,
}


def execute(command: dict) -> dict:
    kind = command.get("type")
    if kind not in COMMANDS:
        return {"status": "error", "message": f"Unknown command type: {kind}"}
    try:
        return {"status": "success", "result": COMMANDS[kind](**command.get("params", {}))}
    except Exception as error:
        return {"status": "error", "message": str(error)}


def serve(client: socket.socket) -> None:
    buffer = b""
    command: dict = {}

    def run() -> None:
        with contextlib.suppress(OSError):
            client.sendall(json.dumps(execute(command)).encode())

    try:
        while data := client.recv(8192):
            buffer += data
            try:
                command = json.loads(buffer.decode())
            except json.JSONDecodeError:
                continue
            buffer = b""
            bpy.app.timers.register(run, first_interval=0.0)
    except (OSError, UnicodeDecodeError):
        pass
    finally:
        client.close()


def accept(listener: socket.socket) -> None:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


def end_with_stdin(stdin: int) -> None:
    while os.read(stdin, 4096):
        pass
    os._exit(0)


threading.Thread(target=end_with_stdin, args=(os.dup(0),), daemon=True).start()
listening = socket.create_server(("127.0.0.1", int(os.environ.get("STOCK_PORT", "0"))), backlog=1)
threading.Thread(target=accept, args=(listening,), daemon=True).start()
print("STOCK_READY " + json.dumps({"port": listening.getsockname()[1]}), flush=True)
