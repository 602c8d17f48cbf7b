#!/bin/bash
# Solve one part of a run on a disk of this machine, and keep a copy of it in a folder that all machines see:
#   part.sh CONFIG INDEX COUNT SHARED
# SQLite is not safe on a shared file system, so work is done in KINDLING_LOCAL (/tmp by default) and copied every
# KINDLING_COPY_EVERY (30m by default), when no process has it open. What a machine did since then is lost with it.
# The config takes its `output` from KINDLING_RUNS. KINDLING is the command, `npx kindling` by default.
set -u
config=$1 index=$2 count=$3 shared=$4
part=$index/$count
export KINDLING_RUNS=${KINDLING_LOCAL:-/tmp}/kindling-part-$index-of-$count
mkdir -p "$KINDLING_RUNS" "$shared" || exit 74

# A copy has its name only when it is whole.
copy() {
  for folder in "$1"/*.part-*-of-"$count"; do
    name=${folder##*/}
    number=${name##*.part-}
    [ -d "$folder" ] && [ $((10#${number%%-*})) = "$index" ] || continue
    rm -rf "$2/$name.new" && cp -a "$folder" "$2/$name.new" || return 74
    rm -rf "${2:?}/$name" && mv "$2/$name.new" "$2/$name" || return 74
  done
}

# What this machine has is newer than the copy.
compgen -G "$KINDLING_RUNS/*.part-*" > /dev/null || copy "$shared" "$KINDLING_RUNS" || exit

stopped=
while :; do
  ${KINDLING:-npx kindling} run "$config" --shard "$part" --wait 1m --deadline "${KINDLING_COPY_EVERY:-30m}" &
  # A scheduler that takes the machine away says so; kindling ends within a second, and what it did is copied.
  trap 'stopped=yes; kill -TERM $!' TERM INT
  wait $!
  status=$?
  [ -z "$stopped" ] || { wait $!; status=$?; }
  trap - TERM INT
  copy "$KINDLING_RUNS" "$shared" || exit
  # 9: the time until the next copy has passed.
  [ $status = 9 ] && [ -z "$stopped" ] || break
done
[ $status != 0 ] || rm -rf "$KINDLING_RUNS"
exit $status
