#!/bin/sh
# Datagrams where there is no way, only IPv6, a filter, a small MTU; a name that
# moves.
#
#   B      the build folder
#   ONLY   sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/networks" --lanes 3 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
