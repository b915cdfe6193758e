#!/bin/sh
# A full disk, and one that has space again.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/full" --lanes 6 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
