#!/bin/sh
# The workstation: the front proxy on the session's own port, and the agent, which keeps Blender running. Ends with the agent's
# exit code (docs/remote.md): 75, nobody was there for long, and the scene is saved.
set -eu

here=/opt/avatar-forge
scratch=${AVATAR_FORGE_SCRATCH:-$HOME/.avatar-forge}
log() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) start.sh: $*" >&2; }

if ! mkdir -p "$AVATAR_FORGE_HOME" 2>/dev/null || [ ! -w "$AVATAR_FORGE_HOME" ]; then
  log "WARNING: $AVATAR_FORGE_HOME cannot be written to. Everything is kept in $HOME/blender-avatars, and is gone with the session."
  AVATAR_FORGE_HOME=$HOME/blender-avatars
fi
for folder in projects exports textures; do mkdir -p "$AVATAR_FORGE_HOME/$folder"; done
mkdir -p "$scratch/front"
chmod 700 "$scratch"
export AVATAR_FORGE_HOME AVATAR_FORGE_SCRATCH="$scratch"

if [ -z "${AVATAR_FORGE_AGENT_TOKEN:-}${AVATAR_FORGE_AGENT_TOKEN_FILE:-}" ]; then
  export AVATAR_FORGE_AGENT_TOKEN_FILE="$scratch/agent.token"
  (umask 077 && openssl rand -hex 32 >"$AVATAR_FORGE_AGENT_TOKEN_FILE")
  log "No token was given (AVATAR_FORGE_AGENT_TOKEN): one was made, and lies in $AVATAR_FORGE_AGENT_TOKEN_FILE."
fi

# Kasm speaks TLS with the session and asks for no name, as it does with KasmVNC.
[ -s "$scratch/front/key.pem" ] || (umask 077 && openssl req -x509 -nodes -days 3650 -newkey rsa:2048 -subj /CN=avatar-forge \
  -keyout "$scratch/front/key.pem" -out "$scratch/front/cert.pem" 2>/dev/null)
sed -e "s|@FOLDER@|$scratch/front|g" -e "s|@FRONT_PORT@|$AVATAR_FORGE_FRONT_PORT|g" \
  -e "s|@AGENT_PORT@|$AVATAR_FORGE_AGENT_PORT|g" -e "s|@SCREEN_PORT@|$NO_VNC_PORT|g" \
  "$here/nginx.conf" >"$scratch/front/nginx.conf"
PATH=$PATH:/usr/sbin nginx -p "$scratch/front/" -c "$scratch/front/nginx.conf" -e stderr &
front=$!

agent='' ending=''
# shellcheck disable=SC2329,SC2317
end() {
  ending=yes
  [ -z "$agent" ] || kill -TERM "$agent" 2>/dev/null || true
}
trap end TERM INT
echo $$ >"$scratch/workstation.pid" # for shutdown.sh

dial=''
[ -z "${AVATAR_FORGE_RELAY_URL:-}" ] || dial=--dial
while [ -z "$ending" ]; do
  # shellcheck disable=SC2086 # one word, or none
  "$here/parts/node" "$here/agent.js" agent listen --supervise $dial &
  agent=$!
  code=0
  wait "$agent" || code=$?
  while kill -0 "$agent" 2>/dev/null; do # a signal ended the wait alone
    code=0
    wait "$agent" || code=$?
  done
  case $code in 0 | 75) break ;; esac
  [ -z "$ending" ] || break
  log "The agent ended with $code and is started again in 5 s, with what was saved last."
  export AVATAR_FORGE_REOPEN=always
  sleep 5 &
  wait $! || true
done
kill -TERM "$front" 2>/dev/null || true
wait "$front" || true
exit "$code"
