#!/bin/sh
# Every system call fails: for a moment, and for ever.
#
#   B     the build folder
#   ONLY  sentences with these words
#   LONG  that many places of each call, every error (short: 0)
set -u
: "${B:?the build folder}"
exec "$B/prog/calls" --lanes 12 --only "${ONLY:-}" --long "${LONG:-0}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
