# SPDX-License-Identifier: GPL-3.0-or-later
"""The fingers of a hand by structure: chains beyond the palm, the one that stands apart being the thumb."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .skeleton import Array, Skeleton

FOUR = ("Index", "Middle", "Ring", "Little")
_SEGMENTS = ("Proximal", "Intermediate", "Distal")
_THUMB = ("Metacarpal", "Proximal", "Distal")


def find_fingers(skeleton: Skeleton, hand: str, names: Mapping[str, str]) -> dict[str, str]:
    """VRM's name without its side (`IndexProximal`) → bone. `names` is what bones' names say they are."""
    chains = [chain for chain in _chains(skeleton, hand) if len(chain) >= 2]
    if not chains:
        return {}
    told = _by_name(chains, names)
    if told is None:
        told = _by_place(skeleton, hand, chains)
    found = {}
    for finger, chain in told.items():
        segments = _THUMB if finger == "Thumb" else _SEGMENTS
        bones = chain if finger == "Thumb" else _beyond_palm(skeleton, hand, chain)
        found.update({finger + segment: bone for segment, bone in zip(segments, bones, strict=False)})
    return found


def _chains(skeleton: Skeleton, hand: str) -> list[list[str]]:
    """From the hand (left out) to each tip, without bones that several fingers share and without ends."""
    tips = [bone for bone in skeleton.below(hand) if not skeleton.children.get(bone) and bone != hand]
    paths = [skeleton.path(hand, tip) for tip in tips]
    uses: dict[str, int] = {}
    for path in paths:
        for bone in path:
            uses[bone] = uses.get(bone, 0) + 1
    chains = [[bone for bone in path if uses[bone] == 1 and not skeleton.is_end(bone)] for path in paths]
    return sorted((c for c in chains if c), key=len, reverse=True)[:5] if len(chains) > 5 else chains


def _by_name(chains: list[list[str]], names: Mapping[str, str]) -> dict[str, list[str]] | None:
    """Where every chain's name tells its finger, and no two the same."""
    found = {}
    for chain in chains:
        said = {finger for b in chain for finger in ("Thumb", *FOUR) if names.get(b, "").startswith(finger)}
        if len(said) != 1:
            return None
        found[said.pop()] = chain
    return found if len(found) == len(chains) else None


def _by_place(skeleton: Skeleton, hand: str, chains: list[list[str]]) -> dict[str, list[str]]:
    wrist = skeleton.head[hand]
    knuckles = np.array([skeleton.head[_beyond_palm(skeleton, hand, chain)[0]] for chain in chains])
    ways = np.array([_way(skeleton, chain) for chain in chains])
    thumb = _thumb(wrist, np.array([skeleton.head[chain[0]] for chain in chains]), ways)
    rest = [i for i in range(len(chains)) if i != thumb]
    if len(rest) > 1:
        spread = knuckles[rest] - knuckles[rest].mean(axis=0)
        across = np.linalg.svd(spread)[2][0]
        if thumb is not None:
            start = skeleton.head[chains[thumb][0]] + 0.5 * ways[thumb] * np.linalg.norm(spread, axis=1).max()
            across = across * (1 if (start - knuckles[rest].mean(axis=0)) @ across < 0 else -1)
        rest.sort(key=lambda i: float(knuckles[i] @ across))
    found = {finger: chains[i] for finger, i in zip(FOUR, rest, strict=False)}
    if thumb is not None:
        found["Thumb"] = chains[thumb]
    return found


def _thumb(wrist: Array, roots: Array, ways: Array) -> int | None:
    """The chain that begins nearest the wrist for its direction's being off the others'; None for none."""
    count = len(roots)
    if count == 1:
        return None
    near = np.linalg.norm(roots - wrist, axis=1)
    scores = []
    for i in range(count):
        others = [j for j in range(count) if j != i]
        mean = ways[others].mean(axis=0)
        off = float(np.degrees(np.arccos(np.clip(ways[i] @ mean / np.linalg.norm(mean), -1, 1))))
        scores.append(off / 30 + (1 - float(near[i] / near[others].mean())))
    best = int(np.argmax(scores))
    return best if scores[best] > 0.6 else None


def _beyond_palm(skeleton: Skeleton, hand: str, chain: list[str]) -> list[str]:
    """A finger without its bone in the palm, and without an end beyond the third."""
    wrist = skeleton.head[hand]
    tip = skeleton.reach(chain[0], wrist)
    start = 0
    while len(chain) - start > 3 and np.linalg.norm(skeleton.head[chain[start]] - wrist) < 0.33 * tip:
        start += 1
    return chain[start : start + 3]


def _way(skeleton: Skeleton, chain: list[str]) -> Array:
    end = skeleton.head[chain[-1]] if len(chain) > 1 else skeleton.tail[chain[-1]]
    way = end - skeleton.head[chain[0]]
    return way / max(float(np.linalg.norm(way)), 1e-9)
