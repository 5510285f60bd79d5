#!/bin/sh
# Blender on the graphics card of the session, where Kasm gave it one.
blender=/opt/avatar-forge/parts/blender/blender
if [ -n "${KASM_EGL_CARD:-}" ] && [ -x /opt/VirtualGL/bin/vglrun ]; then
  exec /opt/VirtualGL/bin/vglrun -d "$KASM_EGL_CARD" "$blender" "$@"
fi
exec "$blender" "$@"
