#!/bin/sh
# Measures weir's runsvdir and runsv beside runit's, with many services that
# have a logger each; bench/README.md.
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")

usage() {
	cat >&2 <<-'END'
	usage: services.sh [--quick] [--check] [--peers]
	  --quick  100 services, one round: does it run?
	  --check  exit 1 if a figure falls short of what we promise
	  --peers  first fetch runit into PEERS (default build/peers)
	END
	exit 2
}

quick=0 check=0 fetch=0
for arg; do
	case $arg in
	--quick) quick=1 ;;
	--check) check=1 ;;
	--peers) fetch=1 ;;
	*) usage ;;
	esac
done

# Static, with musl where it is to be had (make musl): that is how runsv costs
# least, and how it is meant to be installed.
static() {
	for room in musl-gcc-linux-static cc-linux-static cc-linux; do
		dir=$top/build/$room/supervisor-bin
		[ -x "$dir/runsvdir" ] && [ -x "$dir/runsv" ] && echo "$dir" &&
		    return
	done
	echo "$top/build/bin"
}

: "${WEIR_BIN:=$(static)}"
: "${PEERS:=$top/build/peers}"
: "${BENCH_TMP:=/dev/shm}" # a tmpfs
: "${BENCH_RAW:=}"         # keep every single figure in this directory

if [ "$quick" -eq 1 ]; then
	services=100 rounds=1 idle=1000 many=200
else
	services=1000 rounds=7 idle=5000 many=1200
fi

say() {
	echo "services: $*" >&2
}

[ "$(id -u)" -eq 0 ] || { say 'needs root: pid namespaces'; exit 1; }
[ "$fetch" -eq 1 ] && sh "$here/peers.sh" "$PEERS" >&2
work=$(mktemp -d "$BENCH_TMP/weir-services.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
runit=$PEERS/usr/bin

# What is run is as small as can be: it is the supervisor that is measured.
for cc in "musl-gcc -static" "${CC:-cc} -static" "${CC:-cc}"; do
	# shellcheck disable=SC2086 # a command and its option
	$cc -std=c11 -O2 -o "$work/fleet" "$here/fleet.c" 2>/dev/null && break
done
[ -x "$work/fleet" ] || { say 'cannot build fleet'; exit 1; }

# Who starts whom.
cases='runit weir mixed'

missing() {
	case $1 in
	weir | mixed) [ -x "$WEIR_BIN/runsvdir" ] || echo "no $WEIR_BIN/runsvdir" ;;
	esac
	case $1 in
	runit | mixed) [ -x "$runit/runsv" ] || echo "no $runit/runsv" ;;
	esac
}

title() {
	case $1 in
	runit) echo 'runit' ;;
	weir) echo 'weir' ;;
	mixed) echo "weir runsvdir, runit's runsv" ;;
	esac
}

# once CASE SERVICES IDLE [OPTION ...]: one line of figures.
once() {
	runsvdir=$WEIR_BIN/runsvdir path=$WEIR_BIN
	case $1 in
	runit) runsvdir=$runit/runsvdir path=$runit ;;
	mixed) path=$runit ;;
	esac
	n=$2 ms=$3
	shift 3
	mkdir "$work/sv" || return
	PATH=$path:$PATH timeout 300 unshare -pf --mount-proc --kill-child \
	    "$work/fleet" -n "$n" -i "$ms" "$@" "$work/sv" "$runsvdir"
	rm -rf "$work/sv"
}

# median FILE COLUMN
median() {
	[ -s "$1" ] || { echo -; return; }
	awk -v c="$2" '{ print $c }' "$1" | sort -g |
	    awk '{ v[NR] = $1 } END {
		print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
	    }'
}

peak() {
	[ -s "$1" ] || { echo -; return; }
	awk -v c="$2" '$c > m { m = $c } END { print m + 0 }' "$1"
}

ratio() {
	case "$1 $2" in
	*-*) echo - ;;
	*) awk "BEGIN { print $1 / $2 }" ;;
	esac
}

load=$(cut -d ' ' -f 1 /proc/loadavg)
can=
for name in $cases; do
	why=$(missing "$name")
	if [ -z "$why" ]; then
		can="$can $name"
	else
		say "$name skipped: $why"
	fi
done
round=1
while [ "$round" -le "$rounds" ]; do
	say "round $round of $rounds"
	for name in $can; do
		once "$name" "$services" "$idle" >>"$work/raw-$name" || exit 1
	done
	round=$((round + 1))
done
say "$many services, ended by TERM with -T"
mkdir "$work/sv"
PATH=$WEIR_BIN:$PATH timeout 300 unshare -pf --mount-proc --kill-child \
    "$work/fleet" -n "$many" -s TERM "$work/sv" "$WEIR_BIN/runsvdir" -T \
    >"$work/raw-many"
rm -rf "$work/sv"

echo "$(uname -sr), $(nproc) cores, load $load before; weir from $WEIR_BIN"
[ "$quick" -eq 1 ] && echo 'quick: the figures mean little'
echo
echo "$services services with loggers; medians of $rounds rounds"
row='%-30s %8s %8s %8s %10s %10s\n'
# shellcheck disable=SC2059 # the row is a format
printf "$row" '' 'up s' 'stop s' 'CPU s' 'idle ms/s' 'PSS KiB'
for name in $can; do
	f=$work/raw-$name
	# shellcheck disable=SC2059
	printf "$row" "$(title "$name")" "$(median "$f" 1)" "$(median "$f" 2)" \
	    "$(median "$f" 4)" "$(median "$f" 3)" "$(median "$f" 5)"
done

# require WORDS FIGURE MOST
require() {
	if [ -z "$2" ] || [ "$2" = - ]; then
		echo "none  $1: not measured"
	elif awk -v v="$2" -v b="$3" 'BEGIN { exit !(v <= b) }'; then
		echo "ok    $1: $2 (at most $3)"
	else
		echo "SHORT $1: $2 (at most $3)"
	fi
}

up=$(ratio "$(median "$work/raw-weir" 1)" "$(median "$work/raw-runit" 1)")
{
	case " $can " in
	*' runit '*) require 'all up, of runit' "$up" 0.70 ;;
	*) echo 'skip  all up, of runit: no runit' ;;
	esac
	require 'all gone, s' "$(peak "$work/raw-weir" 2)" 2
	require 'idle, CPU ms a second of all processes' \
	    "$(median "$work/raw-weir" 3)" 1
	require "$many services, all up, s" "$(median "$work/raw-many" 1)" 10
	require "$many services, all gone, s" "$(median "$work/raw-many" 2)" 9
} >"$work/verdicts"
echo
cat "$work/verdicts"
[ -n "$BENCH_RAW" ] && mkdir -p "$BENCH_RAW" && cp "$work"/raw-* "$BENCH_RAW"
[ "$check" -eq 0 ] && exit 0
! grep -q '^SHORT\|^none' "$work/verdicts"
