#!/bin/sh
# Process 1 in a box: stages, orders, storms, crashes, containers; beside
# runit's, where that is to be had.
#
#   B           the build folder
#   ONLY        sentences with these words
#   RUNIT_ROOT  where Debian's package runit is unpacked, if not build/peers
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
root=${RUNIT_ROOT:-$here/../../build/peers}
for place in sbin/runit usr/sbin/runit; do
	[ -x "$root/$place" ] && RUNIT_PID1=$root/$place && export RUNIT_PID1
done
for place in lib/runit/runit-init sbin/runit-init usr/sbin/runit-init; do
	[ -x "$root/$place" ] && RUNIT_INIT=$root/$place && export RUNIT_INIT
done

# Process 1 takes no memory.
for module in stage orders flag task console snapshot rescue first runit; do
	if nm -u "$B/init/$module.o" |
	    grep -wE 'malloc|calloc|realloc|strdup|free'; then
		echo "$module takes memory"
		exit 1
	fi
done

"$B/pid1/pid1" --lanes 8 --only "${ONLY:-}" -- \
	"$B/init-bin/runit" "$B/init-bin/runit-init" \
	"$B/init-bin/runit-fault" || exit 1
[ -n "${RUNIT_PID1:-}" ] || echo "skipped: no runit found to compare with"
