# SPDX-License-Identifier: GPL-3.0-or-later
"""What an armature says about its VRM: `armature["avatar_forge_vrm"]`, parsed into values (docs/commands.md).

Parsing checks shape and ranges only; whether bones, meshes and keys exist is asked where they are used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import bpy

from ..errors import CommandError
from .reader import Reader

PROPERTY = "avatar_forge_vrm"

EMOTIONS = ("happy", "angry", "sad", "relaxed", "surprised", "neutral")
MOUTH = ("aa", "ih", "ou", "ee", "oh")
BLINK = ("blink", "blinkLeft", "blinkRight")
LOOK = ("lookUp", "lookDown", "lookLeft", "lookRight")
PRESETS = EMOTIONS + MOUTH + BLINK + LOOK

OVERRIDES = ("none", "block", "blend")
COLOR_TYPES = ("color", "emissionColor", "shadeColor", "matcapColor", "rimColor", "outlineColor")
FIRST_PERSON_TYPES = ("auto", "both", "thirdPersonOnly", "firstPersonOnly")
RANGE_MAPS = (
    "rangeMapHorizontalInner",
    "rangeMapHorizontalOuter",
    "rangeMapVerticalDown",
    "rangeMapVerticalUp",
)


@dataclass(frozen=True)
class Morph:
    mesh: str
    key: str
    weight: float


@dataclass(frozen=True)
class ColorBind:
    material: str
    type: str
    target: list[float]


@dataclass(frozen=True)
class UvBind:
    material: str
    scale: list[float]
    offset: list[float]


@dataclass(frozen=True)
class Expression:
    name: str
    is_binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"
    morphs: tuple[Morph, ...] = ()
    colors: tuple[ColorBind, ...] = ()
    uv: tuple[UvBind, ...] = ()


@dataclass(frozen=True)
class LookAt:
    """`offset` is from the head bone in Blender's axes, metres; maps are (inputMaxValue, outputScale)."""

    type: str
    offset: list[float] | None
    maps: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Joint:
    bone: str
    hit_radius: float
    stiffness: float
    gravity_power: float
    gravity_dir: list[float]
    drag_force: float


@dataclass(frozen=True)
class Spring:
    """It ends in the bone `end`, or at `tail` in the space of its last bone, else at that bone's tip."""

    name: str
    joints: tuple[Joint, ...]
    collider_groups: tuple[str, ...]
    center: str | None
    end: str | None = None
    tail: list[float] | None = None


@dataclass(frozen=True)
class Collider:
    """`tail` is None for a sphere; vectors are in the bone's own space."""

    group: str
    bone: str
    offset: list[float]
    radius: float
    tail: list[float] | None


@dataclass(frozen=True)
class Annotation:
    humanoid: dict[str, str]
    expressions: tuple[Expression, ...] = ()
    look_at: LookAt | None = None
    first_person: dict[str, str] = field(default_factory=dict)
    springs: tuple[Spring, ...] = ()
    colliders: tuple[Collider, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


def raw(armature: bpy.types.Object) -> dict[str, Any]:
    """The annotation as it stands, {} where there is none. Error: bad-annotation, where it is no object."""
    text = armature.get(PROPERTY)
    if text is None:
        return {}
    parse(text, armature.name)
    found: dict[str, Any] = json.loads(text)
    return found


def update(armature: bpy.types.Object, members: dict[str, Any]) -> None:
    """Puts members into the annotation, in place of those of the same names. Error: bad-annotation."""
    armature[PROPERTY] = json.dumps({**raw(armature), **members})


def parse(text: str, armature: str) -> Annotation:
    """The annotation of an armature from its JSON text. Error: bad-annotation, naming the wrong member."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError) as error:
        raise CommandError(
            "bad-annotation",
            f"The custom property {PROPERTY} of {armature!r} is not JSON: {error}.",
            "Write it with json.dumps, or delete it to have the bones recognised by their names.",
        ) from error
    root = Reader(value, PROPERTY)
    root.only("humanoid", "expressions", "lookAt", "firstPerson", "springs", "colliders", "meta")
    humanoid = root.member("humanoid", {})
    return Annotation(
        humanoid={name: humanoid.text(name) for name in humanoid.names()},
        expressions=_expressions(root.member("expressions", {})),
        look_at=_look_at(root.member("lookAt")) if root.has("lookAt") else None,
        first_person={
            item.text("mesh"): item.choice("type", FIRST_PERSON_TYPES)
            for item in root.member("firstPerson", {}).items("meshAnnotations")
        },
        springs=tuple(_spring(item, number) for number, item in enumerate(root.items("springs"), 1)),
        colliders=tuple(_collider(item) for item in root.items("colliders")),
        meta=dict(root.member("meta", {}).value),
    )


def _expressions(table: Reader) -> tuple[Expression, ...]:
    by_lower = {preset.lower(): preset for preset in PRESETS}
    found = []
    for name in table.names():
        preset = by_lower.get(name.lower())
        if preset is not None and preset != name:
            raise CommandError(
                "bad-annotation",
                f"{PROPERTY}.expressions has a custom {name!r} that reads like the preset {preset!r}.",
                f"Write it {preset!r}, or give the custom expression another name.",
            )
        found.append(_expression(name, table.member(name)))
    return tuple(found)


def _expression(name: str, item: Reader) -> Expression:
    item.only("isBinary", "overrideBlink", "overrideLookAt", "overrideMouth", "morphs", "colors", "uv")
    return Expression(
        name=name,
        is_binary=item.flag("isBinary", False),
        override_blink=item.choice("overrideBlink", OVERRIDES, "none"),
        override_look_at=item.choice("overrideLookAt", OVERRIDES, "none"),
        override_mouth=item.choice("overrideMouth", OVERRIDES, "none"),
        morphs=tuple(
            Morph(morph.text("mesh"), morph.text("key"), morph.number("weight", 1.0, 0.0, 1.0))
            for morph in item.items("morphs")
        ),
        colors=tuple(
            ColorBind(bind.text("material"), bind.choice("type", COLOR_TYPES), bind.vector("targetValue", 4))
            for bind in item.items("colors")
        ),
        uv=tuple(
            UvBind(
                bind.text("material"),
                bind.vector("scale", 2, [1.0, 1.0]),
                bind.vector("offset", 2, [0.0, 0.0]),
            )
            for bind in item.items("uv")
        ),
    )


def _look_at(item: Reader) -> LookAt:
    item.only("type", "offsetFromHeadBone", *RANGE_MAPS)
    maps = {}
    for name in RANGE_MAPS:
        if item.has(name):
            entry = item.member(name)
            maps[name] = (entry.number("inputMaxValue", 90.0, 0.0, 180.0), entry.number("outputScale", 10.0))
    return LookAt(
        type=item.choice("type", ("bone", "expression"), "bone"),
        offset=item.vector("offsetFromHeadBone", 3) if item.has("offsetFromHeadBone") else None,
        maps=maps,
    )


def _spring(item: Reader, number: int) -> Spring:
    item.only("name", "joints", "colliderGroups", "center", "end", "tail")
    return Spring(
        name=item.text("name", f"Spring {number}"),
        joints=tuple(
            Joint(
                bone=joint.text("bone"),
                hit_radius=joint.number("hitRadius", 0.0, 0.0),
                stiffness=joint.number("stiffness", 1.0, 0.0),
                gravity_power=joint.number("gravityPower", 0.0, 0.0),
                gravity_dir=joint.vector("gravityDir", 3, [0.0, 0.0, -1.0]),
                drag_force=joint.number("dragForce", 0.5, 0.0, 1.0),
            )
            for joint in item.items("joints")
        ),
        collider_groups=tuple(item.texts("colliderGroups")),
        center=item.text("center") if item.has("center") else None,
        end=item.text("end") if item.has("end") else None,
        tail=item.vector("tail", 3) if item.has("tail") else None,
    )


def _collider(item: Reader) -> Collider:
    item.only("group", "bone", "sphere", "capsule")
    if item.has("sphere") == item.has("capsule"):
        raise item.error("must have exactly one of sphere and capsule")
    capsule = item.has("capsule")
    shape = item.member("capsule" if capsule else "sphere")
    return Collider(
        group=item.text("group"),
        bone=item.text("bone"),
        offset=shape.vector("offset", 3, [0.0, 0.0, 0.0]),
        radius=shape.number("radius", None, 0.0),
        tail=shape.vector("tail", 3) if capsule else None,
    )
