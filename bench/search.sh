#!/bin/sh
# How fast svlog finds: a minute in logs that are held as seekable gzip, and a
# pattern in all of them, beside zcat and grep.
#
#   search.sh [GIB]      of logs, default 1; half a minute for each
#
#   WEIR_SVLOG   build/bin/svlog
#   BENCH_BIN    the folder of genlog and pack (make bench-programs)
#   BENCH_TMP    a disk with a fifth of GIB free for gzip, and half a GiB for the
#                plain part; default /var/tmp
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BENCH_TMP:=/var/tmp}"

# shellcheck source=bench/lib.sh
. "$here/lib.sh"
# shellcheck source=bench/figures.sh
. "$here/figures.sh"

svlog=${WEIR_SVLOG:-$top/build/bin/svlog}
bin=${BENCH_BIN:-$top/build/cc-linux/bench-bin}
gib=${1:-1}
workroom
files=$((gib * 5)) # of some 205 MiB
lines=1280000
mkdir "$work/packed" "$work/plain"

# Stamps from 2026-11-22 00:00, a thousand lines a second; file $1 from 0 on.
stamp() {
	awk -v at=$(($1 * lines)) '{
		s = int(at / 1000)
		printf "2026-11-%02d_%02d:%02d:%02d.%03d00 %s\n",
		    22 + int(s / 86400), s / 3600 % 24, s / 60 % 60, s % 60,
		    at++ % 1000, $0
	}'
}

# The label of the second that file $1 ends in: TAI64 of 2026-11-22 is 2^62 + 10
# + 1795305600.
label() {
	printf '@40000000%08x00000000.s' \
	    $((1795305610 + ($1 + 1) * lines / 1000 + 1))
}

"$bin/genlog" -n "$lines" >"$work/log"
for i in $(seq 0 $((files - 1))); do
	stamp "$i" <"$work/log" | "$bin/pack" 1 >"$work/packed/$(label "$i")"
done
for i in 0 1; do
	stamp $i <"$work/log" >"$work/plain/$(label $i)"
done
touch "$work/packed/current" "$work/plain/current"
rm "$work/log"
sync

ms() {
	echo $(($(date +%s%N) / 1000000))
}

cold() {
	if [ -w /proc/sys/vm/drop_caches ]; then
		sync
		echo 3 >/proc/sys/vm/drop_caches
	else
		echo "  (caches cannot be dropped here: not cold)"
	fi
}

# runs COMMAND: the median of five runs on one core, in ms. grep ends at its
# first hit where it sees that its output is /dev/null.
runs() {
	for _ in 1 2 3 4 5; do
		a=$(ms)
		taskset -c 0 sh -c "$1" | cat >/dev/null || true
		echo $(($(ms) - a))
	done | middle
}

# beside NAME OURS THEIRS
beside() {
	ours=$(runs "$2")
	theirs=$(runs "$3")
	echo "$1: svlog $ours ms, $theirs ms: $((theirs * 100 / (ours + (ours == 0))))% of their speed"
}

at=$((files / 2 * lines / 1000 + lines / 2000)) # seconds: in the middle of a file
day=$((22 + at / 86400))
clock() {
	printf '2026-11-%02d %02d:%02d:%02d' "$day" $(($1 / 3600 % 24)) \
	    $(($1 / 60 % 60)) $(($1 % 60))
}
from=$(clock $at) until=$(clock $((at + 60)))
total=$(du -sm "$work/packed" | cut -f1)
echo "== $gib GiB as gzip, $files files, $total MiB on the disk; from $from"
# from_cold WORDS ARGUMENTS: until the first of what svlog prints is there.
from_cold() {
	words=$1
	shift
	for run in 1 2 3; do
		cold
		"$svlog" -V >/dev/null # the program itself is warm
		a=$(ms)
		"$svlog" -o raw "$@" "$work/packed/" | head -n 1 >/dev/null
		echo "$words, cold, run $run: $(($(ms) - a)) ms"
	done
}

from_cold 'first line of a minute' -s "$from" -u "$until"
from_cold 'first of the last ten lines' -n 10
echo "lines in that minute: $("$svlog" -c -s "$from" -u "$until" "$work/packed/")"
if command -v strace >/dev/null; then
	strace -o "$work/calls" -e trace=pread64 "$svlog" -o raw -s "$from" \
	    -u "$until" "$work/packed/" >/dev/null
	awk '{ n++; bytes += $NF } END {
		printf "read for it: %d calls, %.1f MiB\n", n, bytes / 1048576
	}' "$work/calls"
fi

all="cat $work/plain/@*"
one=$(find "$work/packed" -name '@*' | sort | head -n 2 | tr '\n' ' ')
mkdir "$work/some"
for f in $one; do ln "$f" "$work/some/"; done
: >"$work/some/current"
$all >/dev/null
echo "== 400 MiB, warm, one core"
re='" 5[0-9][0-9] [0-9]+ '
beside "gzip, a regular expression, beside zcat | grep -cE" \
    "$svlog -c -e '$re' $work/some/" "zcat $one | grep -cE '$re'"
beside "plain, a text, beside grep -c" \
    "$svlog -c -e 'HTTP/1.1\" 503' $work/plain/" \
    "grep -hc 'HTTP/1.1\" 503' $work/plain/@*"
beside "plain, a rare text, beside grep -c" \
    "$svlog -c -e 'not in there' $work/plain/" \
    "grep -hc 'not in there' $work/plain/@*"
beside "plain, a regular expression, beside grep -cE" \
    "$svlog -c -e '$re' $work/plain/" "grep -hcE '$re' $work/plain/@*"
beside "plain, a text that is often there, beside grep" \
    "$svlog -o raw -e ' 200 ' $work/plain/" "grep -h ' 200 ' $work/plain/@*"
