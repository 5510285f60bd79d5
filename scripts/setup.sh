# shellcheck shell=bash
# Sourced by ./demo and ./check: everything they need on this machine. Installs nothing but apt packages
# outside the cache folder; a second run finds all of it there.

export AVATAR_FORGE_CACHE=${AVATAR_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/avatar-forge}
# npm and Node shall trust what apt and git trust here: a proxy may have a certificate of its own.
machine_certificates=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -e $machine_certificates ]; then export NODE_EXTRA_CA_CERTS=$machine_certificates; fi
PATH=$PATH:/usr/sbin:/sbin # debootstrap and chroot, for users without them on PATH
. scripts/steps.sh

PATH=$AVATAR_FORGE_CACHE/rclone:$PATH # Debian 12's own is too old
if [ "$(uname -s)" = Darwin ]; then
  export AVATAR_FORGE_BLENDER=${AVATAR_FORGE_BLENDER:-/Applications/Blender.app/Contents/MacOS/Blender}
  export AVATAR_FORGE_CHROMIUM=${AVATAR_FORGE_CHROMIUM:-/Applications/Chromium.app/Contents/MacOS/Chromium}
fi
export PATH

node_wanted=24.21.0
npm_wanted=11.7.0
code_server_wanted=4.139.1

has() { command -v "$1" >/dev/null; }

node_is_new_enough() { # Node 22.18 is the first to run TypeScript as it is
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

setup_cache() {
  mkdir -p "$AVATAR_FORGE_CACHE"
  if has flock; then # one set-up at a time, over all clones
    exec 8>"$AVATAR_FORGE_CACHE/.lock"
    flock --nonblock 8 || { echo 'Another set-up is running; waiting for it.' && flock 8; }
  fi
}

setup_done() { exec 8>&-; }

setup_node() {
  step 'Node'
  if has node && node_is_new_enough node; then
    ok "$(node --version), this machine's"
    return
  fi
  local arch root bin state=cached
  case $(uname -m) in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
  [ "$(uname -s)" = Linux ] || fail "Node 22.18 or newer is needed; here is $(node --version 2>/dev/null || echo none)." "$(advice Node node)"
  has npm || fail 'npm is missing, and all else is fetched through it. apt-get install npm, then again.'
  root=$AVATAR_FORGE_CACHE/node bin=$root/node_modules/node-linux-$arch/bin
  # npm's settings for the whole machine (certificates, proxies) hang on the place of the node that runs it.
  npm_config_globalconfig=${npm_config_globalconfig:-$(npm config get globalconfig 2>/dev/null)}
  if [ "$("$bin/node" --version 2>/dev/null)" != "v$node_wanted" ] || [ ! -e "$root/node_modules/npm" ]; then
    rm -rf "$root.tmp" && mkdir -p "$root.tmp"
    echo '{ "private": true }' >"$root.tmp/package.json"
    quietly npm install --prefix "$root.tmp" --ignore-scripts --no-audit --no-fund "node-linux-$arch@$node_wanted" "npm@$npm_wanted" ||
      fail "Node $node_wanted could not be had from npm (above), and $(node --version 2>/dev/null || echo 'no Node') is too old to go on." \
        'Install Node 22.18 or newer yourself, then again.'
    rm -rf "$root.old"
    [ ! -e "$root" ] || mv "$root" "$root.old"
    mv "$root.tmp" "$root"
    rm -rf "$root.old"
    state=installed
  fi
  export npm_config_globalconfig PATH=$bin:$root/node_modules/.bin:$PATH
  ok "$(node --version), $state"
}

setup_packages() {
  step 'npm packages'
  local stamp=node_modules/.avatar-forge-lock state=cached lock
  lock=$(node -p 'require("crypto").createHash("sha256").update(require("fs").readFileSync("package-lock.json")).digest("hex")')
  if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
    quietly npm ci --ignore-scripts --no-audit --no-fund || fail 'npm ci failed (above): nothing can be built without the packages.'
    echo "$lock" >"$stamp"
    state=installed
  fi
  ok "$state"
}

setup_build() {
  step 'Build'
  quietly node scripts/build.ts || fail 'The build failed (above).'
  ok 'dist/'
}

apt_missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

setup_apt() { # setup_apt WHAT PACKAGE…
  local what=$1 missing
  shift
  step "$what"
  missing=$(apt_missing "$@" | tr '\n' ' ')
  if [ -z "$missing" ]; then ok cached && return; fi
  can_be_root || fail "Debian packages are missing: $missing" "Installing them needs root, and sudo is not there. As root: apt-get install $missing"
  local updated=$AVATAR_FORGE_CACHE/.apt-updated-by # once a run
  if [ "$(cat "$updated" 2>/dev/null)" != $$ ]; then
    quietly as_root apt-get update || fail 'apt-get update failed (above): the missing packages cannot be had.' "Missing: $missing"
    echo $$ >"$updated"
  fi
  # shellcheck disable=SC2086
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing ||
    fail "apt-get could not install: $missing(above)"
  ok "installed $missing"
}

advice() { # advice NAME FORMULA: how to have it on a machine that is not Debian
  if [ "$(uname -s)" = Darwin ]; then echo "brew install $2"; else echo "Install $1 with this machine's package manager"; fi
}

setup_command() { # setup_command WHAT COMMAND ADVICE: where apt is not the way
  step "$1"
  has "$2" || fail "$2 is not there." "$3"
  ok "$(command -v "$2")"
}

setup_blender() {
  if [ -n "${AVATAR_FORGE_BLENDER:-}" ]; then
    setup_command Blender "$AVATAR_FORGE_BLENDER" "$(advice Blender '--cask blender'), or set AVATAR_FORGE_BLENDER to its executable."
  elif has apt-get; then
    setup_apt 'Blender, Xvfb' "${blender_packages[@]}"
  else
    setup_command Blender blender "$(advice Blender '--cask blender'), or set AVATAR_FORGE_BLENDER to its executable."
  fi
}

setup_openssl() {
  if has openssl || ! has apt-get; then
    setup_command openssl openssl "$(advice openssl openssl)"
  else
    setup_apt openssl openssl
  fi
}

setup_go() { # for the companion app's own tests, and to hold edits of Go against gofmt
  if has go || ! has apt-get; then
    setup_command Go go "$(advice Go go)"
  else
    setup_apt Go golang-go
  fi
}

setup_chromium() {
  if has apt-get; then
    setup_apt Chromium chromium
  else
    setup_command Chromium "${AVATAR_FORGE_CHROMIUM:-chromium}" "$(advice Chromium '--cask chromium'), or set AVATAR_FORGE_CHROMIUM to its executable."
  fi
}

rclone_is_new_enough() { # conditional PUT works from 1.72 on
  "$1" version 2>/dev/null | awk 'NR == 1 { split(substr($2, 2), v, "."); exit !(v[1] > 1 || v[2] >= 72) }'
}

rclone_from_sid() { # a file, not an installed package: apt's own sources and state are not touched
  local into=$1 mirror=$2 apt
  rm -rf "$into" && mkdir -p "$into"/{lists/partial,archives/partial,tree}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$into/sources.list"
  : >"$into/status"
  apt=(apt-get -o Dir::Etc::SourceList="$into/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State="$into" -o Dir::State::status="$into/status" -o Dir::Cache="$into"
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success= -o APT::Update::Post-Invoke=)
  "${apt[@]}" update &&
    (cd "$into" && "${apt[@]}" download rclone) &&
    dpkg -x "$into"/rclone_*.deb "$into/tree"
}

setup_rclone() {
  step 'rclone'
  local home=$AVATAR_FORGE_CACHE/rclone mirror state=cached
  if ! rclone_is_new_enough rclone; then
    has apt-get || fail 'rclone 1.72 or newer is needed for promotion to S3.' "$(advice rclone rclone)"
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail 'rclone 1.72 or newer is needed for promotion, and this machine takes no packages from Debian.' \
      'Put a newer one on PATH, then again.'
    quietly rclone_from_sid "$home.tmp" "$mirror" || fail "rclone could not be had from Debian's sid suite (above); 1.72 or newer is needed for promotion."
    mkdir -p "$home"
    mv "$home.tmp/tree/usr/bin/rclone" "$home/rclone"
    rm -rf "$home.tmp"
    state="from Debian's sid"
  fi
  hash -r
  ok "$(rclone version | head -1 | cut -d' ' -f2), $state"
}

setup_swift() { # an S3 server without conditional PUT
  if has apt-get; then
    setup_apt 'Swift' swift swift-proxy swift-account swift-container swift-object memcached
  else
    step Swift && skip 'not here' 'It comes from Debian: promotion to an S3 without conditional PUT is not tested.'
  fi
}

setup_uml() { # a Linux as a process, with an NFS server and client
  if has apt-get; then
    setup_apt 'User-Mode Linux, NFS' user-mode-linux nfs-kernel-server nfs-common kmod e2fsprogs iproute2
  else
    step 'User-Mode Linux' && skip 'not here' 'It comes from Debian: promotion to a real NFS mount is not tested.'
  fi
}

code_server_from_npm() { # a plain install would compile what nothing here uses
  local into=$1 npm=(npm install --ignore-scripts --no-audit --no-fund)
  rm -rf "$into" && mkdir -p "$into" && echo '{ "private": true }' >"$into/package.json"
  "${npm[@]}" --prefix "$into" "code-server@$code_server_wanted" &&
    (cd "$into/node_modules/code-server/lib/vscode" && "${npm[@]}" --omit=dev && cd extensions && "${npm[@]}" --omit=dev)
}

setup_code_server() { # VS Code for a browser, outside node_modules: 600 MB
  step 'code-server'
  local root=$AVATAR_FORGE_CACHE/code-server state=cached
  local manifest=$root/node_modules/code-server/package.json
  if [ "$(node -p 'require(process.argv[1]).version' "$manifest" 2>/dev/null)" != "$code_server_wanted" ]; then
    quietly code_server_from_npm "$root.tmp" || fail "code-server $code_server_wanted could not be had from npm (above)." \
      'It is VS Code in a browser: without it the extension can be neither tried nor tested here.'
    rm -rf "$root.old"
    [ ! -e "$root" ] || mv "$root" "$root.old"
    mv "$root.tmp" "$root"
    rm -rf "$root.old"
    state=installed
  fi
  ok "$code_server_wanted, $state"
}

setup_buildah() { # for the image; where it cannot be had the suite skips, saying so
  if has apt-get && can_be_root; then
    setup_apt buildah buildah
    if [ "$(id -u)" -eq 0 ]; then scripts/standIn.sh >/dev/null; fi
  else
    step buildah
    skip 'left out' 'Images are built on Debian, by root: the suite of the image is skipped.'
  fi
}

setup_tree() { # setup_tree SUITE: its Blender is then $AVATAR_FORGE_CACHE/trees/blender-SUITE
  if has apt-get; then setup_apt 'debootstrap' debootstrap; fi
  scripts/tree.sh "$1" >/dev/null
}
