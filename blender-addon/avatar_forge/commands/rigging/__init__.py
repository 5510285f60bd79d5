# SPDX-License-Identifier: GPL-3.0-or-later
"""Any rig made a VRM's: which bone is which by structure, the T-pose, the weights."""
