#!/bin/sh
# Command lines, configs and lines that make no sense; memory.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
case $B in
*-san*) export WEIR_SANITIZED=1 ;;
esac
exec "$B/prog/input" --lanes 4 --only "${ONLY:-}" -- \
	"$B/svlogd-bin/svlogd" "$B/svlogd-bin/svlogd-fault"
