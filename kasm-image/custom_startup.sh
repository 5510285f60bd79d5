#!/bin/sh
# What Kasm's core image starts once the desktop is there. It notices neither our end nor our exit code: where nobody uses the
# session and the scene is saved (75), its first process is told to end, and the session with it.
set -u
/opt/avatar-forge/start.sh &
workstation=$!
trap 'kill -TERM "$workstation" 2>/dev/null' TERM INT
code=0
wait "$workstation" || code=$?
if kill -0 "$workstation" 2>/dev/null; then # a signal ended the wait alone
  code=0
  wait "$workstation" || code=$?
fi
if [ "$code" -eq 75 ]; then kill -TERM "${AVATAR_FORGE_SESSION_PID:-1}"; fi
exit "$code"
