#!/bin/sh
# A web server's log while its logger is killed over and over: ten seconds.
#
#   WEIR_SVLOGD  another svlogd to try it on
#   BENCH_BIN    where httpd and client are
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")

: "${WEIR_SVLOGD:=$top/build/bin/svlogd}"
: "${BENCH_BIN:?is where httpd and client are; \"make demo\" knows}"
pages=20000 missing=400 seconds=9 kills=24

for program in "$WEIR_SVLOGD" "$BENCH_BIN/httpd" "$BENCH_BIN/client"; do
	[ -x "$program" ] || { echo "demo: no $program" >&2; exit 1; }
done
room=${TMPDIR:-/tmp}
[ -d /dev/shm ] && [ -w /dev/shm ] && room=/dev/shm
work=$(mktemp -d "$room/weir-demo.XXXXXX") || exit 1
cd "$work" || exit 1

say() {
	printf '%s\n' "$*"
}

headline() {
	printf '\n== %s\n' "$*"
}

# --- what runs, by pid; it ends with us ---------------------------------------
logger='' server='' visitors=''

end() {
	for pid in $visitors $server $logger; do
		kill -9 "$pid" 2>/dev/null
	done
	cd / && rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The shell keeps both ends of the pipe open, as a supervisor does: whoever
# dies, what is in the pipe stays there.
mkfifo pipe && exec 3<>pipe || exit 1

start_logger() {
	"$WEIR_SVLOGD" -ttt access errors <&3 3>&- &
	logger=$!
}

# The shell would tell that it was killed; we know.
kill_logger() {
	kill -9 "$logger"
	{ wait "$logger"; } 2>/dev/null
	logger=''
}

# --- the log ------------------------------------------------------------------
log() {
	for file in "$1"/@* "$1"/current; do
		[ -f "$file" ] && cat "$file"
	done
}

# What was asked for, once for each line.
requests() {
	log "$1" | sed -n 's|.*"GET /\([a-z]*/[0-9]*\) HTTP/1.1" [0-9].*|\1|p'
}

expected() {
	awk -v pages="$1" -v missing="$2" 'BEGIN {
		for (i = 1; i <= pages; i++)
			print "r/" i
		for (i = 1; i <= missing; i++)
			print "missing/" i
	}'
}

# check DIR PAGES MISSING: is each request in its log, and once?
check() {
	expected "$2" "$3" | sort >want
	requests "$1" | sort >got
	lost=$(sort -u got | comm -13 - want | wc -l)
	double=$(uniq -d got | wc -l)
	# Lines that are no access line, or no whole one.
	torn=$(($(log "$1" | wc -l) - $(wc -l <got)))
	printf '%-8s %7d requests  %7d lines  %5d lost %5d doubled %5d torn\n' \
	    "$1/" "$(wc -l <want)" "$(log "$1" | wc -l)" \
	    "$lost" "$double" "$torn"
	[ "$lost$double$torn" = 000 ]
}

# --- the play -----------------------------------------------------------------
mkdir access errors
printf '%s\n' s100k n0 >access/config
printf '%s\n' s100k n0 '-*' '+*"*" 404 *' >errors/config

headline 'A web server logs to a pipe; svlogd reads it into two directories'
say "access/config: $(tr '\n' ' ' <access/config)" \
    "  files of 100 KiB, keep them all"
say "errors/config: $(tr '\n' ' ' <errors/config)" \
    "  the same, of what was not found"
say "svlogd -ttt access errors"
start_logger
"$BENCH_BIN/httpd" 0 >&3 3>&- 2>server &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	port=$(sed -n 's/^port //p' server)
	[ -n "$port" ] && break
	sleep 0.1
done
[ -n "$port" ] || { say 'the web server did not start:'; cat server; exit 1; }

headline "$pages pages and $missing that are missing are asked for," \
    'and svlogd is killed'
"$BENCH_BIN/client" -n "$pages" -f 1 -r $((pages / seconds)) -c 16 -t 60 \
    "$port" 3>&- >visitor-1 &
visitors=$!
"$BENCH_BIN/client" -n "$missing" -f 1 -r $((missing / seconds)) -c 2 -t 60 \
    -p /missing/ "$port" 3>&- >visitor-2 &
visitors="$visitors $!"
killed=0
while [ "$killed" -lt "$kills" ]; do
	sleep 0.3
	pid=$logger
	kill_logger
	killed=$((killed + 1))
	[ $((killed % 4)) -eq 0 ] && say "kill -9 $pid, number $killed:" \
	    "$(log access | wc -l) lines in the log"
	start_logger
done
say 'now it may live'
for pid in $visitors; do
	wait "$pid"
done
visitors=''

kill "$server" && wait "$server"
server=''
# TERM: what is in the pipe is still taken.
kill "$logger" && wait "$logger"
code=$?
logger=''

headline 'What the clients got, and the server answered'
cat visitor-1 visitor-2
tail -n 1 server

headline 'The log directory'
# shellcheck disable=SC2012 # for eyes only
ls -l access | sed -n '1,5p'
say '...'
# shellcheck disable=SC2012
ls -l access | tail -n 4
headline 'access/lock.stats, in part'
grep -E '^(read|written|dropped)_(lines|bytes)|^rotations' access/lock.stats
headline 'errors/current, its end'
tail -n 2 errors/current

headline "After $killed kills, TERM at the end (exit $code):" \
    'every request, once'
bad=0
check access "$pages" "$missing" || bad=1
check errors 0 "$missing" || bad=1
if [ "$bad" -eq 1 ]; then
	say 'That is NOT what is promised.'
	exit 1
fi
say '
Nothing was lost, nothing written twice. To go on:
  WEIR_SVLOGD=/usr/bin/svlogd make demo   the same with another svlogd
  man man/svlogd.8                        all there is to know
  ./bootstrap check                       hundreds of other ways to kill it'
