# shellcheck shell=bash
# Sourced, not run. buildah with a storage of its own in the cache.

export AVATAR_FORGE_CACHE=${AVATAR_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/avatar-forge}

images() {
  # A file system that is itself an overlay cannot hold another: then every layer is a copy.
  local driver=overlay
  [ "$(stat --file-system --format %T "$AVATAR_FORGE_CACHE")" != overlayfs ] || driver=vfs
  buildah --root "$AVATAR_FORGE_CACHE/images" --runroot "$AVATAR_FORGE_CACHE/images-run" --storage-driver "$driver" "$@"
}
