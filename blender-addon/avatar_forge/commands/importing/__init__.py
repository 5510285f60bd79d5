# SPDX-License-Identifier: GPL-3.0-or-later
"""A VRM file into the scene: Blender's glTF importer for what Blender knows, the annotation for the rest."""
