# SPDX-License-Identifier: GPL-3.0-or-later
"""Which colour a painting is of, and what becomes of its other colours when that one changes.

Colours are OKLab, (n, 3) or (3,): lightness 0…1, and two numbers whose length is the chroma. There, shade and
light on a colour lie on the straight lines from it to black and to white.
https://bottosson.github.io/posts/oklab/
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)

_CELL = 0.04  # edge of the boxes in which colours are counted
_NEAR = 0.06  # what counts as the same colour
_GREY = 0.04  # chroma that the eye takes for none
_BRIGHT = 0.8
_KIN, _ALIEN = 0.07, 0.13  # how far from the lines of shade and light a colour goes along, and stays as it is
_STEEPEST = (1.5, 1.3)  # how much harder contrasts may become, below and above the tone


def from_linear(rgb: Array) -> Array:
    return np.cbrt(rgb @ _TO_LMS.T) @ _TO_LAB.T


def to_linear(lab: Array) -> Array:
    """Linear RGB, its channels cut to 0…1."""
    return np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)


def tone_of(seen: Array) -> Array:
    """The colour that people would name: the commonest, greys weighing less; `seen` is not empty."""
    weights = np.hypot(seen[:, 1], seen[:, 2]) + 0.02
    boxes = np.floor(seen / _CELL).astype(np.int64)
    found, which = np.unique(boxes, axis=0, return_inverse=True)
    fullest = np.bincount(which.ravel(), weights).argmax()
    tone = (found[fullest] + 0.5) * _CELL
    for _ in range(3):
        near = np.linalg.norm(seen - tone, axis=1) < _NEAR
        if near.any():
            tone = np.average(seen[near], axis=0, weights=weights[near])
    return tone


def is_shading(seen: Array) -> bool:
    """Whether a painting is light greys throughout, made to be multiplied with a colour."""
    chroma = np.quantile(np.hypot(seen[:, 1], seen[:, 2]), 0.95)
    return bool(np.median(seen[:, 0]) > _BRIGHT and chroma < _GREY)


def recoloured(lab: Array, tone: Array, wish: Array) -> Array:
    """The colours of a painting of `tone` as they would be in one of `wish`.

    The tone becomes the wish, its shades and lights those of the wish. What is of another colour (the trim of
    a dress, the white around an iris) stays.
    """
    light, chroma = lab[:, 0], lab[:, 1:]
    own = chroma - tone[1:] * _share(light, tone[0])[:, None]
    below = min(wish[0] / max(tone[0], 0.02), _STEEPEST[0])
    above = min((1 - wish[0]) / max(1 - tone[0], 0.02), _STEEPEST[1])
    lit = np.clip(wish[0] + (light - tone[0]) * np.where(light < tone[0], below, above), 0, 1)
    kept = np.minimum(1, lit / np.maximum(light, 0.02))  # a blush on dark skin is darker, too
    new = np.empty_like(lab)
    new[:, 0] = lit
    new[:, 1:] = wish[1:] * _share(lit, wish[0])[:, None] + own @ _turn(tone, wish) * kept[:, None]
    t = np.clip((_ALIEN - np.hypot(own[:, 0], own[:, 1])) / (_ALIEN - _KIN), 0, 1)
    return lab + (new - lab) * (t * t * (3 - 2 * t))[:, None]


def _turn(tone: Array, wish: Array) -> Array:
    """Turns a colour's distance from the tone round the hues as the tone: a paler blue is a paler red."""
    if np.hypot(tone[1], tone[2]) < _GREY:
        return np.eye(2)
    turn = complex(wish[1], wish[2]) / complex(tone[1], tone[2])
    turn /= max(1.0, abs(turn))
    return np.array([[turn.real, turn.imag], [-turn.imag, turn.real]])


def _share(light: Array, of: float) -> Array:
    """How much of a colour's chroma its shades and lights have: none in black and white."""
    return np.where(light < of, light / max(of, 0.02), (1 - light) / max(1 - of, 0.02))
