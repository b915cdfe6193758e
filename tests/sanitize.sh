#!/bin/sh
# The programs under the address and undefined behaviour sanitizers, in the
# program tests that tell most, in short. B is the folder of a build with SAN=1.
#
# A test may well go on where a program of its has died; so what sanitizers say
# goes to a file a process, and there must be none.
set -u
: "${B:?the build folder}"
here=$(dirname "$0")
said=$(mktemp -d) || exit 1
trap 'rm -rf "$said"' EXIT
chmod 1777 "$said"

export ASAN_OPTIONS="log_path=$said/report"
export UBSAN_OPTIONS="log_path=$said/report:print_stacktrace=1"
export STEP=9 DOUBLES=5 KILLS=24 TERMS=8
sh "$here/check.sh" prog/crash.sh prog/kill.sh prog/hostile.sh prog/packs.sh \
    prog/expressions.sh prog/follow.sh prog/svlog.sh prog/runsv.sh \
    prog/keeper.sh prog/adopt.sh prog/sv.sh prog/gone.sh prog/rings.sh \
    prog/networks.sh pid1/sets.sh pid1/utmpset.sh
bad=$?
find "$said" -type f -exec head -n 40 {} +
[ $bad -eq 0 ] && [ -z "$(find "$said" -type f)" ]
