# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shape keys make which expression, by the names that other tools give them."""

from __future__ import annotations

import re
from collections.abc import Collection

# Expression → what makes it, best first: shape keys with their weights, in the notation of `plain`.
_Keys = dict[str, float]


def _one(*names: str) -> list[_Keys]:
    return [{name: 1.0} for name in names]


def _both(stem: str, weight: float = 1.0) -> _Keys:
    return {f"{stem}left": weight, f"{stem}right": weight}


# VRM 1.0 and 0.x, VRoid (Fcl_MTH_A), VRChat (vrc.v_aa), Oculus and Ready Player Me (viseme_aa), ARKit, MMD.
KNOWN: dict[str, list[_Keys]] = {
    "aa": [*_one("aa", "fclmtha", "vaa", "visemeaa", "a", "あ", "moutha"), {"jawopen": 0.7}],
    "ih": [
        *_one("ih", "fclmthi", "vih", "visemei", "i", "い", "mouthi"),
        {"jawopen": 0.15, **_both("mouthstretch", 0.6)},
    ],
    "ou": [*_one("ou", "fclmthu", "vou", "visemeu", "u", "う", "mouthu"), {"mouthpucker": 1.0}],
    "ee": [
        *_one("ee", "fclmthe", "ve", "visemee", "e", "え", "mouthe"),
        {"jawopen": 0.25, **_both("mouthsmile", 0.5)},
    ],
    "oh": [
        *_one("oh", "fclmtho", "voh", "visemeo", "o", "お", "moutho"),
        {"jawopen": 0.4, "mouthfunnel": 0.8},
    ],
    "blink": [
        *_one("blink", "fcleyeclose", "eyesclosed", "まばたき", "eyeclose"),
        _both("eyeblink"),
        _both("blink"),
        {"blinkl": 1.0, "blinkr": 1.0},
    ],
    "blinkLeft": _one("blinkleft", "blinkl", "fcleyeclosel", "eyeblinkleft", "ウィンク", "winkl", "winkleft"),
    "blinkRight": _one(
        "blinkright", "blinkr", "fcleyecloser", "eyeblinkright", "ウィンク右", "winkr", "winkright"
    ),
    "happy": [*_one("happy", "joy", "fclalljoy", "smile", "笑い", "mouthsmile"), _both("mouthsmile", 0.9)],
    "angry": [
        *_one("angry", "fclallangry", "怒り"),
        {**_both("browdown"), **_both("mouthfrown", 0.6)},
    ],
    "sad": [
        *_one("sad", "sorrow", "fclallsorrow", "困る"),
        {"browinnerup": 0.9, **_both("mouthfrown", 0.8)},
    ],
    "relaxed": [
        *_one("relaxed", "fun", "fclallfun", "なごみ"),
        {**_both("mouthsmile", 0.4), **_both("eyesquint", 0.6)},
    ],
    "surprised": [
        *_one("surprised", "surprise", "fclallsurprised", "びっくり"),
        {"browinnerup": 0.8, "jawopen": 0.3, **_both("eyewide")},
    ],
    "lookUp": [*_one("lookup", "eyeslookup"), _both("eyelookup")],
    "lookDown": [*_one("lookdown", "eyeslookdown"), _both("eyelookdown")],
    "lookLeft": [*_one("lookleft"), {"eyelookoutleft": 1.0, "eyelookinright": 1.0}],
    "lookRight": [*_one("lookright"), {"eyelookoutright": 1.0, "eyelookinleft": 1.0}],
    "neutral": _one("neutral", "fclallneutral"),
}


PLAIN = frozenset(name for ways in KNOWN.values() for way in ways for name in way)


def plain(name: str) -> str:
    """`Fcl_MTH_A` and `vrc.v_aa` without what carries no meaning: `fclmtha`, `vaa`."""
    text = re.sub(r"[\W_]+", "", name.lower())
    return re.sub(r"^(vrc|face|head|blendshape\d*|facem?\d+)(?=.)", "", text) or text


def find(keys: Collection[str]) -> dict[str, dict[str, float]]:
    """Expression → {shape key: weight}, for each that these shape keys can make."""
    by_plain: dict[str, str] = {}
    for key in keys:
        by_plain.setdefault(plain(key), key)
    found = {}
    for expression, ways in KNOWN.items():
        for way in ways:
            if all(name in by_plain for name in way):
                found[expression] = {by_plain[name]: weight for name, weight in way.items()}
                break
    return found
