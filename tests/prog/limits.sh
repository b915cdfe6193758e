#!/bin/sh
# What there is too much of, and what is not there.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/limits" --lanes 4 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
