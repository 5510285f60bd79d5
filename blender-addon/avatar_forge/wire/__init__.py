# SPDX-License-Identifier: GPL-3.0-or-later
"""Both dialects of port 9876 as plain values and state machines (docs/protocol.md): no sockets, no threads,
no bpy.
"""
