#!/bin/sh
# runsvdir: its services as they come, go, change and fail; beside runit's,
# where that is to be had.
#
#   B          the build folder
#   ONLY       sentences with these words
#   RUNIT_BIN  the folder of runit's runsvdir and runsv, if not below
#              build/peers (bench/peers.sh)
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
RUNIT_BIN=${RUNIT_BIN:-$here/../../build/peers/usr/bin}
[ -x "$RUNIT_BIN/runsvdir" ] && [ -x "$RUNIT_BIN/runsv" ] || RUNIT_BIN=
export RUNIT_BIN

# Memory is taken while a directory is looked at, and by nobody else.
for module in runsvdir warden survey watch whole hail proctitle lent; do
	if nm -u "$B/supervisor/$module.o" |
	    grep -wE 'malloc|calloc|realloc|strdup|free'; then
		echo "$module takes memory"
		exit 1
	fi
done

exec "$B/prog/runsvdir" --lanes 8 --only "${ONLY:-}" -- \
	"$B/supervisor-bin/runsvdir" "$B/supervisor-bin/runsvdir-fault" \
	"$B/supervisor-bin/runsv"
