# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone is which by the rig's structure; what bones are called only weighs in.

Legs are the pair of branches that leads to the ground, arms the pair above that reaches out; hips and chest
are where these leave the middle, and the head is where the middle ends or branches into a face.
https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import bpy
import numpy as np

from ..errors import CommandError
from ..vrm import annotation
from ..vrm.bone_names import guess
from .fingers import find_fingers
from .limbs import (
    Branch,
    branches,
    find_arms,
    find_legs,
    foot_index,
    hand_index,
    joints,
    leg_line,
    reaching_line,
)
from .skeleton import Frame, Skeleton, symmetry

SURE_BY_NAME = 0.99
BY_NAME_ONLY = 0.6


@dataclass
class Assignment:
    """VRM bone → bone of the rig, how sure each is (0…1), the frame found, and remarks for people."""

    bones: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    frame: Frame | None = None
    notes: list[str] = field(default_factory=list)

    def put(self, human: str, bone: str, confidence: float) -> None:
        self.bones[human] = bone
        self.confidence[human] = confidence


def assign(skeleton: Skeleton) -> Assignment:
    """The humanoid bones of a rig; what structure does not tell is filled in from names that do."""
    told = guess(skeleton.parent)
    named = {bone: human for human, bone in told.items()}
    parts = {bone: _part(human) for bone, human in named.items()}
    frame = symmetry(skeleton)
    found = Assignment(frame=frame)
    pairs = branches(skeleton, frame)
    legs = find_legs(skeleton, pairs, parts)
    arms = find_arms(skeleton, pairs, legs, parts) if legs is not None else None
    if legs is not None and arms is not None:
        frame = _facing(skeleton, frame, legs, named, found.notes)
        found.frame = frame
        _fill(skeleton, frame, legs, arms, parts, found)
    else:
        found.notes.append("No pair of legs and of arms was found by structure: bones are by name only.")
    _weigh_names(skeleton, told, named, found)
    return found


def humanoid_of(armature: bpy.types.Object, skeleton: Skeleton, notes: list[str]) -> dict[str, str]:
    """The annotation's humanoid, or by structure, with a remark. Errors: no-humanoid, not-upright,
    bad-annotation.
    """
    humanoid: dict[str, str] = annotation.raw(armature).get("humanoid", {})
    if not humanoid:
        found = assign(skeleton)
        humanoid = found.bones
        notes.append("The bones were found by structure: vrm_rig makes sure of them.")
        if found.frame is not None and found.frame.front[1] > -0.9:
            raise CommandError(
                "not-upright", "The figure does not face -Y.", "Run vrm_rig first: it turns it."
            )
    lost = [human for human in ("head", "hips") if humanoid.get(human) not in armature.data.bones]
    if lost:
        raise CommandError(
            "no-humanoid",
            f"The rig's {' and '.join(lost)} were not found.",
            "Name them with vrm_rig's `bones`.",
        )
    return humanoid


def _fill(
    skeleton: Skeleton, frame: Frame, legs: Branch, arms: Branch, parts: dict[str, str], found: Assignment
) -> None:
    chest = _trunk(skeleton, legs, arms, parts, found)
    for side in ("left", "right"):
        mine = (side == "left") == (
            frame.side(skeleton.tail[legs.left]) > frame.side(skeleton.tail[legs.right])
        )
        _leg(skeleton, frame, side, legs.left if mine else legs.right, parts, found)
        _arm(skeleton, frame, side, arms.left if mine else arms.right, parts, found)
    if chest is not None:
        _face(skeleton, frame, found)


def _trunk(
    skeleton: Skeleton, legs: Branch, arms: Branch, parts: dict[str, str], found: Assignment
) -> str | None:
    """Hips to head; returns the bone that the arms leave from."""
    owners = [skeleton.parent[arms.left], skeleton.parent[arms.right]]
    chest = skeleton.common([bone for bone in owners if bone is not None]) if all(owners) else None
    roots = [skeleton.parent[bone] for bone in (legs.left, legs.right)]
    if chest is None or not all(roots):
        return None
    low = skeleton.common([bone for bone in roots if bone is not None])
    hips = skeleton.common([low, chest]) if low is not None else None
    if low is not None and (hips is None or _on_the_ground(skeleton, hips, legs)):
        found.notes.append("The spine and the legs have no bone in common above the ground.")
        hips, line = low, _from_ground(skeleton, chest, legs)
    elif hips is not None:
        line = skeleton.path(hips, chest)
    else:
        return None
    above = skeleton.parent[hips]
    if above is not None and parts.get(hips) != "hips" and _is_pelvis(skeleton, above, hips, parts):
        line, hips = [hips, *line], above  # Biped hangs the legs on the spine
    found.put("hips", hips, 0.9)
    upward = _upward(skeleton, chest, arms)
    head = _head(skeleton, upward, parts)
    neck = upward[: upward.index(head)] if head is not None else []
    shoulder = float(skeleton.head[arms.left][2])
    lifted = float(skeleton.head[chest][2]) > shoulder - 0.02 * skeleton.height
    if not neck and len(line) > 1 and (lifted or parts.get(chest) == "neck"):
        neck, line = [chest], line[:-1]  # Biped hangs the collar bones on the neck
    for human, bone in _spread(skeleton, line).items():
        found.put(human, bone, 0.9 if len(line) <= 3 else 0.8)
    if neck:
        found.put("neck", neck[0], 0.9 if len(neck) == 1 else 0.8)
    if head is not None:
        found.put("head", head, 0.85)
    return chest


def _is_pelvis(skeleton: Skeleton, bone: str, low: str, parts: dict[str, str]) -> bool:
    """Whether a bone above what legs and spine share is the body's, by its name or by what it holds."""
    near = np.linalg.norm(skeleton.head[bone] - skeleton.head[low]) < 0.08 * skeleton.height
    return parts.get(bone) == "hips" or (bone in skeleton.weighted and bool(near))


def _on_the_ground(skeleton: Skeleton, bone: str, legs: Branch) -> bool:
    top = float(skeleton.head[legs.left][2]) - skeleton.floor
    return float(skeleton.head[bone][2]) - skeleton.floor < 0.3 * top


def _from_ground(skeleton: Skeleton, chest: str, legs: Branch) -> list[str]:
    return [b for b in skeleton.above(chest)[::-1] if not _on_the_ground(skeleton, b, legs)]


def _spread(skeleton: Skeleton, line: list[str]) -> dict[str, str]:
    """Spine, chest, upperChest for a line of bones; of more than three the middle one is the chest."""
    if len(line) <= 3:
        return dict(zip(("spine", "chest", "upperChest"), line, strict=False))
    heights = np.array([skeleton.head[bone][2] for bone in line])
    middle = 1 + int(np.argmin(np.abs(heights[1:-1] - (heights[0] + heights[-1]) / 2)))
    return {"spine": line[0], "chest": line[middle], "upperChest": line[-1]}


def _upward(skeleton: Skeleton, chest: str, arms: Branch) -> list[str]:
    """From the chest on, always to the child that leads highest, arms apart."""
    line, bone = [], chest
    while True:
        up = [c for c in skeleton.children.get(bone, ()) if c not in (arms.left, arms.right)]
        if bone == chest:
            up = [c for c in up if skeleton.head[c][2] >= skeleton.head[chest][2] - 0.02 * skeleton.height]
        if not up:
            return line
        bone = max(up, key=lambda c: (_top(skeleton, c), len(list(skeleton.below(c)))))
        line.append(bone)


def _top(skeleton: Skeleton, bone: str) -> float:
    return round(max(float(max(skeleton.head[b][2], skeleton.tail[b][2])) for b in skeleton.below(bone)), 3)


def _head(skeleton: Skeleton, line: list[str], parts: dict[str, str]) -> str | None:
    """The first bone that branches into a face or hair; else the last that is well below the top."""
    named = [bone for bone in line if parts.get(bone) == "head"]
    if named:
        return named[0]
    start = next((i for i, b in enumerate(line) if len(skeleton.children.get(b, ())) > 1), None)
    if start is None:
        solid = [bone for bone in line if not skeleton.is_end(bone)]
        top = max((_top(skeleton, bone) for bone in solid), default=0.0)
        below = [b for b in solid if top - skeleton.head[b][2] > 0.04 * skeleton.height]
        return below[-1] if below else (solid[-1] if solid else None)
    # A helper that carries the face begins where the head does.
    while (
        start > 0
        and np.linalg.norm(skeleton.head[line[start]] - skeleton.head[line[start - 1]])
        < 0.01 * skeleton.height
    ):
        start -= 1
    return line[start]


def _leg(
    skeleton: Skeleton, frame: Frame, side: str, first: str, parts: dict[str, str], found: Assignment
) -> None:
    line = leg_line(skeleton, first)
    foot = foot_index(skeleton, line)
    upper, lower, sure = joints(skeleton, frame, line, foot, parts, ("UpperLeg", "LowerLeg"))
    for part, index in (("UpperLeg", upper), ("LowerLeg", lower), ("Foot", foot)):
        found.put(side + part, line[index], sure)
    toes = [b for b in skeleton.children.get(line[foot], ()) if not skeleton.is_end(b)]
    ankle = skeleton.head[line[foot]]
    ahead = {b: float((skeleton.head[b] - ankle) @ frame.front) for b in toes}
    toes = [b for b in toes if ahead[b] > 0.01 * skeleton.height and skeleton.head[b][2] < ankle[2]]
    if toes:
        middle = sorted(toes, key=lambda b: frame.side(skeleton.head[b]))[len(toes) // 2]
        found.put(f"{side}Toes", middle, 0.8)


def _arm(
    skeleton: Skeleton, frame: Frame, side: str, first: str, parts: dict[str, str], found: Assignment
) -> None:
    line = reaching_line(skeleton, first)
    hand = hand_index(skeleton, line)
    upper, lower, sure = joints(skeleton, frame, line, hand, parts, ("UpperArm", "LowerArm"))
    if upper > 0:
        found.put(f"{side}Shoulder", line[0], sure)
    for part, index in (("UpperArm", upper), ("LowerArm", lower), ("Hand", hand)):
        found.put(side + part, line[index], sure)
    for part, bone in find_fingers(skeleton, line[hand], parts).items():
        found.put(side + part, bone, 0.8)


def _face(skeleton: Skeleton, frame: Frame, found: Assignment) -> None:
    """Eyes: the one pair of single bones in the front half of the head, at the height of eyes."""
    head = found.bones.get("head")
    if head is None:
        return
    start, tall = skeleton.head[head], max(_top(skeleton, head) - float(skeleton.head[head][2]), 1e-6)
    pairs = []
    for bone in skeleton.below(head):
        other = frame.mirror.get(bone)
        way = skeleton.head[bone] - start
        out = abs(float(frame.side(skeleton.head[bone]))) / tall
        high = float(way[2]) / tall
        deep = float(way @ frame.front) / tall
        single = all(skeleton.is_end(child) for child in skeleton.children.get(bone, ()))
        if other is None or not single or bone == other or frame.side(skeleton.head[bone]) <= 0:
            continue
        if 0.08 < out < 0.4 and 0.1 < high < 0.75 and deep > 0.15:
            pairs.append((bone, other))
    if len(pairs) == 1:
        found.put("leftEye", pairs[0][0], 0.7)
        found.put("rightEye", pairs[0][1], 0.7)


def _facing(skeleton: Skeleton, frame: Frame, legs: Branch, named: dict[str, str], notes: list[str]) -> Frame:
    """Turns the frame to where the feet point; where they do not tell, to where names say left is."""
    ahead = 0.0
    for first in (legs.left, legs.right):
        line = leg_line(skeleton, first)
        foot = foot_index(skeleton, line)
        rest = [skeleton.head[b] for b in skeleton.below(line[foot]) if b != line[foot]]
        ends = [*rest, *([] if rest else [skeleton.tail[line[foot]]])]
        ahead += max(((p - skeleton.head[line[foot]]) @ frame.front for p in ends), key=abs)
    sides = sum(
        (1 if human.startswith("left") else -1) * float(np.sign(frame.side(skeleton.head[bone])))
        for bone, human in named.items()
        if human.startswith(("left", "right"))
    )
    turned = replace(frame, left=-frame.left, front=-frame.front, middle=-frame.middle)
    if abs(ahead) > 0.03 * skeleton.height:
        if abs(sides) >= 4 and (ahead > 0) != (sides > 0):
            notes.append(
                "The feet point the other way than the names of left and right say: names were kept."
            )
            return frame if sides > 0 else turned
        return frame if ahead > 0 else turned
    if abs(sides) >= 4:
        return frame if sides > 0 else turned
    notes.append("Nothing told the front from the back: it was taken to face -Y.")
    return replace(frame, sure=False)


def _weigh_names(skeleton: Skeleton, told: dict[str, str], named: dict[str, str], found: Assignment) -> None:
    """Names that agree make sure, others make doubtful; and they fill in what is missing."""
    for human, bone in found.bones.items():
        said = named.get(bone)
        if said == human:
            found.confidence[human] = SURE_BY_NAME
        elif said is not None and _part(said) != _part(human) and not _is_spine(human, said):
            found.confidence[human] *= 0.7
        elif said is not None and said[:4] != human[:4] and not _is_spine(human, said):
            found.confidence[human] *= 0.8
    eyes = {human: told[human] for human in ("leftEye", "rightEye") if human in told}
    if len(eyes) == 2 and all(_fits(human, bone, skeleton, found) for human, bone in eyes.items()):
        found.bones.update(eyes)  # a face has many pairs of small bones
        found.confidence.update(dict.fromkeys(eyes, SURE_BY_NAME))
    used = set(found.bones.values())
    for human, bone in told.items():
        if human in found.bones or bone in used or not _fits(human, bone, skeleton, found):
            continue
        found.put(human, bone, SURE_BY_NAME if human.endswith("Eye") or human == "jaw" else BY_NAME_ONLY)
        used.add(bone)


def _fits(human: str, bone: str, skeleton: Skeleton, found: Assignment) -> bool:
    """Whether a bone that only its name tells stands where it must: under what it belongs to."""
    if human.endswith("Eye") or human == "jaw":
        head = found.bones.get("head")
        return head is None or head in skeleton.above(bone)[1:]
    return "hips" not in found.bones  # structure knew the rest, and left this one out


def _is_spine(human: str, said: str) -> bool:
    trunk = ("hips", "spine", "chest", "upperChest")
    return human in trunk and said in trunk


def _part(human: str) -> str:
    """leftUpperArm → UpperArm."""
    for side in ("left", "right"):
        if human.startswith(side):
            return human[len(side) :]
    return human
