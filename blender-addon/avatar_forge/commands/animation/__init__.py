# SPDX-License-Identifier: GPL-3.0-or-later
"""Movements for humanoids: clips made from numbers, written as Blender actions, and actions read back.

A clip is one file with a function of time and one line in CLIPS.
"""

from __future__ import annotations

from collections.abc import Mapping

from .clip import Clip
from .idle import IDLE
from .nod import NOD
from .talk import TALK
from .wave import WAVE

CLIPS: Mapping[str, Clip] = {clip.name: clip for clip in (IDLE, WAVE, TALK, NOD)}
