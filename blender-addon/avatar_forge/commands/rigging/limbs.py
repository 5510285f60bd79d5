# SPDX-License-Identifier: GPL-3.0-or-later
"""Arms and legs by structure: pairs of branches, and which of a branch's bones are its joints."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .skeleton import Array, Frame, Skeleton

Names = Mapping[str, str]
"""What a bone's name says it is: armature bone → part without its side (`UpperArm`, `head`)."""


@dataclass(frozen=True)
class Branch:
    """The first bone of a limb on the figure's left, and on its right."""

    left: str
    right: str


def branches(skeleton: Skeleton, frame: Frame) -> list[Branch]:
    """Pairs of bones that leave the middle of the rig."""
    found = []
    for bone, other in frame.mirror.items():
        above = skeleton.parent[bone]
        if above in frame.mirror or frame.mirror.get(other) != bone:
            continue
        if frame.side((skeleton.head[bone] + skeleton.tail[bone]) / 2) > 0:
            found.append(Branch(bone, other))
    return found


def find_legs(skeleton: Skeleton, found: list[Branch], names: Names) -> Branch | None:
    """The pair that leads farthest down to the ground."""

    def score(branch: Branch) -> float:
        chain = leg_line(skeleton, branch.left)
        top, low = skeleton.head[chain[0]][2], min(skeleton.head[b][2] for b in chain)
        tall = (top - low) / skeleton.height
        if len(chain) < 3 or tall < 0.18 or low - skeleton.floor > 0.2 * skeleton.height:
            return -math.inf
        return float(tall) + 0.3 * _named(chain, names, ("UpperLeg", "LowerLeg", "Foot", "Toes"))

    return _best(found, score)


def find_arms(skeleton: Skeleton, found: list[Branch], legs: Branch, names: Names) -> Branch | None:
    """The pair above the legs that reaches farthest to the side, best with fingers at its end."""
    hips = float(skeleton.head[legs.left][2])

    def score(branch: Branch) -> float:
        start = skeleton.head[branch.left]
        line = reaching_line(skeleton, branch.left)
        if branch.left in skeleton.above(legs.left) or len(line) < 3 or start[2] < hips:
            return -math.inf
        reach = skeleton.reach(branch.left, start) / skeleton.height
        sideways = max(
            abs(float((skeleton.head[b] - start)[:2] @ _flat(start, line, skeleton))) for b in line
        )
        fingers = max(len(skeleton.children.get(b, ())) for b in line)
        return (
            reach
            + sideways / skeleton.height
            + (0.3 if fingers >= 3 else 0.0)
            + 0.3 * _named(line, names, ("Shoulder", "UpperArm", "LowerArm", "Hand"))
        )

    return _best(found, score)


def _flat(start: Array, line: list[str], skeleton: Skeleton) -> Array:
    """The level direction in which a line of bones leads."""
    way = (skeleton.head[line[-1]] - start)[:2]
    return way / max(float(np.linalg.norm(way)), 1e-9)


def _best(found: list[Branch], score: Callable[[Branch], float]) -> Branch | None:
    scored = [(score(branch), i) for i, branch in enumerate(found)]
    best = max(scored, default=(-math.inf, 0))
    return found[best[1]] if best[0] > -math.inf else None


def _named(chain: list[str], names: Names, parts: tuple[str, ...]) -> int:
    return min(2, sum(names.get(bone) in parts for bone in chain))


def reaching_line(skeleton: Skeleton, first: str) -> list[str]:
    """The bones from `first` on, always to the child that leads farthest; twists and helpers stay aside."""
    origin, line = skeleton.head[first], [first]
    while skeleton.children.get(line[-1]):
        line.append(max(skeleton.children[line[-1]], key=lambda b: skeleton.reach(b, origin)))
    return line


def leg_line(skeleton: Skeleton, first: str) -> list[str]:
    """The bones from `first` on, always to the child that leads lowest, then to the farthest."""
    line = [first]
    while skeleton.children.get(line[-1]):
        start = skeleton.head[line[-1]]
        line.append(
            max(
                skeleton.children[line[-1]],
                key=lambda b: (
                    -round(min(skeleton.head[c][2] for c in skeleton.below(b)) / skeleton.height, 2),
                    skeleton.reach(b, start),
                ),
            )
        )
    return line


def hand_index(skeleton: Skeleton, line: list[str]) -> int:
    """Which bone of an arm's line is the hand: where fingers part, three quarters of the way along."""
    at = np.array([skeleton.head[b] for b in line])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(at, axis=0), axis=1))])
    whole = along[-1] + (0 if skeleton.is_end(line[-1]) else _length(skeleton, line[-1]))
    parting = [
        (len(skeleton.children.get(bone, ())), -i)
        for i, bone in enumerate(line)
        if i >= 2 and 0.5 < along[i] / whole < 0.97 and len(skeleton.children.get(bone, ())) >= 2
    ]
    if parting:
        return -max(parting)[1]
    last = len(line) - 1
    return last - 1 if last > 2 and skeleton.is_end(line[-1]) else last


def foot_index(skeleton: Skeleton, line: list[str]) -> int:
    """Which bone of a leg's line is the foot: the first near the ground."""
    top, floor = skeleton.head[line[0]][2], skeleton.floor
    for i, bone in enumerate(line):
        if i >= 2 and skeleton.head[bone][2] - floor < 0.2 * (top - floor):
            return i
    return len(line) - 1


def joints(
    skeleton: Skeleton, frame: Frame, line: list[str], end: int, names: Names, parts: tuple[str, str]
) -> tuple[int, int, float]:
    """The upper and the lower bone of a limb that ends at `line[end]`, and how sure that is (0…1).

    Upper and lower halves are about as long as each other, the limb bends between them, and it begins out at
    the side rather than in the middle. `parts` are what names would call the two.
    """
    at = np.array([skeleton.head[b] for b in line[: end + 1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(at, axis=0), axis=1))])
    whole = max(float(along[-1]), 1e-9)
    side = np.abs([frame.side(point) for point in at])
    scored = []
    for upper in range(end - 1):
        for lower in range(upper + 1, end):
            first, second = at[lower] - at[upper], at[end] - at[lower]
            lengths = float(np.linalg.norm(first)), float(np.linalg.norm(second))
            if min(lengths) < 1e-6:
                continue
            bend = math.degrees(math.acos(np.clip(first @ second / lengths[0] / lengths[1], -1, 1)))
            score = -1.5 * abs(math.log(lengths[0] / lengths[1] / 1.05))
            score += 0.8 * float(along[end] - along[upper]) / whole
            score += 0.5 * min(bend / 15, 1)
            if side[upper] < 0.12 * whole and side[upper] < 0.45 * side[end]:
                score -= 0.8
            score += 1.2 * sum(
                names.get(line[i]) == part for i, part in ((upper, parts[0]), (lower, parts[1]))
            )
            scored.append((score, upper, lower))
    if not scored:
        return max(0, end - 2), max(0, end - 1), 0.3
    scored.sort(reverse=True)
    ahead = scored[0][0] - scored[1][0] if len(scored) > 1 else 1.0
    return scored[0][1], scored[0][2], 0.6 + 0.3 * min(1.0, max(0.0, ahead))


def _length(skeleton: Skeleton, bone: str) -> float:
    return float(np.linalg.norm(skeleton.tail[bone] - skeleton.head[bone]))
