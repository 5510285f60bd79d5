#!/usr/bin/env bash
# Another Debian suite in a folder, for its Blender: trixie has 4.3, sid has 5.2.
# usage: scripts/tree.sh trixie|sid      the path of an executable that is that Blender, on stdout
#
# The executable takes the tree's /usr and /etc over the machine's in a mount namespace of its own and becomes
# Blender: same paths, same display, same loopback, same process id, and nothing stays mounted when it ends.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
. scripts/steps.sh

suite=${1:-}
case $suite in
  trixie) packages=("${blender_packages[@]}") ;;
  sid) packages=("${blender_packages[@]}" python3-cattr python3-requests) ;; # for 5.2's extension manager
  *) echo "usage: scripts/tree.sh trixie|sid" >&2 && exit 2 ;;
esac

trees=${AVATAR_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/avatar-forge}/trees
tree=$trees/$suite
wrapper=$trees/blender-$suite
stamp=$tree/.avatar-forge-packages

write_wrapper() {
  cat >"$wrapper.$$" <<WRAPPER
#!/bin/sh
# Blender of Debian's $suite; made by scripts/tree.sh of Avatar Forge.
if [ "\$(id -u)" -eq 0 ]; then set -- --mount "\$0.sh" "\$@"; else set -- --mount --map-root-user "\$0.sh" "\$@"; fi
# Mesa maps files of its cache into memory: versions that do not know each other should not share them.
export MESA_SHADER_CACHE_DIR="\${MESA_SHADER_CACHE_DIR:-\${XDG_CACHE_HOME:-\$HOME/.cache}/avatar-forge/mesa-$suite}"
mkdir -p "\$MESA_SHADER_CACHE_DIR"
exec unshare "\$@"
WRAPPER
  cat >"$wrapper.sh.$$" <<WRAPPER
#!/bin/sh
set -e
mount --rbind '$tree/etc' /etc
mount --rbind '$tree/usr' /usr
exec /usr/bin/blender "\$@"
WRAPPER
  chmod +x "$wrapper.$$" "$wrapper.sh.$$"
  mv "$wrapper.sh.$$" "$wrapper.sh"
  mv "$wrapper.$$" "$wrapper"
}

copy_apt_settings() { # proxies, certificates, time-outs; not the machine's hooks
  local into=$1
  apt-config dump | grep -E '^(Acquire::[^ ]+) ' | grep -v 'IndexTargets' >"$into/etc/apt/apt.conf.d/90machine" || true
  cat >"$into/etc/dpkg/dpkg.cfg.d/avatar-forge" <<'DPKG'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
DPKG
  cp /etc/resolv.conf /etc/hosts "$into/etc/"
  ln -sf ../proc/self/mounts "$into/etc/mtab" # Blender grumbles without it
  if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    mkdir -p "$into/etc/ssl/certs"
    cp /etc/ssl/certs/ca-certificates.crt "$into/etc/ssl/certs/"
  fi
}

build() { # as root, in a mount namespace of its own; can be repeated after a failure
  local mirror=$1
  if [ ! -d "$tree" ]; then
    rm -rf "$tree.tmp"
    debootstrap --variant=minbase "$suite" "$tree.tmp" "$mirror"
    copy_apt_settings "$tree.tmp"
    mv "$tree.tmp" "$tree"
  fi
  mount --bind /proc "$tree/proc"
  mount --rbind /dev "$tree/dev"
  export DEBIAN_FRONTEND=noninteractive
  chroot "$tree" apt-get update
  chroot "$tree" apt-get install --yes --no-install-recommends "${packages[@]}"
  chroot "$tree" apt-get clean
  echo "${packages[*]}" >"$stamp"
}

if [ "${2:-}" = --build ]; then
  build "$3"
  exit
fi

exec 3>&1 1>&2
step "Blender of Debian $suite (a tree in the cache)"
[ "$(uname -s)" = Linux ] || fail "Trees of other Debian suites need Linux: other Blender versions cannot be tried here." \
  'Point AVATAR_FORGE_BLENDER at an installed Blender and run ./check --blender system instead.'
mkdir -p "$trees"
exec 9>"$trees/.lock-$suite"
flock 9
state=cached
if [ "$(cat "$stamp" 2>/dev/null)" != "${packages[*]}" ]; then
  command -v debootstrap >/dev/null || fail 'debootstrap is missing, so no tree can be made. apt-get install debootstrap, then again.'
  can_be_root || fail 'Making a tree needs root, and sudo is not there. Run this once as root.'
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail 'This machine takes no packages from Debian, so the address of a mirror is not known here.'
  quietly as_root unshare --mount env AVATAR_FORGE_CACHE="${trees%/trees}" "$BASH" scripts/tree.sh "$suite" --build "$mirror" ||
    fail "Debian's $suite could not be installed (above). Without it the Blender tests of that version do not run."
  state=installed
fi
write_wrapper
version=$("$wrapper" --version 2>/dev/null | sed -n 's/^Blender \([0-9.]*\).*/\1/p' | head -1) || true
[ -n "$version" ] || fail "The tree is there but its Blender does not start: mount namespaces are probably not allowed here." \
  "Try: unshare --mount true"
ok "$version, $state"
echo "$wrapper" >&3
