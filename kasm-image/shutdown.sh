#!/bin/sh
# What Kasm runs as the session's user before it takes a session down (kasm_pre_shutdown_user.sh). The agent is told to end, and
# saves the scene before it does; then comes what the core image does here itself.
scratch=${AVATAR_FORGE_SCRATCH:-${HOME:-/home/kasm-user}/.avatar-forge}
workstation=$(cat "$scratch/workstation.pid" 2>/dev/null)
if [ -n "$workstation" ] && kill -TERM "$workstation" 2>/dev/null; then
  for _ in $(seq 150); do # tenths of a second
    kill -0 "$workstation" 2>/dev/null || break
    sleep 0.1
  done
fi
core=/dockerstartup/kasm_pre_shutdown_user.core.sh
[ ! -x "$core" ] || exec "$core"
