# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that somebody else made: brought into the scene, with where they came from kept on them."""
