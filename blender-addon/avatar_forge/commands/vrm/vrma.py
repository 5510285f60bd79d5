# SPDX-License-Identifier: GPL-3.0-or-later
"""A movement as `.vrma`: a skeleton of nodes in the T-pose, keyframes, and `VRMC_vrm_animation`.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm_animation-1.0/README.md
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..animation.body import Body
from ..animation.sample import Motion
from .annotation import PRESETS, LookAt
from .glb import Glb

_EYES = ("leftEye", "rightEye")  # the file has them as a gaze
_FLOAT, _TYPES = 5126, {1: "SCALAR", 3: "VEC3", 4: "VEC4"}
# Below a tenth of a millimetre and 0.02 degrees a keyframe is not missed.
_TOLERANCE = 1e-4


def build(name: str, motion: Motion, body: Body, look_at: LookAt | None) -> Glb:
    """The file in memory. At rest no node is turned, so that its turns are those from the T-pose."""
    glb = Glb({"asset": {"version": "2.0", "generator": "Avatar Forge"}, "scene": 0}, [])
    channels = _Channels(glb)
    nodes = _skeleton(glb, body)
    hips = _y_up(motion.hips)
    channels.add(nodes["hips"], "translation", motion.times, hips)
    for human, node in nodes.items():
        channels.add(node, "rotation", motion.times, _turns_y_up(motion.turns[human]))
    extension: dict[str, Any] = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {human: {"node": node} for human, node in nodes.items()}},
    }
    roots = [nodes["hips"]]
    for expression, weights in motion.expressions.items():
        node = glb.add("nodes", {"name": f"expression {expression}"})
        roots.append(node)
        values = np.zeros((len(weights), 3))
        values[:, 0] = weights
        channels.add(node, "translation", motion.times, values)
        kind = "preset" if expression in PRESETS else "custom"
        extension.setdefault("expressions", {}).setdefault(kind, {})[expression] = {"node": node}
    if motion.gaze is not None:
        node = glb.add("nodes", {"name": "lookAt"})
        roots.append(node)
        channels.add(node, "rotation", motion.times, _gaze(motion.gaze))
        extension["lookAt"] = {"node": node}
        if look_at is not None and look_at.offset is not None:
            extension["lookAt"]["offsetFromHeadBone"] = _y_up(np.array(look_at.offset)).tolist()
    glb.add("scenes", {"nodes": roots})
    glb.add("animations", {"name": name, **channels.animation})
    glb.add_extension("VRMC_vrm_animation", extension)
    return glb


def _skeleton(glb: Glb, body: Body) -> dict[str, int]:
    """A node for each humanoid bone but the eyes."""
    nodes = {human: glb.add("nodes", {"name": human}) for human in body.joints if human not in _EYES}
    for human, node in nodes.items():
        above = body.parents[human]
        place = np.array(body.joints[human])
        if above is not None:
            place = place - np.array(body.joints[above])
            glb.list("nodes")[nodes[above]].setdefault("children", []).append(node)
        glb.list("nodes")[node]["translation"] = _y_up(place).tolist()
    return nodes


class _Channels:
    """Collects channels; times that several have are stored once."""

    def __init__(self, glb: Glb) -> None:
        self._glb = glb
        self._times: dict[bytes, int] = {}
        self.animation: dict[str, list[dict[str, Any]]] = {"channels": [], "samplers": []}

    def add(self, node: int, path: str, times: np.ndarray, values: np.ndarray) -> None:
        kept = _needed(times, values)
        sampler = {
            "input": self._times_of(times[kept]),
            "output": self._accessor(values[kept]),
            "interpolation": "LINEAR",
        }
        self.animation["samplers"].append(sampler)
        target = {"node": node, "path": path}
        self.animation["channels"].append({"sampler": len(self.animation["samplers"]) - 1, "target": target})

    def _times_of(self, times: np.ndarray) -> int:
        key = times.tobytes()
        if key not in self._times:
            index = self._accessor(times[:, None])
            data = times.astype(np.float32)
            self._glb.list("accessors")[index].update(min=[float(data[0])], max=[float(data[-1])])
            self._times[key] = index
        return self._times[key]

    def _accessor(self, values: np.ndarray) -> int:
        view = self._glb.add_view(np.ascontiguousarray(values, "<f4").tobytes())
        return self._glb.add(
            "accessors",
            {
                "bufferView": view,
                "componentType": _FLOAT,
                "count": len(values),
                "type": _TYPES[values.shape[1]],
            },
        )


def _needed(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows between which straight lines come within the tolerance of all others (Ramer, Douglas, Peucker)."""
    needed = {0, len(times) - 1}
    spans = [(0, len(times) - 1)]
    while spans:
        start, end = spans.pop()
        if end - start < 2:
            continue
        part = ((times[start:end] - times[start]) / (times[end] - times[start]))[:, None]
        line = values[start] + part * (values[end] - values[start])
        off = np.abs(values[start:end] - line).max(axis=1)
        far = int(off.argmax())
        if off[far] > _TOLERANCE:
            needed.add(start + far)
            spans += [(start, start + far), (start + far, end)]
    return np.array(sorted(needed))


def _gaze(degrees: np.ndarray) -> np.ndarray:
    """Turns about Y (to its left), then X (down)."""
    half = np.radians(degrees) / 2
    (sy, sx), (cy, cx) = np.sin(half).T, np.cos(half).T
    return np.stack([cy * sx, sy * cx, -sy * sx, cy * cx], axis=1)


def _y_up(vectors: np.ndarray) -> np.ndarray:
    return np.stack([vectors[..., 0], vectors[..., 2], -vectors[..., 1]], axis=-1)


def _turns_y_up(wxyz: np.ndarray) -> np.ndarray:
    return np.concatenate([_y_up(wxyz[:, 1:]), wxyz[:, :1]], axis=1)
