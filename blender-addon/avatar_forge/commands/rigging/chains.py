# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a rig sways: chains of bones that are not the body's, and what each is, by where it hangs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .skeleton import Skeleton

KINDS = ("hair", "ear", "skirt", "tail", "bust", "cloth")
_NAMED = {
    "hair": r"hair|bang|fringe|ponytail|twintail|braid|ahoge|髪",
    "ear": r"(^|[^a-z])ears?([^a-z]|$)|mimi|耳",
    "skirt": r"skirt|スカート",
    "tail": r"(^|[^a-z])tail|尻尾",
    "bust": r"bust|breast|boob|胸",
    "cloth": r"cape|coat|cloak|mantle|ribbon|sleeve|scarf|hood|string|lace|リボン|袖",
}
_HELPER = re.compile(r"twist|roll|helper|(^|[^a-z])ik([^a-z]|$)|捩|\uff29\uff2b", re.IGNORECASE)


@dataclass(frozen=True)
class Chain:
    """Bones from the root to the tip, what they are, the bone of the body they hang from, and whether a
    person said what they are.
    """

    bones: list[str]
    kind: str
    owner: str
    told: bool


def find_chains(skeleton: Skeleton, humanoid: Mapping[str, str], told: Mapping[str, str]) -> list[Chain]:
    """Every chain that sways; `told` is a person's word on a root's kind, and chains that it says `none` of
    are there, too.
    """
    body = {bone: human for human, bone in humanoid.items()}
    found = []
    for root, parent in skeleton.parent.items():
        if root in body or parent not in body or any(bone in body for bone in skeleton.below(root)):
            continue
        for bones in _lines(skeleton, root):
            wanted = told.get(bones[0], told.get(root))
            kind = wanted or _kind(skeleton, humanoid, body[parent], bones)
            if kind is not None:
                found.append(Chain(bones, kind, parent, wanted is not None))
    return found


def why_not(skeleton: Skeleton, humanoid: Mapping[str, str], bone: str) -> str | None:
    """Why a person's word on a bone decides no chain; None where it decides one."""
    body = set(humanoid.values())
    if bone in body:
        return "it is one of the body's bones"
    root = bone
    while (parent := skeleton.parent.get(root)) is not None and parent not in body:
        root = parent
    if parent is None:
        return "it does not hang from the body"
    if any(below in body for below in skeleton.below(root)):
        return "bones of the body hang from it"
    lines = list(_lines(skeleton, root))
    if any(line[0] == bone for line in lines) or (lines and bone == root):
        return None
    first = next((line[0] for line in lines if bone in line), None)
    return f"its chain begins at {first!r}" if first else "its chain holds no vertices"


def _lines(skeleton: Skeleton, root: str) -> list[list[str]]:
    """The root's bones down to the farthest tip, then each branch; no bone twice, no bone that holds nothing
    at an end.
    """
    found, starts = [], [root]
    while starts:
        line = [starts.pop(0)]
        while children := [c for c in skeleton.children.get(line[-1], ()) if not skeleton.is_end(c)]:
            children.sort(key=lambda bone: -len(list(skeleton.below(bone))))
            starts += children[1:]
            line.append(children[0])
        if not skeleton.weighted or skeleton.weighted & set(line):
            found.append(line)
    return found


def _kind(skeleton: Skeleton, humanoid: Mapping[str, str], owner: str, bones: list[str]) -> str | None:
    """By name where it tells, else by place; None for what does not sway: twists, the face's bones, props."""
    name = " ".join(bones)
    if _HELPER.search(name):
        return None
    for kind, pattern in _NAMED.items():
        if re.search(pattern, name, re.IGNORECASE):
            return kind
    tall = skeleton.height
    start, end = skeleton.head[bones[0]], skeleton.tail[bones[-1]]
    way = end - start
    long = float(np.linalg.norm(way)) / tall
    if len(bones) < 2 or long < 0.05:
        return None
    if owner in ("head", "neck"):
        head = skeleton.head[humanoid["head"]]
        ahead = float(head[1] - start[1]) / tall
        if way[2] > 0.3 * np.linalg.norm(way) and abs(start[0] - head[0]) > 0.02 * tall:
            return "ear"
        return None if ahead > 0.03 and long < 0.09 else "hair"
    if owner in ("hips", "spine"):
        behind = float(start[1] - skeleton.head[humanoid["hips"]][1]) / tall
        middle = abs(start[0] - skeleton.head[humanoid["hips"]][0]) < 0.015 * tall
        if middle and behind > 0.01 and abs(way[1]) > 0.5 * abs(way[2]):
            return "tail"
        return "skirt" if way[2] < 0 else None
    return "cloth" if way[2] < 0 and long > 0.08 else None
