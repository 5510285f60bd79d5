# shellcheck shell=bash
# Sourced, not run. One line for each step, with its time, and plain sentences for what cannot be had.

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold='' dim='' red='' plain=''; fi

now_ms() { date +%s%3N | sed 's/3N$/000/'; } # BSD date has no %N

step() { # step NAME: opens a line; `ok`, `skip` or `fail` closes it
  step_start=$(now_ms)
  printf '%s▸%s %s … ' "$bold" "$plain" "$1"
}

elapsed() {
  local ms=$(($(now_ms) - step_start))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

ok() { printf '%s %s%s%s\n' "$1" "$dim" "$(elapsed)" "$plain"; }

skip() { # skip WHAT WHY_AND_WHAT_IT_MEANS: the run goes on without it
  printf '%s %s%s%s\n  %s\n' "$1" "$dim" "$(elapsed)" "$plain" "$2"
}

fail() { # fail SENTENCE…: what, why, what to do; ends the run
  printf '%sfailed%s %s%s%s\n' "$red" "$plain" "$dim" "$(elapsed)" "$plain"
  printf '  %s\n' "$@"
  exit 1
}

quietly() { # quietly COMMAND…: its output is shown only if it fails
  local log status
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null && status=0 || status=$?
  if [ "$status" -ne 0 ]; then
    printf '\n'
    sed 's/^/  │ /' "$log"
  fi
  rm -f "$log"
  return "$status"
}

# numpy: Blender's glTF exporter fails on import without it. EGL: it ends where it draws without a display.
blender_packages=(blender python3-numpy xvfb xauth libgl1-mesa-dri libegl1 libegl-mesa0)

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

debian_mirror() { # the address this machine's own apt takes its packages from; nothing where it has none of Debian's
  local release mirror
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  local ask=(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' "Release: $release" 'Component: main' 'Origin: Debian')
  mirror=$("${ask[@]}" | head -1)
  if [ -z "$mirror" ] && can_be_root; then # a fresh machine does not know origins before its first update
    as_root apt-get update >/dev/null 2>&1 </dev/null || true
    mirror=$("${ask[@]}" | head -1)
  fi
  echo "$mirror"
}
