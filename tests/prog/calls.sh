#!/bin/sh
# Every system call fails: for a moment, and for ever.
#
#   B     the build folder
#   ONLY  sentences with these words
#   LONG  that many places of each call, every error (short: 0)
set -u
: "${B:?the build folder}"
# What its objects leave for the linker to find.
CALLS=$(nm -u "$B"/svlogd/*.o "$B"/filters/*.o \
    "$B"/lib/[!s]*.o "$B"/lib/s[!y]*.o |
    sed -n 's/^ *U \(sys\|os\)_//p' | sort -u | tr '\n' ' ')
export CALLS
exec "$B/prog/calls" --lanes 12 --only "${ONLY:-}" --long "${LONG:-0}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
