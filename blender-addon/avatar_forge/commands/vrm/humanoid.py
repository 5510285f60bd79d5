# SPDX-License-Identifier: GPL-3.0-or-later
"""The humanoid bones of VRM 1.0 and the rules an assignment must keep.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import CommandError
from .bone_names import nearest


@dataclass(frozen=True)
class HumanBone:
    """A row of the specification's table: `needs_parent` where the bone may exist only if `parent` does."""

    parent: str | None
    required: bool = False
    needs_parent: bool = False


def _side(side: str) -> Iterator[tuple[str, HumanBone]]:
    yield f"{side}Eye", HumanBone("head")
    yield f"{side}UpperLeg", HumanBone("hips", required=True)
    yield f"{side}LowerLeg", HumanBone(f"{side}UpperLeg", required=True)
    yield f"{side}Foot", HumanBone(f"{side}LowerLeg", required=True)
    yield f"{side}Toes", HumanBone(f"{side}Foot")
    yield f"{side}Shoulder", HumanBone("upperChest")
    yield f"{side}UpperArm", HumanBone(f"{side}Shoulder", required=True)
    yield f"{side}LowerArm", HumanBone(f"{side}UpperArm", required=True)
    yield f"{side}Hand", HumanBone(f"{side}LowerArm", required=True)
    for finger in ("Thumb", "Index", "Middle", "Ring", "Little"):
        first, second = ("Metacarpal", "Proximal") if finger == "Thumb" else ("Proximal", "Intermediate")
        yield f"{side}{finger}{first}", HumanBone(f"{side}Hand")
        yield f"{side}{finger}{second}", HumanBone(f"{side}{finger}{first}", needs_parent=True)
        yield f"{side}{finger}Distal", HumanBone(f"{side}{finger}{second}", needs_parent=True)


BONES: Mapping[str, HumanBone] = {
    "hips": HumanBone(None, required=True),
    "spine": HumanBone("hips", required=True),
    "chest": HumanBone("spine"),
    "upperChest": HumanBone("chest", needs_parent=True),
    "neck": HumanBone("upperChest"),
    "head": HumanBone("neck", required=True),
    "jaw": HumanBone("head"),
    **dict(_side("left")),
    **dict(_side("right")),
}

REQUIRED = tuple(name for name, bone in BONES.items() if bone.required)


def check(humanoid: Mapping[str, str], parents: Mapping[str, str | None]) -> None:
    """Holds an assignment (VRM bone → armature bone) against the specification.

    parents   each bone of the armature → its parent's name, None for a root
    Errors: humanoid-unknown-bone, missing-bones, humanoid-duplicate-bone, humanoid-order.
    """
    unknown = sorted(set(humanoid) - set(BONES))
    if unknown:
        raise CommandError(
            "humanoid-unknown-bone",
            f"VRM 1.0 has no humanoid bone named {', '.join(unknown)}.",
            f"Use the specification's names: {', '.join(REQUIRED)} and the optional ones.",
        )
    _check_present(humanoid, parents)
    _check_unique(humanoid)
    for name, bone in humanoid.items():
        _check_parent(name, bone, humanoid, parents)


def _check_present(humanoid: Mapping[str, str], parents: Mapping[str, str | None]) -> None:
    absent = [name for name, bone in humanoid.items() if bone not in parents]
    missing = [name for name in REQUIRED if name not in humanoid]
    if not absent and not missing:
        return
    free = [bone for bone in parents if bone not in humanoid.values()]
    lines = [f"{name} (assigned to {humanoid[name]!r}, which the armature lacks" for name in absent]
    lines += [f"{name} (not assigned" for name in missing]
    wanted = absent + missing
    for position, name in enumerate(wanted):
        near = nearest(name, free)
        lines[position] += f"; nearest: {', '.join(repr(bone) for bone in near)})" if near else ")"
    raise CommandError(
        "missing-bones",
        f"The humanoid lacks {', '.join(lines)}.",
        "Assign them with vrm_rig's `bones`, or add what is not there.",
        {"missing": missing, "absent": absent},
    )


def _check_unique(humanoid: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for name, bone in humanoid.items():
        if bone in seen:
            raise CommandError(
                "humanoid-duplicate-bone",
                f"{seen[bone]} and {name} are both assigned to {bone!r}.",
                "Each humanoid bone needs a bone of its own.",
            )
        seen[bone] = name


def _check_parent(
    name: str, bone: str, humanoid: Mapping[str, str], parents: Mapping[str, str | None]
) -> None:
    rule = BONES[name]
    if rule.needs_parent and rule.parent not in humanoid:
        raise CommandError(
            "humanoid-order",
            f"{name} is assigned but {rule.parent} is not.",
            f"Assign {rule.parent} too, or leave {name} out.",
        )
    expected = nearest_assigned_parent(name, humanoid)
    if expected is not None and humanoid[expected] not in ancestors(bone, parents):
        raise CommandError(
            "humanoid-order",
            f"{name} ({bone!r}) must be below {expected} ({humanoid[expected]!r}) in the armature.",
            "Parent the bones in the order of the humanoid, or correct the assignment.",
        )


def nearest_assigned_parent(name: str, humanoid: Mapping[str, str]) -> str | None:
    """The humanoid bone that must be above `name`, skipping optional ones that are not assigned."""
    parent = BONES[name].parent
    while parent is not None and parent not in humanoid:
        parent = BONES[parent].parent
    return parent


def ancestors(bone: str, parents: Mapping[str, str | None]) -> list[str]:
    """Names of the bones above `bone`, nearest first."""
    chain = []
    parent = parents.get(bone)
    while parent is not None:
        chain.append(parent)
        parent = parents.get(parent)
    return chain
