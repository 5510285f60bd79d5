# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigs as other tools make them: their names, hierarchies, rest poses, scales and stray bones.

One anatomy (metres, facing -Y), arranged by each convention. `build(name)` puts one into an empty file and
returns its armature, what a person would assign, and the anatomy's own joints.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import addon_utils
import bpy
from mathutils import Matrix, Vector
from test_figure import box_mesh

Point = tuple[float, float, float]
FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
SEGMENTS = {
    "Thumb": ("Metacarpal", "Proximal", "Distal"),
    **dict.fromkeys(FINGERS[1:], ("Proximal", "Intermediate", "Distal")),
}


@dataclass
class Rig:
    """Bones of the middle and the left; the right is mirrored when the armature is made."""

    arm_deg: float = 0.0
    rows: list[tuple[str, str | None, Point, Point]] = field(default_factory=list)
    human: dict[str, str] = field(default_factory=dict)
    unweighted: set[str] = field(default_factory=set)

    def add(
        self, name: str, parent: str | None, head: Point, tail: Point, human: str = "", weighted: bool = True
    ) -> str:
        self.rows.append((name, parent, head, tail))
        if human:
            self.human[human] = name
        if not weighted:
            self.unweighted.add(name)
        return name

    def arm(self, along: float, across: float = 0.0, up: float = 0.0) -> Point:
        """A point of the left arm: metres from the shoulder joint, towards the back, up."""
        a = math.radians(self.arm_deg)
        return (
            0.17 + along * math.cos(a) + up * math.sin(a),
            0.02 + across,
            1.43 - along * math.sin(a) + up * math.cos(a),
        )

    def finger(self, finger: str, step: int) -> Point:
        """Where a segment of a finger begins; 3 is the tip, -1 its root in the palm."""
        if finger == "Thumb":
            s = (0.0, 0.035, 0.065, 0.09)[step]
            return self.arm(0.56 + 0.65 * s, -0.025 - 0.70 * s, -0.01 - 0.2 * s)
        across = {"Index": -0.03, "Middle": -0.01, "Ring": 0.01, "Little": 0.03}[finger]
        long = {"Index": 0.075, "Middle": 0.085, "Ring": 0.078, "Little": 0.06}[finger]
        if step < 0:
            return self.arm(0.55, across * 0.7)
        return self.arm(0.62 - abs(across) * 0.2 + long * (0, 0.5, 0.77, 1)[step], across)


HIPS, SPINE, CHEST, UPPER, NECK, HEAD, TOP = (
    (0, y, z)
    for y, z in ((0.01, 0.98), (0, 1.08), (0, 1.2), (0.01, 1.32), (0.02, 1.48), (0, 1.56), (0, 1.75))
)
HIP, KNEE, ANKLE, BALL, TOE = (
    (0.10, 0.0, 0.93),
    (0.105, -0.015, 0.5),
    (0.11, 0.02, 0.09),
    (0.115, -0.11, 0.025),
    (0.118, -0.18, 0.02),
)
CLAVICLE = (0.02, 0.0, 1.43)
EYE, EYE_FRONT = (0.033, -0.075, 1.64), (0.033, -0.1, 1.64)


def between(a: Point, b: Point, share: float) -> Point:
    return tuple((1 - share) * p + share * q for p, q in zip(a, b, strict=True))


def chain(rig: Rig, names: list[str], parent: str, points: list[Point]) -> None:
    for name, a, b in zip(names, points[:-1], points[1:], strict=True):
        parent = rig.add(name, parent, a, b)


def vroid() -> Rig:
    r = Rig()
    r.add("Root", None, (0, 0, 0), (0, 0.1, 0), weighted=False)
    up = r.add("J_Bip_C_Hips", "Root", HIPS, SPINE, "hips")
    for name, human, a, b in (
        ("Spine", "spine", SPINE, CHEST), ("Chest", "chest", CHEST, UPPER),
        ("UpperChest", "upperChest", UPPER, NECK),
        ("Neck", "neck", NECK, HEAD), ("Head", "head", HEAD, TOP),
    ):  # fmt: skip
        up = r.add(f"J_Bip_C_{name}", up, a, b, human)
    r.add("J_Adj_L_FaceEye", up, EYE, EYE_FRONT, "leftEye")
    for i, x in enumerate((-0.05, 0.0, 0.05)):
        points = [(x, 0.09, z) for z in (1.66, 1.5, 1.35, 1.2)]
        chain(r, [f"J_Sec_Hair{j + 1}_0{i + 1}" for j in range(3)], up, points)
    chain(r, ["J_Sec_L_Hair1_04", "J_Sec_L_Hair2_04"], up, [(0.09, -0.02, z) for z in (1.66, 1.5, 1.38)])
    r.add("J_Sec_L_Bust1", "J_Bip_C_UpperChest", (0.06, -0.05, 1.33), (0.07, -0.12, 1.32))
    skirt = [(0.14, -0.1, z) for z in (0.95, 0.8, 0.65, 0.5)]
    chain(r, [f"J_Sec_L_SkirtFront{j}_01" for j in range(3)], "J_Bip_C_Hips", skirt)
    a = r.add("J_Bip_L_Shoulder", "J_Bip_C_UpperChest", CLAVICLE, r.arm(0), "leftShoulder")
    a = r.add("J_Bip_L_UpperArm", a, r.arm(0), r.arm(0.28), "leftUpperArm")
    a = r.add("J_Bip_L_LowerArm", a, r.arm(0.28), r.arm(0.53), "leftLowerArm")
    hand = r.add("J_Bip_L_Hand", a, r.arm(0.53), r.arm(0.62), "leftHand")
    for finger in FINGERS:
        up = hand
        for i, segment in enumerate(SEGMENTS[finger]):
            up = r.add(
                f"J_Bip_L_{finger}{i + 1}",
                up,
                r.finger(finger, i),
                r.finger(finger, i + 1),
                f"left{finger}{segment}",
            )
    a = r.add("J_Bip_L_UpperLeg", "J_Bip_C_Hips", HIP, KNEE, "leftUpperLeg")
    a = r.add("J_Bip_L_LowerLeg", a, KNEE, ANKLE, "leftLowerLeg")
    a = r.add("J_Bip_L_Foot", a, ANKLE, BALL, "leftFoot")
    r.add("J_Bip_L_ToeBase", a, BALL, TOE, "leftToes")
    return r


def mixamo() -> Rig:
    r, m = Rig(), "mixamorig:"
    up = r.add(m + "Hips", None, HIPS, SPINE, "hips")
    for name, human, a, b in (
        ("Spine", "spine", SPINE, CHEST), ("Spine1", "chest", CHEST, UPPER),
        ("Spine2", "upperChest", UPPER, NECK),
        ("Neck", "neck", NECK, HEAD), ("Head", "head", HEAD, TOP),
    ):  # fmt: skip
        up = r.add(m + name, up, a, b, human)
    r.add(m + "HeadTop_End", up, TOP, (0, 0, 1.8), weighted=False)
    a = r.add(m + "LeftShoulder", m + "Spine2", CLAVICLE, r.arm(0), "leftShoulder")
    a = r.add(m + "LeftArm", a, r.arm(0), r.arm(0.28), "leftUpperArm")
    a = r.add(m + "LeftForeArm", a, r.arm(0.28), r.arm(0.53), "leftLowerArm")
    hand = r.add(m + "LeftHand", a, r.arm(0.53), r.arm(0.62), "leftHand")
    for finger, name in zip(FINGERS, ("Thumb", "Index", "Middle", "Ring", "Pinky"), strict=True):
        up = hand
        for i, segment in enumerate(SEGMENTS[finger]):
            up = r.add(
                f"{m}LeftHand{name}{i + 1}",
                up,
                r.finger(finger, i),
                r.finger(finger, i + 1),
                f"left{finger}{segment}",
            )
        tip = r.finger(finger, 3)
        r.add(f"{m}LeftHand{name}4", up, tip, (tip[0] + 0.02, *tip[1:]), weighted=False)
    a = r.add(m + "LeftUpLeg", m + "Hips", HIP, KNEE, "leftUpperLeg")
    a = r.add(m + "LeftLeg", a, KNEE, ANKLE, "leftLowerLeg")
    a = r.add(m + "LeftFoot", a, ANKLE, BALL, "leftFoot")
    a = r.add(m + "LeftToeBase", a, BALL, TOE, "leftToes")
    r.add(m + "LeftToe_End", a, TOE, (0.118, -0.2, 0.02), weighted=False)
    return r


def makehuman() -> Rig:
    r = Rig(arm_deg=40)
    r.add("root", None, HIPS, (0, 0.01, 1.02), "hips")
    low, high = (0, 0.0, 1.02), (0, 0.01, 1.44)
    up = "root"
    for i, human in zip(range(5, 0, -1), ("spine", "", "chest", "", "upperChest"), strict=True):
        points = between(low, high, (5 - i) / 5), between(low, high, (6 - i) / 5)
        up = r.add(f"spine0{i}", up, *points, human)
    for i, human in ((1, "neck"), (2, ""), (3, "")):
        up = r.add(f"neck0{i}", up, between(high, HEAD, (i - 1) / 3), between(high, HEAD, i / 3), human)
    head = r.add("head", up, HEAD, TOP, "head")
    jaw = r.add("jaw", head, (0, -0.03, 1.6), (0, -0.09, 1.57), "jaw")
    chain(r, ["tongue00", "tongue01"], jaw, [(0, y, 1.6) for y in (-0.04, -0.06, -0.08)])
    r.add("eye.L", head, EYE, EYE_FRONT, "leftEye")
    special = r.add("special01", head, (0, -0.06, 1.6), (0, -0.08, 1.6))
    chain(r, ["oris04.L", "oris03.L"], special, [(0.005 + 0.01 * i, -0.09, 1.59) for i in range(3)])
    chain(
        r,
        ["temporalis01.L", "oculi02.L", "oculi01.L"],
        head,
        [(0.06 - i * 0.01, -0.02 * i, 1.66) for i in range(4)],
    )
    chain(r, ["levator02.L", "levator03.L"], head, [(0.03, -0.08, 1.63 - 0.01 * i) for i in range(3)])
    a = r.add("clavicle.L", "spine01", CLAVICLE, (0.12, 0.01, 1.44), "leftShoulder")
    a = r.add("shoulder01.L", a, (0.12, 0.01, 1.44), r.arm(0))
    a = r.add("upperarm01.L", a, r.arm(0), r.arm(0.13), "leftUpperArm")
    a = r.add("upperarm02.L", a, r.arm(0.13), r.arm(0.28, 0.015))
    a = r.add("lowerarm01.L", a, r.arm(0.28, 0.015), r.arm(0.41, 0.007), "leftLowerArm")
    a = r.add("lowerarm02.L", a, r.arm(0.41, 0.007), r.arm(0.53))
    hand = r.add("wrist.L", a, r.arm(0.53), r.arm(0.57), "leftHand")
    for n, finger in enumerate(FINGERS, 1):
        up = hand
        if n > 1:
            up = r.add(f"metacarpal{n - 1}.L", hand, r.finger(finger, -1), r.finger(finger, 0))
        for i, segment in enumerate(SEGMENTS[finger]):
            up = r.add(
                f"finger{n}-{i + 1}.L",
                up,
                r.finger(finger, i),
                r.finger(finger, i + 1),
                f"left{finger}{segment}",
            )
    a = r.add("pelvis.L", "root", HIPS, HIP)
    mid_thigh, mid_shin = between(HIP, KNEE, 0.5), between(KNEE, ANKLE, 0.5)
    a = r.add("upperleg01.L", a, HIP, mid_thigh, "leftUpperLeg")
    a = r.add("upperleg02.L", a, mid_thigh, KNEE)
    a = r.add("lowerleg01.L", a, KNEE, mid_shin, "leftLowerLeg")
    a = r.add("lowerleg02.L", a, mid_shin, ANKLE)
    foot = r.add("foot.L", a, ANKLE, BALL, "leftFoot")
    for n in range(1, 6):
        x = 0.09 + 0.012 * n
        human = "leftToes" if n == 3 else ""
        up = r.add(f"toe{n}-1.L", foot, (x, -0.1, 0.025), (x, -0.14, 0.02), human)
        r.add(f"toe{n}-2.L", up, (x, -0.14, 0.02), (x, -0.16, 0.02))
    return r


def unreal() -> Rig:
    r = Rig(arm_deg=45)
    r.add("root", None, (0, 0, 0), (0, 0.1, 0), weighted=False)
    up = r.add("pelvis", "root", HIPS, SPINE, "hips")
    for name, human, a, b in (
        ("spine_01", "spine", SPINE, CHEST), ("spine_02", "chest", CHEST, UPPER),
        ("spine_03", "upperChest", UPPER, NECK),
        ("neck_01", "neck", NECK, HEAD), ("head", "head", HEAD, TOP),
    ):  # fmt: skip
        up = r.add(name, up, a, b, human)
    a = r.add("clavicle_l", "spine_03", CLAVICLE, r.arm(0), "leftShoulder")
    upper = r.add("upperarm_l", a, r.arm(0), r.arm(0.28, 0.01), "leftUpperArm")
    for i in (1, 2):
        r.add(f"upperarm_twist_0{i}_l", upper, r.arm(0.09 * i), r.arm(0.09 * i + 0.05))
    lower = r.add("lowerarm_l", upper, r.arm(0.28, 0.01), r.arm(0.53), "leftLowerArm")
    r.add("lowerarm_twist_01_l", lower, r.arm(0.42), r.arm(0.47))
    hand = r.add("hand_l", lower, r.arm(0.53), r.arm(0.62), "leftHand")
    for finger, name in zip(FINGERS, ("thumb", "index", "middle", "ring", "pinky"), strict=True):
        up = hand
        if name != "thumb":
            up = r.add(f"{name}_metacarpal_l", hand, r.finger(finger, -1), r.finger(finger, 0))
        for i, segment in enumerate(SEGMENTS[finger]):
            up = r.add(
                f"{name}_0{i + 1}_l",
                up,
                r.finger(finger, i),
                r.finger(finger, i + 1),
                f"left{finger}{segment}",
            )
    thigh = r.add("thigh_l", "pelvis", HIP, KNEE, "leftUpperLeg")
    r.add("thigh_twist_01_l", thigh, between(HIP, KNEE, 0.4), between(HIP, KNEE, 0.5))
    calf = r.add("calf_l", thigh, KNEE, ANKLE, "leftLowerLeg")
    r.add("calf_twist_01_l", calf, between(KNEE, ANKLE, 0.5), between(KNEE, ANKLE, 0.6))
    foot = r.add("foot_l", calf, ANKLE, BALL, "leftFoot")
    r.add("ball_l", foot, BALL, TOE, "leftToes")
    ik = r.add("ik_foot_root", "root", (0, 0, 0), (0, 0.05, 0), weighted=False)
    r.add("ik_foot_l", ik, ANKLE, BALL, weighted=False)
    ik = r.add("ik_hand_root", "root", (0, 0, 0), (0, 0.05, 0), weighted=False)
    r.add("ik_hand_l", ik, r.arm(0.53), r.arm(0.6), weighted=False)
    return r


def biped() -> Rig:
    r, b = Rig(arm_deg=30), "Bip01 "
    r.add("Bip01", None, HIPS, (0, 0.1, 0.98), weighted=False)
    r.add(b + "Pelvis", "Bip01", HIPS, (0, 0.01, 1.0), "hips")
    r.add(b + "Spine", b + "Pelvis", (0, 0, 1.0), CHEST, "spine")
    r.add(b + "Spine1", b + "Spine", CHEST, (0, 0.01, 1.44), "chest")
    r.add(b + "Neck", b + "Spine1", (0, 0.01, 1.44), HEAD, "neck")
    r.add(b + "Head", b + "Neck", HEAD, TOP, "head")
    r.add(b + "HeadNub", b + "Head", TOP, (0, 0, 1.8), weighted=False)
    a = r.add(b + "L Clavicle", b + "Neck", CLAVICLE, r.arm(0), "leftShoulder")
    a = r.add(b + "L UpperArm", a, r.arm(0), r.arm(0.28), "leftUpperArm")
    a = r.add(b + "L Forearm", a, r.arm(0.28), r.arm(0.53), "leftLowerArm")
    hand = r.add(b + "L Hand", a, r.arm(0.53), r.arm(0.62), "leftHand")
    for n, finger in enumerate(FINGERS):
        up = hand
        for i, segment in enumerate(SEGMENTS[finger]):
            name = f"{b}L Finger{n}{i or ''}"
            up = r.add(name, up, r.finger(finger, i), r.finger(finger, i + 1), f"left{finger}{segment}")
        tip = r.finger(finger, 3)
        r.add(f"{b}L Finger{n}Nub", up, tip, (tip[0] + 0.02, *tip[1:]), weighted=False)
    a = r.add(b + "L Thigh", b + "Spine", HIP, KNEE, "leftUpperLeg")
    a = r.add(b + "L Calf", a, KNEE, ANKLE, "leftLowerLeg")
    a = r.add(b + "L Foot", a, ANKLE, BALL, "leftFoot")
    a = r.add(b + "L Toe0", a, BALL, TOE, "leftToes")
    r.add(b + "L Toe0Nub", a, TOE, (0.118, -0.2, 0.02), weighted=False)
    return r


def mmd() -> Rig:
    """The right side is 右, the left 左."""
    r = Rig(arm_deg=35)
    r.add("全ての親", None, (0, 0, 0), (0, 0.1, 0), weighted=False)
    r.add("センター", "全ての親", (0, 0, 0.8), (0, 0, 0.85), weighted=False)
    r.add("グルーブ", "センター", (0, 0, 0.82), (0, 0, 0.87), weighted=False)
    r.add("腰", "グルーブ", (0, 0.01, 1.0), (0, 0.01, 1.04), "hips", weighted=False)
    r.add("上半身", "腰", (0, 0, 1.05), CHEST, "spine")
    r.add("上半身2", "上半身", CHEST, (0, 0.01, 1.4), "chest")
    r.add("首", "上半身2", NECK, HEAD, "neck")
    r.add("頭", "首", HEAD, TOP, "head")
    r.add("左目", "頭", EYE, EYE_FRONT, "leftEye")
    r.add("両目", "頭", (0, -0.05, 1.8), (0, -0.1, 1.8), weighted=False)
    r.add("下半身", "腰", (0, 0.01, 1.04), (0, 0.01, 0.95))
    a = r.add("左肩", "上半身2", CLAVICLE, r.arm(0), "leftShoulder")
    a = r.add("左腕", a, r.arm(0), r.arm(0.28), "leftUpperArm")
    r.add("左腕捩", a, r.arm(0.14), r.arm(0.2))
    a = r.add("左ひじ", a, r.arm(0.28), r.arm(0.53), "leftLowerArm")
    hand = r.add("左手首", a, r.arm(0.53), r.arm(0.62), "leftHand")
    for finger, name in zip(FINGERS, ("親", "人", "中", "薬", "小"), strict=True):
        up = hand
        for i, segment in enumerate(SEGMENTS[finger]):
            digit = chr(0xFF10 + (i if finger == "Thumb" else i + 1))  # full-width 0 to 3
            up = r.add(
                f"左{name}指{digit}",
                up,
                r.finger(finger, i),
                r.finger(finger, i + 1),
                f"left{finger}{segment}",
            )
    a = r.add("左足", "下半身", HIP, KNEE, "leftUpperLeg")
    a = r.add("左ひざ", a, KNEE, ANKLE, "leftLowerLeg")
    a = r.add("左足首", a, ANKLE, BALL, "leftFoot")
    r.add("左つま先", a, BALL, TOE, "leftToes")
    a = r.add("左足ＩＫ", "全ての親", ANKLE, (0.11, 0.1, 0.09), weighted=False)
    r.add("左つま先ＩＫ", a, BALL, (0.115, -0.11, -0.03), weighted=False)
    return r


def _mirror_name(name: str) -> str:
    for left, right in (("Left", "Right"), ("_L_", "_R_"), ("左", "右"), ("Bip01 L ", "Bip01 R ")):
        if left in name:
            return name.replace(left, right)
    for left, right in ((".L", ".R"), ("_l", "_r")):
        if name.endswith(left):
            return name[: -len(left)] + right
    return name


def build(name: str) -> tuple[bpy.types.Object, dict[str, str]]:
    """The armature, skinned and placed as its tool leaves it, and VRM bone → bone as it should be found."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if name in ("rigify", "rigify-generated"):
        return _rigify(name == "rigify-generated")
    base = name.removesuffix("-nonsense")
    rig = CONVENTIONS[base]()
    rows = list(rig.rows)
    human = dict(rig.human)
    for bone, parent, head, tail in rig.rows:
        other = _mirror_name(bone)
        if other != bone:
            above = _mirror_name(parent) if parent else None
            rows.append((other, above, (-head[0], *head[1:]), (-tail[0], *tail[1:])))
    human.update({h.replace("left", "right"): _mirror_name(b) for h, b in rig.human.items() if "left" in h})
    unweighted = rig.unweighted | {_mirror_name(bone) for bone in rig.unweighted}
    if name != base:
        order = [row[0] for row in rows]
        random.Random(7).shuffle(order)
        new = {bone: f"Bone.{i:03}" for i, bone in enumerate(order)}
        rows = [(new[b], new.get(p or ""), h, t) for b, p, h, t in rows]
        human = {h: new[b] for h, b in human.items()}
        unweighted = {new[bone] for bone in unweighted}
    armature = _armature(rows, *PLACES.get(base, (Matrix(), Matrix())))
    _skin(armature, [row for row in rows if row[0] not in unweighted])
    return armature, human


def _armature(rows: list, place: Matrix, standing: Matrix) -> bpy.types.Object:
    armature = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    bpy.context.scene.collection.objects.link(armature)
    armature.matrix_world = place
    into = place.inverted() @ standing
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone, parent, head, tail in rows:
        made = armature.data.edit_bones.new(bone)
        made.head, made.tail = into @ Vector(head), into @ Vector(tail)
        made.parent = armature.data.edit_bones[parent] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def _skin(armature: bpy.types.Object, rows: list) -> None:
    """A box for each bone, in the world where the bone is; one vertex is held by six bones, one by none."""
    bones = armature.data.bones
    world = armature.matrix_world
    boxes = []
    for row in rows:
        bone = bones[row[0]]
        centre = world @ ((bone.head_local + bone.tail_local) / 2)
        boxes.append(
            (list(centre), 0.012, max(0.012, (world @ bone.head_local - world @ bone.tail_local).length / 3))
        )
    mesh = box_mesh("Body", boxes, None)
    body = bpy.data.objects.new("Body", mesh)
    bpy.context.scene.collection.objects.link(body)
    for number, row in enumerate(rows):
        body.vertex_groups.new(name=row[0]).add(range(8 * number, 8 * number + 8), 1.0, "REPLACE")
    for row in rows[1:6]:
        body.vertex_groups[row[0]].add([0], 0.5, "REPLACE")
    body.vertex_groups[rows[2][0]].remove([16])
    body.parent = armature
    body.matrix_parent_inverse = world.inverted()
    body.modifiers.new("Armature", "ARMATURE").object = armature
    body.shape_key_add(name="Basis", from_mix=False)
    key = body.shape_key_add(name="aa", from_mix=False)
    key.value = 0
    key.data[8].co.z -= 0.02
    bpy.context.view_layer.update()


def _rigify(generated: bool) -> tuple[bpy.types.Object, dict[str, str]]:
    """Blender's own: the human metarig as it is added, or the control rig made of it."""
    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_human_metarig_add()
    armature = bpy.context.object
    if generated:
        bpy.ops.pose.rigify_generate()
        made = next(o for o in bpy.data.objects if o.type == "ARMATURE" and o != armature)
        bpy.data.objects.remove(armature)
        armature = made
    p = "DEF-" if generated else ""
    human = dict(zip(
        ("hips", "spine", "chest", "upperChest", "neck", "head"),
        (f"{p}spine{n}" for n in ("", ".001", ".002", ".003", ".004", ".006")), strict=True,
    ))  # fmt: skip
    human["jaw"] = f"{p}jaw"
    for side, s in (("left", ".L"), ("right", ".R")):
        if not generated:
            human[f"{side}Eye"] = f"eye{s}"  # the control rig's eyes deform nothing
        for part, bone in (
            ("Shoulder", "shoulder"), ("UpperArm", "upper_arm"), ("LowerArm", "forearm"), ("Hand", "hand"),
            ("UpperLeg", "thigh"), ("LowerLeg", "shin"), ("Foot", "foot"), ("Toes", "toe"),
        ):  # fmt: skip
            human[side + part] = p + bone + s
        for finger, bone in zip(FINGERS, ("thumb", "f_index", "f_middle", "f_ring", "f_pinky"), strict=True):
            for i, segment in enumerate(SEGMENTS[finger]):
                human[side + finger + segment] = f"{p}{bone}.0{i + 1}{s}"
    deforming = [b for b in armature.data.bones if not generated or b.use_deform]
    _skin(armature, [(bone.name, None, (), ()) for bone in deforming])
    return armature, human


CONVENTIONS: dict[str, Callable[[], Rig]] = {
    "vroid": vroid, "mixamo": mixamo, "makehuman": makehuman, "unreal": unreal, "biped": biped, "mmd": mmd,
}  # fmt: skip
# Where the armature object is, and how the figure stands in the world: FBX comes in as centimetres with Y up
# on an object that turns and scales it; some face another way, or stand elsewhere.
TURNED = Matrix.Rotation(math.pi / 2, 4, "Z")
AWAY = Matrix.Translation((0.5, 0.2, 0.3)) @ Matrix.Rotation(math.pi, 4, "Z")
PLACES = {
    "mixamo": (Matrix.Rotation(math.pi / 2, 4, "X") @ Matrix.Scale(0.01, 4), Matrix()),
    "unreal": (TURNED @ Matrix.Scale(0.01, 4), TURNED),
    "biped": (AWAY, AWAY),
}
