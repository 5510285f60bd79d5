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
