#!/bin/sh
# Measures a machine in qemu, without KVM: from process 1 until 200 services are
# up, each with a logger, and from `runit-init 0` until the power is off; weir's
# programs beside runit's, round by round. bench/README.md.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=bench/lib.sh
. "$here/lib.sh"
# shellcheck source=bench/figures.sh
. "$here/figures.sh"
# shellcheck source=bench/bootset.sh
. "$here/bootset.sh"
# shellcheck source=tests/kit/machine.sh
. "$top/tests/kit/machine.sh"

options "$@"
[ -z "$rest" ] || usage '20 services, one round'

: "${ROUNDS:=5}"
: "${VM_LIMIT:=100}"
: "${VM_WORDS:=}"
SERVICES=$(sized "$SERVICES" 20) ROUNDS=$(sized "$ROUNDS" 1)

skip() {
	echo "bootvm skipped: $*"
	exit 0
}

machine_needs "$top" "${VM_DIR:-$top/build/vm}/packages"
fetch_peers
boot_needs

machine=''
workroom
at_end 'kill -KILL $machine 2>/dev/null'
cd "$work" || exit 1
build bootvm "musl-gcc -static" "${CC:-cc} -static"

# --- two machines ---------------------------------------------------------------
# libraries FILE ...: what they are linked with, where they look for it.
libraries() {
	ldd "$@" 2>/dev/null | grep -o '/[^ ]*\.so[^ ]*' | sort -u
}

# make_root WHO PROGRAM ...: process 1, its order, runsvdir, runsv, sv.
make_root() {
	who=$1
	shift
	machine_root "$who" && mkdir "$who/log" &&
		mknod "$who/dev/kmsg" c 1 11 && cp bin/bootvm "$@" "$who/sbin/" ||
		return
	for library in $(libraries "$@"); do
		mkdir -p "$who${library%/*}" &&
			cp -L "$library" "$who$library" || return
	done
	boot_set "$who" /sbin/bootvm \
		'sv -w 60 force-shutdown /service/* >/dev/null; bootvm check'
	machine_pack "$who" "initrd-$who"
}

ours=$WEIR_BUILD/supervisor-bin theirs=$PEERS/usr/bin
make_root weir "$WEIR_BUILD/init-bin/runit" "$WEIR_BUILD/init-bin/runit-init" \
	"$ours/runsvdir" "$ours/runsv" "$ours/sv" &&
	make_root runit "$their_runit" "$their_runit_init" \
		"$theirs/runsvdir" "$theirs/runsv" "$theirs/sv" ||
	die 'the roots cannot be made'

# --- rounds ---------------------------------------------------------------------
# figures NAME: what a machine said, as lines "NAME_up_ms NUMBER" and so on. The
# look at the logs is none of the end's time. Without its last word it says none.
figures() {
	tr -d '\r' <serial | sed -n 's/^\[ *\([0-9.]*\)\] /\1 /p' |
		awk -v name="$1" '
	$2 == "boot:" && NF == 3 { at[$3] = $1 }
	$2 == "boot:" && $3 == "lines" {
		looked = $1
		lines = $4; lost = $6; killed = $8
	}
	$2 == "reboot:" && looked {
		printf "%s_up_ms %.1f\n", name, 1000 * (at["up"] - at["start"])
		printf "%s_end_ms %.1f\n", name, 1000 * \
		    ($1 - at["stop"] - (looked - at["check"]))
		print "lines", lines "\nlost", lost "\nkilled", killed
	}'
}

# boot WHO NAME OPTION ...: a machine from its first process to its end.
boot() {
	who=$1 name=$2
	shift 2
	machine_start "initrd-$who" \
		"rdinit=/sbin/bootvm services=$SERVICES $VM_WORDS" "$@"
	machine_ends "$VM_LIMIT" || { kill -KILL "$machine"; wait "$machine"; }
	machine=''
	if grep -q 'boot: not all are up' serial ||
	    ! figures "$name" | grep . >>"raw-$who"; then
		say "$who: failed; the end of what it said:"
		tail -n 5 serial >&2
		echo 'failed 1' >>"raw-$who"
	fi
}

# Besides, a machine whose clock is its instructions, as many a millisecond: it
# has the same figures however busy others are.
counted='shift=1,sleep=off'
round=0
while [ $round -lt "$ROUNDS" ]; do
	for who in weir runit; do
		boot $who clock
	done
	round=$((round + 1))
done
for who in weir runit; do
	boot $who counted -icount $counted
done

# --- what they came to ------------------------------------------------------------
total() {
	named "raw-$1" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

row() {
	a=$(usual weir "$2") b=$(usual runit "$2")
	echo "| $1 | $a | $b | $(fixed 2 "$(ratio "$a" "$b")") |"
}

printf '| %s services with loggers, %s rounds | weir | runit | ratio |\n' \
	"$SERVICES" "$ROUNDS"
echo '|---|---|---|---|'
row 'all up, ms' clock_up_ms
row 'the end, ms' clock_end_ms
row 'all up, ms of 500,000 instructions' counted_up_ms
row 'the end, ms of 500,000 instructions' counted_end_ms
for figure in lines lost killed failed; do
	printf '| %s, of all boots | %s | %s | |\n' $figure \
		"$(total weir $figure)" "$(total runit $figure)"
done
[ "$check" -eq 1 ] || exit 0

# --- what is promised -------------------------------------------------------------
missed=0
miss() {
	say "$*"
	missed=1
}

# most FIGURE RATIO
most() {
	awk -v a="$(usual weir "$1")" -v b="$(usual runit "$1")" -v most="$2" \
		'BEGIN { exit !(a > 0 && b > 0 && a <= most * b) }' ||
		miss "$1: over $2 of runit's"
}

most clock_up_ms 0.70
most counted_up_ms 0.70
most clock_end_ms 1.0
most counted_end_ms 1.0
[ "$(total weir lines)" -gt 0 ] || miss 'no lines'
for figure in lost killed failed; do
	[ "$(total weir $figure)" -eq 0 ] || miss "$figure: not 0"
done
exit $missed
