# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognising humanoid bones by their names: VRM's own, Mixamo's, VRoid's and Blender's customs.

Only names are read. Rigs whose names say nothing about the body (Rigify's `spine.003`) need an annotation.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

# Words that say whose bone it is, not which.
_FILLER = {"j", "bip", "c", "def", "mch", "org", "bone", "mixamorig", "sec", "adj"}
_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_CENTRE: Mapping[str, tuple[str, ...]] = {
    "hips": ("hips", "hip", "pelvis"),
    "spine": ("spine", "waist"),
    "chest": ("chest", "spine1"),
    "upperChest": ("upperchest", "spine2"),
    "neck": ("neck",),
    "head": ("head",),
    "jaw": ("jaw",),
}
_SIDED: Mapping[str, tuple[str, ...]] = {
    "Eye": ("eye", "faceeye"),
    "Shoulder": ("shoulder", "clavicle", "collar"),
    "UpperArm": ("upperarm", "arm"),
    "LowerArm": ("lowerarm", "forearm", "elbow"),
    "Hand": ("hand", "wrist"),
    "UpperLeg": ("upperleg", "thigh", "upleg", "leg"),
    "LowerLeg": ("lowerleg", "shin", "calf", "knee", "leg"),
    "Foot": ("foot", "ankle"),
    "Toes": ("toes", "toe", "toebase", "ball"),
    **{
        f"{finger}{joint}": (
            f"{alias}{joint.lower()}",
            f"{alias}{number}",
            f"hand{alias}{number}",
            f"f{alias}{number}",
        )
        for finger, alias in (("Thumb", "thumb"), ("Index", "index"), ("Middle", "middle"), ("Ring", "ring"))
        for number, joint in enumerate(
            ("Metacarpal", "Proximal", "Distal")
            if finger == "Thumb"
            else ("Proximal", "Intermediate", "Distal"),
            1,
        )
    },
    **{
        f"Little{joint}": (
            f"little{joint.lower()}",
            f"little{number}",
            f"pinky{number}",
            f"handpinky{number}",
            f"fpinky{number}",
        )
        for number, joint in enumerate(("Proximal", "Intermediate", "Distal"), 1)
    },
}


def _aliases() -> dict[str, tuple[str, ...]]:
    table = dict(_CENTRE)
    for side in ("left", "right"):
        table.update(
            {f"{side}{part}": tuple(side + name for name in names) for part, names in _SIDED.items()}
        )
    return table


ALIASES = _aliases()


def normalise(name: str) -> str:
    """`mixamorig:LeftForeArm` and `Forearm.L` as side and words in lower case: `leftforearm`."""
    words = [word.lower() for word in _WORD.findall(name.rsplit(":", 1)[-1])]
    side = next((_SIDES[word] for word in words if word in _SIDES), "")
    words = [word for word in words if word not in _FILLER and word not in _SIDES]
    # A number counts where it ends the name (Spine1, index.01); before that it is the rig's (Bip01 Head).
    number = words.pop().lstrip("0") if words and words[-1].isdigit() else ""
    return side + "".join(word for word in words if not word.isdigit()) + number


def guess(bones: Iterable[str]) -> dict[str, str]:
    """VRM bone → armature bone for each name recognised. A bone is used once; the best alias wins."""
    by_name: dict[str, str] = {}
    for bone in bones:
        by_name.setdefault(normalise(bone), bone)
    found: dict[str, str] = {}
    for human, aliases in ALIASES.items():
        for alias in aliases:
            bone = by_name.get(alias)
            if bone is not None and bone not in found.values():
                found[human] = bone
                break
    return found


def nearest(human: str, bones: Iterable[str], count: int = 3) -> list[str]:
    """Armature bones whose names come nearest to a humanoid bone's, best first; possibly none."""
    by_name = {normalise(bone): bone for bone in bones}
    scores = {
        bone: max(difflib.SequenceMatcher(None, alias, name).ratio() for alias in ALIASES[human])
        for name, bone in by_name.items()
    }
    side = "left" if human.startswith("left") else "right" if human.startswith("right") else ""
    other = {"left": "right", "right": "left"}.get(side)
    near = [
        bone
        for name, bone in by_name.items()
        if scores[bone] >= 0.6 and not (other and name.startswith(other))
    ]
    return sorted(near, key=lambda bone: -scores[bone])[:count]
