# SPDX-License-Identifier: GPL-3.0-or-later
"""vrm_physics: springs for what hangs from a figure (hair, skirt, tail, ears), and colliders for its body."""

from __future__ import annotations

from typing import Any

import bpy

from .context import Context
from .diff import journal
from .params import Params
from .rigging.bodies import colliders
from .rigging.chains import KINDS, Chain, find_chains, why_not
from .rigging.skeleton import Skeleton, read
from .rigging.structure import humanoid_of
from .scene import not_found, object_mode
from .vrm import annotation, figure

NAME = "vrm_physics"
CHANGES = True

MAKE = ("missing", "all")
_USUAL_HEIGHT = 1.5
_MEMBERS = {
    "stiffness": "stiffness",
    "gravity": "gravityPower",
    "drag": "dragForce",
    "radius": "hitRadius",
}
"""What `values` calls it → what a joint of the annotation does."""

# Stiffness, gravity, drag, radius (metres of a figure of 1.5 m), and what it must not enter.
_VALUES: dict[str, tuple[float, float, float, float, tuple[str, ...]]] = {
    "hair": (0.9, 0.12, 0.42, 0.018, ("head", "torso")),
    "ear": (2.5, 0.0, 0.6, 0.012, ()),
    "skirt": (1.3, 0.10, 0.50, 0.014, ("legs",)),
    "tail": (1.1, 0.06, 0.40, 0.020, ("legs",)),
    "bust": (2.0, 0.03, 0.55, 0.020, ()),
    "cloth": (1.0, 0.15, 0.50, 0.014, ("torso", "legs")),
}


def risky(params: dict[str, Any]) -> bool:
    """It replaces springs: a checkpoint is due before."""
    return not params.get("dry_run")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """{armature?, chains? {root bone: kind or none}, values? {kind: {stiffness?, gravity?, drag?, radius?}},
    make? (missing all), dry_run?} → the table of docs/commands.md.

    `missing` leaves springs and colliders alone that the annotation has, but for what is said of them:
    `values` go to the springs of their kind, and a chain in `chains` is made anew. Errors: not-found, not-
    upright, no-humanoid, no-armature, several-armatures, bad-annotation.
    """
    given = Params(params)
    wanted = given.text("armature", None)
    raw = given.raw("chains", {})
    values = _values(given)
    make = given.text("make", "missing", MAKE)
    dry = given.flag("dry_run", False)
    given.done()
    context.check_cancelled()
    with object_mode():
        armature = figure.find(wanted).armature
        meshes = figure.skinned(armature)
        told = _told(Params(raw, given.where("chains")), raw, armature)
        journal.update(bpy.context.scene)
        notes: list[str] = []
        skeleton = read(armature, meshes)
        humanoid = humanoid_of(armature, skeleton, notes)
        there = annotation.raw(armature) if make == "missing" else {}
        chains = find_chains(skeleton, humanoid, told)
        notes += _passed_over(skeleton, humanoid, told)
        again = {bone for chain in chains if chain.told for bone in chain.bones}
        kept = [spring for spring in there.get("springs", ()) if not again & _bones(spring)]
        taken = {bone for spring in kept for bone in _bones(spring)}
        found = [c for c in chains if c.kind in KINDS and not taken & set(c.bones)]
        swaying = taken.union(*(chain.bones for chain in found))
        notes += [
            f"{spring['joints'][0]['bone']} sways no longer."
            for spring in there.get("springs", ())
            if _bones(spring) and not swaying & _bones(spring)
        ]
        springs = [_spring(chain, values, skeleton) for chain in found]
        kept, changed = _changed(kept, chains, values)
        notes += _without(values, {chain.kind for chain in found}, kept, chains)
        bodies = list(there.get("colliders", ()))
        fresh = (
            [] if bodies or not (found or taken) else colliders(armature, meshes, humanoid, skeleton.height)
        )
        groups = {body["group"] for body in (*bodies, *fresh)}
        for spring in springs:
            spring["colliderGroups"] = [group for group in spring["colliderGroups"] if group in groups]
        if not dry:
            members = {"springs": [*kept, *springs], "colliders": [*bodies, *fresh]}
            annotation.update(armature, {"humanoid": humanoid, **members})
        if not chains and not taken:
            notes.append("Nothing that sways was found: name its first bone in `chains`.")
        return {
            "armature": armature.name,
            "dry_run": dry,
            "chains": {chain.bones[0]: {"kind": chain.kind, "bones": len(chain.bones)} for chain in found},
            "kept": len(kept),
            "changed": changed,
            "colliders": len(fresh),
            "notes": notes,
            "diff": journal.update(bpy.context.scene),
        }


def _passed_over(skeleton: Skeleton, humanoid: dict[str, str], told: dict[str, str]) -> list[str]:
    """Notes on what `chains` says of bones at which no chain begins."""
    reasons = {bone: why_not(skeleton, humanoid, bone) for bone in told}
    return [f"chains.{bone} was passed over: {reason}." for bone, reason in reasons.items() if reason]


def _bones(spring: dict[str, Any]) -> set[str]:
    return {joint["bone"] for joint in spring["joints"]}


def _kind_of(spring: dict[str, Any], chains: list[Chain]) -> str | None:
    """What sways by a spring that was there; None where its bones are no chain that we know."""
    return next((chain.kind for chain in chains if _bones(spring) & set(chain.bones)), None)


def _changed(
    kept: list[dict[str, Any]], chains: list[Chain], values: dict[str, dict[str, float]]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The springs with the values said of their kind, and by its first bone the kind of each that differs."""
    springs, changed = [], {}
    for spring in kept:
        kind = _kind_of(spring, chains)
        said = {_MEMBERS[name]: value for name, value in values.get(kind or "", {}).items()}
        joints = [{**joint, **said} for joint in spring["joints"]]
        if kind is not None and joints != spring["joints"]:
            changed[joints[0]["bone"]] = kind
        springs.append({**spring, "joints": joints})
    return springs, changed


def _without(
    values: dict[str, Any], made: set[str], kept: list[dict[str, Any]], chains: list[Chain]
) -> list[str]:
    """Notes on kinds in `values` that nothing here is of, and on springs whose kind nobody knows."""
    kinds = {spring["joints"][0]["bone"]: _kind_of(spring, chains) for spring in kept if spring["joints"]}
    there = made | {kind for kind in kinds.values() if kind}
    notes = [
        f"values.{kind} changed nothing: the kinds of springs here are {', '.join(sorted(there)) or 'none'}."
        for kind in values
        if kind not in there
    ]
    unknown = [bone for bone, kind in kinds.items() if kind is None]
    if values and unknown:
        notes.append(f"What these springs are is unknown, say it in `chains`: {', '.join(unknown[:8])}.")
    return notes


def _values(given: Params) -> dict[str, dict[str, float]]:
    raw = given.raw("values", {})
    table = Params(raw, given.where("values"))
    found = {}
    for kind in raw:
        if kind not in KINDS:
            raise not_found(table.where(kind), "kind", kind, KINDS)
        entry = Params(table.raw(kind), table.where(kind))
        most = {"stiffness": 4.0, "gravity": 2.0, "drag": 1.0, "radius": 0.5}
        read_ = {name: entry.number(name, None, 0, high) for name, high in most.items()}
        entry.done()
        found[kind] = {name: value for name, value in read_.items() if value is not None}
    return found


def _told(checked: Params, raw: Any, armature: bpy.types.Object) -> dict[str, str]:
    found = {}
    for root in raw:
        if root not in armature.data.bones:
            raise not_found(checked.where(root), "bone", root, (b.name for b in armature.data.bones))
        found[root] = checked.text(root, choices=(*KINDS, "none"))
    return found


def _spring(chain: Chain, values: dict[str, dict[str, float]], skeleton: Skeleton) -> dict[str, Any]:
    stiffness, gravity, drag, radius, groups = _VALUES[chain.kind]
    said = values.get(chain.kind, {})
    size = skeleton.height / _USUAL_HEIGHT
    usual = {"radius": radius * size, "stiffness": stiffness, "gravity": gravity, "drag": drag}
    joint = {
        **{_MEMBERS[name]: said.get(name, value) for name, value in usual.items()},
        "gravityDir": [0, 0, -1],
    }
    return {
        "name": chain.bones[0],
        "joints": [{"bone": bone, **joint} for bone in chain.bones],
        "colliderGroups": list(groups),
    }
