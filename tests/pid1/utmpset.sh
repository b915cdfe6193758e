#!/bin/sh
# utmpset, beside runit's, where that is to be had.
#
#   B           the build folder
#   RUNIT_ROOT  where Debian's package runit is unpacked, if not build/peers
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
theirs=${RUNIT_ROOT:-$here/../../build/peers}/usr/sbin/utmpset
[ -x "$theirs" ] && RUNIT_UTMPSET=$theirs && export RUNIT_UTMPSET
exec "$B/pid1/utmpset" -- "$B/init-bin/utmpset"
