# SPDX-License-Identifier: GPL-3.0-or-later
"""The command library in a Blender that has only a stock add-on: sent as text, kept in memory, called by
name.

The MCP server runs this file's text through the add-on's `execute_code` and calls `install(files, digest)`,
once for each start of Blender. From then on `sys.modules["avatar_forge_shipped"]` has

    DIGEST                       which library it is
    call(method, params) -> str  runs a command; `params` and the answer {"result"} or {"error"} are JSON
    text, ASCII

It lives in sys.modules and holds no reference to bpy.data: undo and file loads leave it alone. This file
imports nothing of the package at its top, because it must run before there is one.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import types
from collections.abc import Mapping, Sequence

PACKAGE = "avatar_forge_shipped"


class _Texts(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the package's modules in a mapping from path to source."""

    def __init__(self, files: Mapping[str, str], digest: str) -> None:
        self._files = files
        self._digest = digest

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        found = self._find(fullname)
        if found is None:
            return None
        origin, is_package = found
        return importlib.util.spec_from_loader(fullname, self, origin=origin, is_package=is_package)

    def get_source(self, fullname: str) -> str:
        found = self._find(fullname)
        if found is None:
            raise ImportError(f"There is no {fullname} in the shipped library.", name=fullname)
        return self._files.get(found[0], "")

    def is_package(self, fullname: str) -> bool:
        found = self._find(fullname)
        return found is not None and found[1]

    def exec_module(self, module: types.ModuleType) -> None:
        source = self.get_source(module.__name__)
        # Under a name of its own for each library, so that a traceback never shows another one's lines.
        file = f"<{PACKAGE} {self._digest[:12]}>/{module.__spec__.origin}"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)

    def _find(self, fullname: str) -> tuple[str, bool] | None:
        """The path of a module's source, and whether it is a package."""
        if fullname == PACKAGE:
            return "__init__.py", True
        if not fullname.startswith(f"{PACKAGE}."):
            return None
        stem = fullname[len(PACKAGE) + 1 :].replace(".", "/")
        for path, is_package in ((f"{stem}.py", False), (f"{stem}/__init__.py", True)):
            if path in self._files:
                return path, is_package
        return None


def install(files: Mapping[str, str], digest: str) -> None:
    """Makes the package from {"commands/….py": source}; the same digest again changes nothing, another
    replaces it.
    """
    present = sys.modules.get(PACKAGE)
    if present is not None and getattr(present, "DIGEST", None) == digest:
        return
    uninstall()
    sys.meta_path.append(_Texts(dict(files), digest))
    try:
        calls = importlib.import_module(f"{PACKAGE}.commands.shipped_calls")
    except BaseException:
        uninstall()
        raise
    package = sys.modules[PACKAGE]
    package.call = calls.call
    package.DIGEST = digest


def uninstall() -> None:
    """Takes out every module of the package, and what finds them."""
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    # By name: an earlier library's finder is of another class, made by an earlier run of this text.
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "_Texts"]
