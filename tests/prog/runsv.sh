#!/bin/sh
# What is true of runit's runsv is true of ours.
#
#   B            the build folder
#   ONLY         sentences with these words
#   RUNIT_RUNSV  runit's runsv, if not beside RUNIT_SVLOGD or below build/peers
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
peers=$here/../../build/peers/usr/bin/svlogd
RUNIT_RUNSV=${RUNIT_RUNSV:-$(dirname "${RUNIT_SVLOGD:-$peers}")/runsv}

"$B/prog/runsv" --lanes 6 --only "${ONLY:-}" -- \
	"$B/supervisor-bin/runsv" || exit 1
if [ ! -x "$RUNIT_RUNSV" ]; then
	echo "skipped: no runit runsv found to compare with"
	exit 0
fi
exec "$B/prog/runsv" --lanes 6 --only "${ONLY:-}" -- "$RUNIT_RUNSV"
