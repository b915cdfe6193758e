#!/bin/sh
# Memory runs out, at each place where it is taken; and none is taken while
# lines flow.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/memory" --lanes 4 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
