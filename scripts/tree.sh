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
  trixie) packages=(blender python3-numpy xvfb xauth libgl1-mesa-dri) ;;
  # Blender 5.2 from Debian cannot start its extension manager without cattr and requests, and ends without EGL when a script draws with no display.
  sid) packages=(blender python3-numpy xvfb xauth libgl1-mesa-dri python3-cattr python3-requests libegl1 libegl-mesa0) ;;
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

build() { # as root, in a mount namespace of its own
  local mirror=$1 new=$tree.tmp
  rm -rf "$new"
  debootstrap --variant=minbase "$suite" "$new" "$mirror"
  copy_apt_settings "$new"
  mount --bind /proc "$new/proc"
  mount --rbind /dev "$new/dev"
  DEBIAN_FRONTEND=noninteractive chroot "$new" apt-get install --yes --no-install-recommends "${packages[@]}"
  chroot "$new" apt-get clean
  umount "$new/proc"
  umount --lazy "$new/dev"
  echo "${packages[*]}" >"$new/${stamp##*/}"
  rm -rf "$tree"
  mv "$new" "$tree"
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
