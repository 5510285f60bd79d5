# SPDX-License-Identifier: GPL-3.0-or-later
"""The strands before the ears, and the chains that swing the foremost."""

from __future__ import annotations

import numpy as np

from .curves import profile, smooth
from .hair import Lock
from .haircut import Strand, Wearer, on_skull, root

SIDE = profile((0, 0.30), (0.3, 1.0), (0.65, 0.95), (0.85, 0.60), (1, 0.02))


def sides(wearer: Wearer, tucked: bool = False) -> list[Lock]:
    """Strands before the ears; below the chin they turn forwards, to lie on the chest."""
    locks = []
    for side in (1, -1):
        for angle, low, width, off in (
            (71, -0.52, 0.054, 0.050),
            (80, -0.10, 0.050, 0.062),
            (90, 0.06, 0.066, 0.052),
        ):
            tip = 0.16 + (low - 0.16) * wearer.length
            turn = smooth(-0.05, -0.5, np.array(tip))
            fall = (
                (side * angle, 0.60, off + 0.020),
                (side * angle, 0.36, off + 0.014),
                (side * (angle * 0.97 - 5 * turn), 0.36 + (tip - 0.36) * 0.30, off - 0.002 - 0.01 * turn),
                (side * (angle * 0.94 - 26 * turn), 0.36 + (tip - 0.36) * 0.65, off - 0.004 + 0.01 * turn),
                (side * (angle * 0.90 - 38 * turn), tip, off - 0.040 + 0.02 * turn),
            )
            path = on_skull(root(side * angle, 0.0, tucked) + fall)
            path[:, 1] -= wearer.before * smooth(0.0, -0.3, path[:, 2])
            locks.append(Lock(path, width, SIDE, 0.46, 18, "front" if angle < 75 else ""))
    return locks


def front_strands(wearer: Wearer) -> list[Strand]:
    tip = 0.16 + (-0.52 - 0.16) * wearer.length
    z = np.linspace(0.34, min(tip, 0.0), 4)
    x = np.interp(z, [-0.55, -0.1, 0.34], [0.30, 0.40, 0.44])
    y = np.interp(z, [-0.55, -0.1, 0.34], [-0.34, -0.22, -0.10]) - wearer.before * smooth(0.0, -0.3, z)
    return [Strand("hair_front", np.stack([x * s, y, z], 1), side) for side, s in ((".L", 1), (".R", -1))]
