#!/bin/sh
# Every order of events that a service can meet, searched by spin.
#
#   model.sh            nothing that service.pml forbids is possible
#   model.sh mutants    each mistake in mutants/ is found
#
#   B     the build folder, with model/names
#   CC    a compiler
#   LONG  1: more commands; some minutes and 4 GB
#   JOBS  so many at a time
set -u
: "${B:?the build folder}"
CC=${CC:-cc} LONG=${LONG:-0} JOBS=${JOBS:-2}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
room=$(cd "$B" && pwd)/model

# One row a search: the world, how many commands, and how many in the long
# form; what must come (service.pml), or `always` for what it asserts.
searches() {
	cat <<-'END'
		alone    5 6 always
		stubborn 3 4 always
		logged   2 4 always
		alone    3 4 down up once once_only goes_on stops terms leave
		stubborn 2 3 down up leave
		logged   1 2 down up leave
	END
}

world() {
	case $1 in
	alone) echo -DLOGGER=0 -DSTUBBORN=0 ;;
	stubborn) echo -DLOGGER=0 -DSTUBBORN=1 ;;
	logged) echo -DLOGGER=1 -DSTUBBORN=0 ;;
	esac
}

# compile DIR OBJECT SHOW: a search, all of it but the machine.
compile() {
	if [ "$live" -eq 1 ]; then
		how='-DNFAIR=7'
	else
		how='-DSAFETY -DNOCLAIM'
	fi
	# shellcheck disable=SC2046,SC2086 # lists of options
	mkdir -p "$1" &&
	    "$room/names" | cat - "$here/service.pml" >"$1/service.pml" &&
	    (cd "$1" && spin -a $(world "$world") -DLIVE="$live" \
		-DCOMMANDS="$commands" service.pml >spin.out 2>&1) &&
	    $CC -w -O1 -DCOLLAPSE -DMEMLIM=4000 -DSHOW="$3" $how \
		-I"$top/lib" -I"$top/supervisor" -c -o "$2" "$1/pan.c"
}

machine() {
	# shellcheck disable=SC2086 # a compiler may be several words
	$CC -w -O2 -I"$top/lib" -I"$top/supervisor" -c -o "$2" "$1"
}

# pan DIR OBJECT MACHINE WHAT [OPTION ...]
pan() {
	dir=$1 object=$2 machine=$3 what=$4
	shift 4
	[ "$what" = always ] || set -- "$@" -a -f -N "$what"
	# shellcheck disable=SC2086
	$CC -o "$dir/pan" "$object" "$machine" "$room/control.o" &&
	    (cd "$dir" && ./pan -n -m100000 "$@")
}

# search DIR MACHINE WHAT: true where it holds wherever one can get.
search() {
	pan "$1" "$1/pan.o" "$2" "$3" >"$1/$3.out" 2>&1
	grep -q 'errors: 0$' "$1/$3.out" &&
	    ! grep -q 'max search depth\|out of memory' "$1/$3.out"
}

# How it comes to that, as the service sees it.
trail() {
	compile "$1" "$1/show.o" 1 &&
	    pan "$1" "$1/show.o" "$2" "$3" -r >"$1/trail.out" 2>&1
	grep -h 'assertion viol\|^  [sl]\|START OF CYCLE' \
	    "$1/$3.out" "$1/trail.out"
}

# row WORLD COMMANDS WHAT ...: lines for the report.
row() {
	world=$1 commands=$2 live=1
	shift 2
	[ "$1" = always ] && live=0
	dir=$room/$world-$commands-$live
	if ! compile "$dir" "$dir/pan.o" 0 >"$dir.out" 2>&1; then
		echo "FAILED $world: cannot be built"
		cat "$dir.out" "$dir/spin.out" 2>/dev/null
		return
	fi
	for what; do
		words="$world, $commands commands, $what"
		if search "$dir" "$room/service.o" "$what"; then
			states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' \
			    "$dir/$what.out")
			echo "ok $words: $states states"
		else
			echo "FAILED $words"
			trail "$dir" "$room/service.o" "$what"
		fi
	done
}

# lanes FUNCTION: each line of stdin is its arguments; JOBS at a time, the
# lines it prints in order.
lanes() {
	i=0 pids=
	while read -r line; do
		i=$((i + 1))
		# shellcheck disable=SC2086 # words
		"$1" $line >"$room/lane-$i" &
		pids="$pids $!"
		# shellcheck disable=SC2086
		set -- "$1" $pids
		if [ $# -gt "$JOBS" ]; then
			wait "$2"
			pids=${pids# "$2"}
		fi
	done
	wait
	n=$i i=0
	while [ "$i" -lt "$n" ]; do
		i=$((i + 1))
		cat "$room/lane-$i"
	done
}

# A mistake: found by the first search that fails.
mutant() {
	name=${1##*/} name=${name%.sed}
	words=$(sed -n '1s/^# //p' "$1")
	mine=$room/mutant-$name
	rm -rf "$mine"
	mkdir -p "$mine"
	sed -f "$1" "$top/supervisor/service.c" >"$mine/service.c"
	if cmp -s "$top/supervisor/service.c" "$mine/service.c" ||
	    ! machine "$mine/service.c" "$mine/service.o"; then
		echo "FAILED $name: cannot be made any more"
		return
	fi
	searches | while read -r world few many whats; do
		for what in $whats; do
			live=1 commands=$few
			[ "$what" = always ] && live=0
			from=$room/$world-$commands-$live
			to=$mine/$world-$live
			mkdir -p "$to" && cp "$from/pan.o" "$to/"
			search "$to" "$mine/service.o" "$what" && continue
			grep -q 'errors: 1$' "$to/$what.out" || break 2
			echo "ok $name: $words: found by $world, $what"
			exit 1
		done
	done && echo "FAILED $name: $words: not found"
}

rm -rf "$room"/lane-* "$room"/*-*-[01] || exit
machine "$top/supervisor/service.c" "$room/service.o" &&
    machine "$top/supervisor/control.c" "$room/control.o" || exit
{
	searches | while read -r world few many whats; do
		[ "$LONG" -eq 0 ] || few=$many
		echo "$world $few $whats"
	done | lanes row
	[ "${1:-}" != mutants ] || ls "$here"/mutants/*.sed | lanes mutant
} >"$room/report"
cat "$room/report"
failed=$(grep -c '^FAILED' "$room/report")
echo "$(grep -c '^ok' "$room/report") passed, $failed failed"
[ "$failed" -eq 0 ]
