#!/bin/sh
# svlog -f, beside svlogd.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/follow" --lanes 4 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
