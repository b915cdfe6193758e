#!/bin/sh
# Datagrams: receivers that listen, do not, come and go; a logger that dies.
#
#   B      the build folder
#   ONLY   sentences with these words
#   KILLS  at random, where that is more than a few
set -u
: "${B:?the build folder}"
exec "$B/prog/udp" --lanes 3 --only "${ONLY:-}" --long "${KILLS:-0}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
