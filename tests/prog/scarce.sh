#!/bin/sh
# Supervision where processes, descriptors and numbers are scarce.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
bin=$B/supervisor-bin
exec "$B/prog/scarce" --lanes 4 --only "${ONLY:-}" -- \
	"$bin/runsvdir" "$bin/runsvdir-fault" "$bin/runsv" \
	"$bin/sv" "$bin/runsv-fault"
