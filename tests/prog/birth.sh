#!/bin/sh
# What the processes that our programs start are born with.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
bin=$B/supervisor-bin
exec "$B/prog/birth" --lanes 4 --only "${ONLY:-}" -- \
	"$bin/runsvdir" "$bin/runsvdir-fault" "$bin/runsv" \
	"$B/prog/state" "$bin/sv" "$B/svlogd-bin/svlogd"
