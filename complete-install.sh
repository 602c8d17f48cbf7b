#!/bin/sh
# npm leaves out, without a word, the optional packages (binaries of sharp, vite…) that do not support the Node it runs
# on. Where that Node is older than they take, install once more with the one that has just come.
set -eu
cd "$(dirname "$0")"
enough='const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)'
if node -e "$enough"; then exit 0; fi
if ! sh with-node.sh node -e "$enough"; then exit 0; fi
echo "installing once more with the Node that came: $(node --version) is too old for some packages"
exec sh with-node.sh npm ci --ignore-scripts --no-audit --no-fund
