#!/bin/sh
# svlogd's regular expressions and masks: what it says of them, and lines that
# cost too much.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/expressions" --lanes 4 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
