#!/bin/sh
# A hundred services with loggers: all are up, nothing is done while nothing
# happens, and all are gone soon after HUP. bench/services.sh is the long form.
#
#   B     the build folder
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)

if ! unshare -pf --mount-proc true 2>/dev/null; then
	echo "skipped: no pid namespaces"
	exit 0
fi
fleet=$B/bench-bin/fleet
if [ ! -x "$fleet" ]; then
	echo "skipped: no fleet; make bench-programs"
	exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
figures=$(PATH=$B/supervisor-bin:$PATH timeout 60 unshare -pf --mount-proc \
    --kill-child "$fleet" -n 100 -i 3000 "$dir" "$B/supervisor-bin/runsvdir") ||
	exit 1
echo "up s, stop s, idle CPU ms/s, CPU s, PSS KiB: $figures"

# HUP within 2 s, though a machine may be busy: what is idle is the bench's to judge.
echo "$figures" | awk '{ exit !($2 <= 5) }' || exit 1

# Its bench, as far as it goes here.
sh -n "$here/../../bench/services.sh"
