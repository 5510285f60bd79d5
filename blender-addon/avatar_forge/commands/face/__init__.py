# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions for any face: shape keys found by their names, and made where there are none."""
