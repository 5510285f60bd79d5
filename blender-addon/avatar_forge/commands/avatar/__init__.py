# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure of `avatar_scaffold`: shapes in numpy, one idea to a module, put together by `assemble`."""
