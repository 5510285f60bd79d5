#!/usr/bin/env bash
# npm run try [-- --port N]: sets up what is missing, then VS Code in the browser with the extension in it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

setup_cache
setup_node
setup_packages
setup_blender
setup_code_server
setup_done
exec node scripts/try.ts "$@"
