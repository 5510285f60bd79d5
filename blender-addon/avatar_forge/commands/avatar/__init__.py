# SPDX-License-Identifier: GPL-3.0-or-later
"""The figure that `avatar_scaffold` makes: shapes in numpy, one idea to a module, put together by `assemble`."""
