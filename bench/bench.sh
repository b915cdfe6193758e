#!/bin/sh
# Measures weir's svlogd beside cat and the other loggers; bench/README.md.
#
# A part is a file PART.sh with three functions: PART_run measures, and leaves
# figures in $raw; PART_table prints them, PART_verdicts what is asked of them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
all_parts='throughput expressions gzip udp nginx latency'

# shellcheck source=bench/lib.sh
. "$here/lib.sh"
# shellcheck source=bench/figures.sh
. "$here/figures.sh"
# shellcheck source=bench/verdicts.sh
. "$here/verdicts.sh"
. "$here/../tests/kit/becomes.sh"

options "$@"
for part in $rest; do
	case " $all_parts " in
	*" $part "*) ;;
	*) usage 'a tenth of the size, fewer rounds' '[part ...]' \
	    "parts: $all_parts (default: all)" ;;
	esac
done
parts=${rest:-$all_parts}

: "${BENCH_BIN:=}" # where genlog, measure, ... are; else built here

# shellcheck disable=SC2034 # for the parts
{
	lines=$(sized 2000000 200000) rounds=$(sized 7 3)
	samples=$(sized 200 100)
}

workroom
# shellcheck disable=SC2034
dir=$work/log # the logger's directory, new for every run
raw=$work/raw # one file for each case, one line for each round
mkdir "$raw" "$work/bin"
for program in genlog measure latency httpd sink; do
	if [ -n "$BENCH_BIN" ]; then
		cp "$BENCH_BIN/$program" "$work/bin/" || exit 1
	else
		build "$program" "${CC:-cc}"
	fi
done
[ -n "$BENCH_BIN" ] && cp "$BENCH_BIN/pack" "$work/bin/"
PATH=$work/bin:$PATH
fetch_peers

# shellcheck source=bench/rules.sh
. "$here/rules.sh"
# shellcheck source=bench/loggers.sh
. "$here/loggers.sh"
# shellcheck source=bench/rounds.sh
. "$here/rounds.sh"
for part in $parts; do
	# shellcheck source=/dev/null # they are all looked at
	. "$here/$part.sh"
done

for part in $parts; do
	"${part}_run"
done

machine "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
for part in $parts; do
	"${part}_table"
done
# shellcheck disable=SC2154 # verdicts.sh has it
[ -n "$wrong" ] && echo && echo "WRONG CONTENTS:$wrong"

echo
for part in $parts; do
	"${part}_verdicts"
done >"$work/verdicts"
cat "$work/verdicts"
keep "$raw"/*
promised "$work/verdicts"
