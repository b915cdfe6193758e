#!/bin/sh
# Old files that are compressed beside the log: whole, whoever dies.
#
#   B             the build folder
#   ONLY          sentences with these words
#   LONG          how often something is killed (default: 25)
#   RUNIT_SVLOGD  runit's svlogd, if not below build/peers (bench/peers.sh)
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
RUNIT_SVLOGD=${RUNIT_SVLOGD:-$here/../../build/peers/usr/bin/svlogd}
export RUNIT_SVLOGD
exec "$B/prog/packs" --lanes 4 --only "${ONLY:-}" --long "${LONG:-0}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
