# SPDX-License-Identifier: GPL-3.0-or-later
"""Making pictures: what is visible (gather), where to look from (framing), ways to draw it, and PNG."""
