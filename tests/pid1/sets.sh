#!/bin/sh
# Sets of stage scripts: ours for containers, Debian's, Void's layout.
#
#   B           the build folder
#   ONLY        sentences with these words
#   RUNIT_ROOT  where Debian's package runit is unpacked, if not build/peers
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
RUNIT_ROOT=${RUNIT_ROOT:-$here/../../build/peers}
[ -e "$RUNIT_ROOT/etc/runit/3" ] || unset RUNIT_ROOT
[ -z "${RUNIT_ROOT:-}" ] || export RUNIT_ROOT

s=$B/supervisor-bin
exec "$B/pid1/sets" --only "${ONLY:-}" -- "$B/init-bin/runit" \
	"$B/init-bin/runit-init" "$s/runsvdir" "$s/runsv" "$s/sv" \
	"$B/svlogd-bin/svlogd" "$s/chpst" "$s/runsvchdir" \
	"$here/../../etc/runit/container" "$here/void"
