# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures side by side."""

from __future__ import annotations

import numpy as np


def contact_sheet(pictures: list[np.ndarray], columns: int) -> np.ndarray:
    """Pictures of one size in rows of `columns`; the last row is filled up with its first pixel's colour."""
    height, width, _ = pictures[0].shape
    rows = -(-len(pictures) // columns)
    sheet = np.empty((rows * height, columns * width, 3), np.uint8)
    sheet[:] = pictures[0][0, 0]
    for i, picture in enumerate(pictures):
        y, x = divmod(i, columns)
        sheet[y * height : (y + 1) * height, x * width : (x + 1) * width] = picture
    return sheet


SEEN = 24
"""A channel's difference that an eye notices, of 255."""


def difference(before: np.ndarray, after: np.ndarray, max_size: int) -> tuple[np.ndarray, float]:
    """Before, after and what differs in red over a pale after, side by side (or one below the other, where
    they are wide), no larger than `max_size`; and the share of pixels that differ.
    """
    off = np.abs(before.astype(np.int16) - after).max(axis=2)
    seen = off > SEEN
    pale = 160 + after.mean(axis=2, keepdims=True) * 0.3
    marked = np.repeat(pale, 3, axis=2)
    marked[seen] = np.array([220, 20, 30])
    rows = [before, after, marked.astype(np.uint8)]
    joined = np.concatenate(rows, axis=1 if before.shape[1] <= before.shape[0] * 1.2 else 0)
    step = -(-max(joined.shape[:2]) // max_size)
    return np.ascontiguousarray(joined[::step, ::step]), float(seen.mean())
