#!/bin/sh
# A log directory that somebody else owns, and plays with.
#
#   B     the build folder
#   ONLY  sentences with these words
#   RACE  seconds of each race (short: 3; long: 20)
set -u
: "${B:?the build folder}"
exec "$B/prog/hostile" --lanes 6 --only "${ONLY:-}" --long "${RACE:-0}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
