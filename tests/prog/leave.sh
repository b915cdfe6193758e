#!/bin/sh
# TERM with much to do.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/leave" --lanes 2 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
