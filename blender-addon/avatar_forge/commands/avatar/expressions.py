# SPDX-License-Identifier: GPL-3.0-or-later
"""The 18 presets of VRM 1.0, as poses of the face.

https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/expressions.md
"""

from __future__ import annotations

from .faceplan import FacePose, Mouth

_CLOSED = {"lid_inner": 1.01, "lid_outer": 1.01, "lid_lower": 1.0}  # the upper lid laps over the lower

KEYS = {
    "aa": FacePose(mouth=Mouth(0.060, 0.016, 0.072, 0.004), jaw=1.0),
    "ih": FacePose(mouth=Mouth(0.068, 0.008, 0.028, 0.008), jaw=0.15),
    "ou": FacePose(mouth=Mouth(0.027, 0.018, 0.030, 0.000), jaw=0.3),
    "ee": FacePose(mouth=Mouth(0.072, 0.012, 0.040, 0.014), jaw=0.2),
    "oh": FacePose(mouth=Mouth(0.041, 0.021, 0.058, 0.000), jaw=0.65),
    "blink.L": FacePose(**_CLOSED, sides="L"),
    "blink.R": FacePose(**_CLOSED, sides="R"),
    "happy": FacePose(
        lid_inner=0.08, lid_outer=0.12, lid_lower=0.42, arch=0.4, brow_inner=0.026, brow_outer=0.018,
        mouth=Mouth(0.086, 0.006, 0.056, 0.026), jaw=0.35,
    ),
    "angry": FacePose(
        lid_inner=0.42, lid_outer=0.06, lid_lower=0.20, brow_inner=-0.042, brow_outer=0.018,
        brow_squeeze=0.020, mouth=Mouth(0.048, 0.004, 0.010, -0.024), iris=0.94,
    ),
    "sad": FacePose(
        lid_inner=0.06, lid_outer=0.36, lid_lower=0.14, brow_inner=0.040, brow_outer=-0.022,
        brow_squeeze=0.012, mouth=Mouth(0.042, 0.003, 0.012, -0.022), pitch=-2.0,
    ),
    "relaxed": FacePose(
        lid_inner=1.0, lid_outer=1.0, lid_lower=1.0, arch=0.9, brow_inner=0.022, brow_outer=0.008,
        mouth=Mouth(0.070, 0.003, 0.010, 0.028),
    ),
    "surprised": FacePose(
        lid_inner=-0.14, lid_outer=-0.12, lid_lower=-0.12, brow_inner=0.044, brow_outer=0.040, iris=0.80,
        mouth=Mouth(0.032, 0.022, 0.042, 0.000), jaw=0.5,
    ),
    "lookUp": FacePose(pitch=5.5, lid_inner=-0.06, lid_outer=-0.06, lid_lower=0.10),
    "lookDown": FacePose(pitch=-5.5, lid_inner=0.22, lid_outer=0.22),
    "lookLeft": FacePose(yaw=7.0),
    "lookRight": FacePose(yaw=-7.0),
}  # fmt: skip

_BINDS = {
    "blink": ("blink.L", "blink.R"),
    "blinkLeft": ("blink.L",),
    "blinkRight": ("blink.R",),
    "neutral": (),
}
PRESETS = (
    "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft",
    "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
)  # fmt: skip
_MOVES_LIDS = {"happy", "angry", "sad", "relaxed", "surprised"}


def annotation(mesh: str) -> dict[str, dict]:
    """The `expressions` of the armature's annotation: presets bound to the keys of one mesh."""
    return {
        preset: {
            "isBinary": False,
            # lids and lips would add up past closed: an emotion fades blinks and speech by its own weight
            "overrideBlink": "blend" if preset in _MOVES_LIDS else "none",
            "overrideLookAt": "none",
            "overrideMouth": "blend" if preset in _MOVES_LIDS - {"relaxed"} else "none",
            "morphs": [{"mesh": mesh, "key": key, "weight": 1.0} for key in _BINDS.get(preset, (preset,))],
            "colors": [],
            "uv": [],
        }
        for preset in PRESETS
    }
