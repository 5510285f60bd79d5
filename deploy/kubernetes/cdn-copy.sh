#!/bin/sh
# Copies published models to the CDN's bucket. It only ever adds: nothing in the bucket is deleted or changed by it.
#
#   MODELS      folder of published models, mounted read-only
#   CDN         REMOTE:BUCKET or REMOTE:BUCKET/PATH of rclone's; its keys come from RCLONE_CONFIG_<REMOTE>_*
#   MAX_LOST    how many models may be in the bucket and no longer in the folder (default 0)
#
# Exit codes: 0 copied, or nothing new; 1 rclone failed; 3 the folder has no models; 4 the folder has lost models;
# 6 a model in the bucket has other bytes.
set -eu
: "${MODELS:?}" "${CDN:?}"

models() { # the names of what is published in $1; files that are just being written have names that start with a dot
  rclone lsf --recursive --files-only --filter '- .*' --filter '+ /*.vrm' --filter '+ /animations/*.vrma' --filter '- *' -- "$1"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
models "$MODELS" >"$work/listed" # on its own, so that a failure is not taken for an empty folder
sort "$work/listed" >"$work/here"
if [ ! -s "$work/here" ]; then
  echo "$MODELS has no models: is the share mounted? Nothing was copied." >&2
  exit 3
fi
models "$CDN" >"$work/listed"
sort "$work/listed" >"$work/there"
lost=$(comm -13 "$work/here" "$work/there" | wc -l)
if [ "$lost" -gt "${MAX_LOST:-0}" ]; then
  echo "$MODELS lacks $lost models that are in $CDN. Nothing was copied." >&2
  exit 4
fi

# --immutable: what is there already is compared and never replaced. Its exit code for other bytes is 6.
rclone copy --immutable --checksum --transfers 4 --s3-no-check-bucket --files-from-raw "$work/here" \
  --header-upload 'Content-Type: model/gltf-binary' \
  --header-upload 'Cache-Control: public, max-age=31536000, immutable' \
  --stats-one-line --stats 30s --log-level NOTICE -- "$MODELS" "$CDN"
rclone check --one-way --files-from-raw "$work/here" --log-level NOTICE -- "$MODELS" "$CDN"

# What was put there in parts by another program has no MD5 to compare by: that is fetched.
rclone lsf --recursive --files-from-raw "$work/here" --format hp --hash MD5 -- "$CDN" >"$work/listed"
sed -n 's/^;//p' "$work/listed" >"$work/unhashed"
if [ -s "$work/unhashed" ]; then
  rclone check --download --one-way --differ "$work/other" --files-from-raw "$work/unhashed" --log-level NOTICE -- "$MODELS" "$CDN" ||
    if [ -s "$work/other" ]; then exit 6; else exit 1; fi
fi
echo "$(wc -l <"$work/here") models are in $CDN, $(comm -23 "$work/here" "$work/there" | wc -l) of them new."
