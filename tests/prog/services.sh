#!/bin/sh
# 1,200 services with loggers are all up, more than runit takes, and gone after
# HUP; services that fail and hang hold up nobody. bench/services.sh tells what
# that costs.
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

# fleet NAME OPTION ...: what it tells is printed, and kept in dir/NAME.
fleet() {
	figures=$dir/$1
	mkdir "$dir/sv"
	shift
	PATH=$B/supervisor-bin:$PATH timeout -k 5 300 unshare -pf --mount-proc \
	    --kill-child "$fleet" "$@" "$dir/sv" "$B/supervisor-bin/runsvdir" -T \
	    >"$figures" || exit 1
	rm -rf "$dir/sv"
	cat "$figures"
}

# has NAME FIGURE CONDITION: of its value, v.
has() {
	awk -v n="$2" '$1 == n { found = 1; v = $2; if (!('"$3"')) exit 1 }
	    END { exit !found }' "$dir/$1" && return
	echo "$1: $2 is not $3"
	exit 1
}

fleet many -n 1200
has many up_s 'v > 0'
has many stop_s 'v < 60'

# A run that fails starts once a second; one with backoff less often by then.
# k reaches what hangs: else there is no such figure.
fleet sick -x -n 50 -q "$B/supervisor-bin/sv" -k 1
has sick starts 'v <= 1.2'
has sick starts_backoff 'v <= 0.2'
has sick kill_s 'v > 0'

# Its bench, as far as it goes here.
sh -n "$here/../../bench/services.sh"
