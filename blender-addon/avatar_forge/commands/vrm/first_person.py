# SPDX-License-Identifier: GPL-3.0-or-later
"""`VRMC_vrm.firstPerson`: which meshes the wearer's own camera sees.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/firstPerson.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .names import Names


def build(annotated: Mapping[str, str], names: Names) -> dict[str, Any]:
    """The `firstPerson` member: one annotation for each mesh object, `auto` where none is given.

    Error: mesh-not-found.
    """
    types = {names.mesh_node(name, "firstPerson"): kind for name, kind in annotated.items()}
    return {
        "meshAnnotations": [
            {"node": node, "type": types.get(node, "auto")} for node in sorted(names.mesh_objects().values())
        ]
    }
