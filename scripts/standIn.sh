#!/usr/bin/env bash
# A stand-in for Kasm's core image, which no machine without its registry has: Debian's trixie with Blender and Node, and the user
# 1000 at home as there. There is no KasmVNC in it.
# usage: scripts/standIn.sh      the name of the image in the cache's storage, on stdout; made once
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/steps.sh
. scripts/images.sh

exec 3>&1 1>&2
step 'A stand-in for the base of kasm-image'
tree=$AVATAR_FORGE_CACHE/trees/trixie
node=$(node -p 'process.execPath')
node -e 'process.exit(require("tls").getCACertificates ? 0 : 1)' || fail "Node 22.18 or newer is needed; here is $(node --version)."
packages=(ca-certificates curl nginx-light openssl unzip xz-utils xvfb)
key=$(cat "$tree/.avatar-forge-packages" scripts/standIn.sh <(node --version) | sha256sum | cut -c1-12)
image=localhost/avatar-forge-stand-in:$key

make() {
  local container
  container=$(images from scratch)
  images copy --quiet "$container" "$tree" /
  images copy --quiet "$container" "$node" /usr/local/bin/node
  images run --isolation chroot "$container" -- sh -euc "
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages[*]}
    apt-get clean
    groupadd --gid 1000 kasm-user
    useradd --uid 1000 --gid 1000 --create-home kasm-user
    mkdir -p /dockerstartup"
  images config --env HOME=/home/kasm-user --env PATH=/usr/local/bin:/usr/bin:/bin --workingdir /home/kasm-user "$container"
  images commit --quiet "$container" "$image"
  images rm "$container"
}

state=cached
exec 9>"$AVATAR_FORGE_CACHE/.lock-images"
flock 9
if ! images inspect --type image "$image" >/dev/null 2>&1; then
  quietly make || fail 'The stand-in could not be made (above).'
  state=made
fi
ok "$image, $state"
echo "$image" >&3
