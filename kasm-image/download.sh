#!/bin/sh
# download.sh URL SHA256 FILE: the file, or nothing where it is not the one that was meant.
set -eu
url=$1 wanted=$2 file=$3
case $wanted in
  *[!0-9a-f]* | '') echo "The checksum for $url is no sha256 in lower case: '$wanted'" >&2 && exit 2 ;;
esac
curl --fail --silent --show-error --location --retry 3 --output "$file" "$url"
found=$(sha256sum "$file" | cut -d' ' -f1)
if [ "$found" != "$wanted" ]; then
  rm -f "$file"
  echo "Wrong checksum: $url has the sha256 $found, and $wanted is asked for. It is not used." >&2
  exit 1
fi
