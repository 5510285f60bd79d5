# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing VRM from a Blender scene: the parts `vrm_export` is made of (docs/adr: the VRM writer)."""
