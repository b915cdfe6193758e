#!/bin/sh
# Measures weir's svlogd beside cat and the other loggers; bench/README.md.
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")

usage() {
	cat >&2 <<-'END'
	usage: bench.sh [--quick] [--check] [--peers] [part ...]
	  --quick  a tenth of the size, fewer rounds: does it run?
	  --check  exit 1 if a figure falls short of what we promise
	  --peers  first fetch the peers into PEERS (default build/peers)
	parts: throughput expressions gzip udp nginx latency (default: all)
	END
	exit 2
}

quick=0 check=0 fetch=0 parts=
for arg; do
	case $arg in
	--quick) quick=1 ;;
	--check) check=1 ;;
	--peers) fetch=1 ;;
	throughput | expressions | gzip | udp | nginx | latency)
		parts="$parts $arg"
		;;
	*) usage ;;
	esac
done
parts=${parts:- throughput expressions gzip udp nginx latency}

: "${WEIR_SVLOGD:=$top/build/bin/svlogd}"
: "${PEERS:=$top/build/peers}"
: "${BENCH_BIN:=}"       # where genlog, measure, ... are; else built here
: "${BENCH_TMP:=/dev/shm}" # a tmpfs
: "${BENCH_RAW:=}"       # keep every single figure in this directory

if [ "$quick" -eq 1 ]; then
	lines=200000 rounds=3 slow_rounds=1 trace_lines=20000
	web_rounds=1 web_seconds=1 samples=100 evil_count=2000
else
	lines=2000000 rounds=7 slow_rounds=3 trace_lines=200000
	web_rounds=5 web_seconds=5 samples=200 evil_count=20000
fi

say() {
	echo "bench: $*" >&2
}

work=$(mktemp -d "$BENCH_TMP/weir-bench.XXXXXX") || exit 1
dir=$work/log   # the logger's directory, new for every run
raw=$work/raw   # one file for each case, one line for each round
mkdir "$raw" "$work/bin"
sink='' peer=''

# Only what we started, by its pid.
clean() {
	[ -s "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null
	[ -n "$sink" ] && kill -KILL "$sink" 2>/dev/null
	[ -n "$peer" ] && kill "$peer" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- programs ----------------------------------------------------------------
for program in genlog measure latency httpd sink; do
	if [ -n "$BENCH_BIN" ]; then
		cp "$BENCH_BIN/$program" "$work/bin/" || exit 1
	else
		${CC:-cc} -std=c11 -O2 -o "$work/bin/$program" \
		    "$here/$program.c" || exit 1
	fi
done
[ -n "$BENCH_BIN" ] && cp "$BENCH_BIN/pack" "$work/bin/"
PATH=$work/bin:$PATH
[ "$fetch" -eq 1 ] && sh "$here/peers.sh" "$PEERS" >&2

runit=$PEERS/usr/bin/svlogd
multilog=$PEERS/usr/bin/multilog
s6log=$PEERS/usr/bin/s6-log
busybox=$PEERS/bin/busybox
rg=$PEERS/usr/bin/rg
rsyslogd=$PEERS/usr/sbin/rsyslogd
for lib in "$PEERS"/usr/lib/*-linux-*; do
	peerlib=$lib
done

# Why a case cannot run; nothing where it can.
missing() {
	case $1 in
	weir*) [ -x "$WEIR_SVLOGD" ] || echo "no $WEIR_SVLOGD" ;;
	runit*) [ -x "$runit" ] || echo "no $runit" ;;
	multilog*) [ -x "$multilog" ] || echo "no $multilog" ;;
	s6*) [ -x "$s6log" ] || echo "no $s6log" ;;
	rg*) [ -x "$rg" ] || echo "no $rg" ;;
	rsyslog*) [ -x "$rsyslogd" ] || echo "no $rsyslogd" ;;
	busybox*)
		if [ ! -x "$busybox" ]; then
			echo "no $busybox"
		elif ! "$busybox" --list | grep -qx svlogd; then
			echo "this busybox has no svlogd"
		fi
		;;
	esac
}

# The cases of `all` that can run; says once which cannot.
runnable() {
	for name; do
		why=$(missing "$name")
		if [ -z "$why" ]; then
			echo "$name"
		else
			say "$name skipped: $why"
		fi
	done
}

# --- one logger on its standard input ------------------------------------------
# Eight rules as an administrator writes them: probes, assets and the inside
# network are left out, unless they failed. About five lines in six stay.
globs() {
	cat <<-'END'
	-*"GET /healthz *
	-*"HEAD *
	-*"OPTIONS *
	-*"GET /favicon.ico *
	-*"GET /static/img/*
	-10.0.*
	+*"*" 404 *
	+*"*" 500 *
	END
}

# N expressions as POSIX, PCRE2 and Rust all read them: failures, pages, tools
# and probes. Few lines match any, so that most are asked about all.
expressions() {
	head -n "$1" <<-'END'
	" 5[0-9][0-9] 
	" 40[134] 
	"(HEAD|OPTIONS) 
	kube-probe/[0-9]
	"GET /api/v[0-9]+/login
	"POST [^"]*" 403 
	/(favicon.ico|robots.txt) 
	^10[.][0-9]+[.]
	[?]q=[^ ]*%[0-9a-f][0-9a-f]
	/wp-(admin|login)
	 HTTP/1[.]0"
	[.][.]/
	" 30[12] 
	bingbot/[0-9]+[.][0-9]
	/static/[a-z]+/x1-
	"curl/[0-9.]+"$
	END
}

# What a case has of them: weir-re4 and s6-re4-one have 4.
number_of() {
	expr "$1" : '.*-re\([0-9]*\)'
}

# Their lines of config for a case: an -i asks for the interpreter.
rules() {
	case $1 in
	*-i*) way='(*NO_JIT)' ;;
	*) way= ;;
	esac
	expressions "$(number_of "$1")" | sed "s/^/~-$way/"
}

# with_expressions N PREFIX COMMAND ...: they are its last arguments but for
# what follows in $tail.
with_expressions() {
	count=$1 prefix=$2
	shift 2
	while IFS= read -r re; do
		set -- "$@" "$prefix$re"
	done <<-END
	$(expressions "$count")
	END
	# shellcheck disable=SC2086 # words
	"$@" $tail
}

# fresh CASE: an empty log directory with the config of that case; what more
# is to be in it comes on standard input.
fresh() {
	rm -rf "$dir"
	mkdir "$dir"
	{
		case $1 in *globs*) globs ;; weir-re*) rules "$1" ;; esac
		case $1 in *mask*) echo '~m^([^ ]+)' ;; esac
		case $1 in *-one) echo s0 ;; weir-z) echo z ;; esac
		cat
	} >"$dir/config"
	[ -s "$dir/config" ] || rm "$dir/config"
}

# logger CASE [COMMAND ...]: COMMAND runs the logger, as its last arguments.
logger() {
	name=$1
	shift
	case $name in
	cat) "$@" cat >"$dir/current" ;;
	weir-tt*) "$@" "$WEIR_SVLOGD" -tt "$dir" ;;
	weir*-i) "$@" "$WEIR_SVLOGD" "$dir" 2>/dev/null ;; # says it is slow
	weir*) "$@" "$WEIR_SVLOGD" "$dir" ;;
	runit-tt) "$@" "$runit" -tt "$dir" ;;
	runit-b64k) "$@" "$runit" -b 65536 "$dir" ;;
	runit*) "$@" "$runit" "$dir" ;;
	busybox) "$@" "$busybox" svlogd "$dir" ;;
	multilog) "$@" "$multilog" s1000000 n10 "$dir" ;;
	s6-re*)
		tail="n10 s1000000 $dir"
		with_expressions "$(number_of "$name")" - \
		    "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" --
		;;
	grep-re*)
		tail=
		with_expressions "$(number_of "$name")" --regexp= \
		    "$@" grep -vcE >"$dir/current"
		;;
	rg-re*)
		tail=
		with_expressions "$(number_of "$name")" --regexp= \
		    "$@" "$rg" -vc --no-config >"$dir/current"
		;;
	s6) "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" "$dir" ;;
	s6-1m) "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" \
	    n10 s1000000 "$dir" ;;
	esac
}

title() {
	case $1 in
	cat) echo 'cat > file' ;;
	*-one) echo "$(title "${1%-one}"), s0" ;;
	weir) echo 'weir svlogd' ;;
	weir-tt) echo 'weir svlogd -tt' ;;
	weir-globs) echo 'weir svlogd, 8 globs' ;;
	*-i) echo "$(title "${1%-i}"), interpreted" ;;
	weir-mask) echo 'weir svlogd, a mask' ;;
	weir-re*) echo "weir svlogd, $(number_of "$1") re" ;;
	s6-re*) echo "s6-log n10 s1000000, $(number_of "$1") re" ;;
	grep-re*) echo "grep -vc, $(number_of "$1") re" ;;
	rg-re*) echo "rg -vc, $(number_of "$1") re" ;;
	weir-z) echo 'weir svlogd, z' ;;
	runit) echo 'runit svlogd' ;;
	runit-tt) echo 'runit svlogd -tt' ;;
	runit-b64k) echo 'runit svlogd -b 65536' ;;
	runit-globs) echo 'runit svlogd, 8 globs' ;;
	busybox) echo 'busybox svlogd' ;;
	multilog) echo 'multilog s1000000 n10' ;;
	s6) echo 's6-log' ;;
	s6-1m) echo 's6-log n10 s1000000' ;;
	off) echo 'log off' ;;
	file) echo 'plain file' ;;
	esac
}

# --- figures -------------------------------------------------------------------
# median FILE COLUMN
median() {
	[ -s "$1" ] || { echo -; return; }
	awk -v c="$2" '{ print $c }' "$1" | sort -g |
	    awk '{ v[NR] = $1 } END {
		print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
	    }'
}

# ratio A B COLUMN: of the two medians.
ratio() {
	calc "$(median "$1" "$3") / $(median "$2" "$3")"
}

# peak FILE COLUMN
peak() {
	[ -s "$1" ] || { echo -; return; }
	awk -v c="$2" '$c > m { m = $c } END { print m + 0 }' "$1"
}

# calc EXPRESSION: - if a figure in it is missing.
calc() {
	case " $* " in *' - '*) echo -; return ;; esac
	awk "BEGIN { print $* }"
}

# fixed N FIGURE
fixed() {
	case $2 in
	-) echo - ;;
	*) printf "%.$1f\n" "$2" ;;
	esac
}

# --- throughput ----------------------------------------------------------------
# The -one write one file, as cat does; the others make new files and delete old
# ones all the time, by their own defaults where the title says nothing else.
all_cases='cat weir-one weir-tt-one weir-globs-one weir weir-tt weir-globs
    runit runit-tt runit-b64k runit-globs busybox multilog s6 s6-1m'

expression_cases='cat weir-re1-one weir-re4-one weir-re16-one weir-mask-one
    weir-re1 weir-re4 weir-re16 weir-re4-i s6-re1 s6-re4
    grep-re1 grep-re4 grep-re16 rg-re1 rg-re4 rg-re16'

is_slow() {
	case $1 in
	weir*-i) return 0 ;;
	cat | weir*) return 1 ;;
	*) return 0 ;;
	esac
}

throughput_once() {
	fresh "$1" </dev/null
	logger "$1" measure -i "$work/in.log" -r "$2"
}

# All lines, so that they can be compared: few and large files, none deleted.
whole_log() {
	fresh "$1" <<-'END'
	s8000000
	n0
	END
	logger "$1" measure -i "$work/trace.log" -r /dev/null
	for f in "$dir"/@*.[su] "$dir/current"; do
		[ -e "$f" ] && cat "$f"
	done
}

# Does the log hold what it must? The globs are judged by runit.
verify() {
	case $1 in
	weir) whole_log "$1" | cmp -s - "$work/trace.log" ;;
	weir-tt) whole_log "$1" | cut -b 27- | cmp -s - "$work/trace.log" ;;
	weir-globs)
		[ -z "$(missing runit)" ] || return 0
		whole_log runit-globs >"$work/want"
		whole_log "$1" | cmp -s - "$work/want"
		;;
	weir-re1 | weir-re4 | weir-re16 | weir-re4-i)
		tail=$work/trace.log
		with_expressions "$(number_of "$1")" --regexp= \
		    grep -vE >"$work/want"
		whole_log "$1" | cmp -s - "$work/want"
		;;
	weir-mask-one)
		sed 's/^[^ ]*/***/' "$work/trace.log" >"$work/want"
		whole_log "$1" | cmp -s - "$work/want"
		;;
	esac
}

# System calls per 1000 lines, children included.
trace() {
	command -v strace >/dev/null || { echo -; return; }
	fresh "$1" </dev/null
	# shellcheck disable=SC2002 # the same pipe as in the rounds
	cat "$work/trace.log" |
	    logger "$1" timeout 120 strace -f -c -o "$work/strace" || {
		echo -
		return
	}
	awk -v n="$trace_lines" '$NF == "total" { print $4 * 1000 / n }' \
	    "$work/strace"
}

# rounds_of CASE ...: all that is measured of them.
rounds_of() {
	cases=$(runnable "$@")
	say "$lines lines"
	genlog -n "$lines" >"$work/in.log" || return 1
	genlog -n "$trace_lines" -s 2 >"$work/trace.log" || return 1
	for name in $cases; do
		is_slow "$name" || throughput_once "$name" /dev/null
	done
	round=1
	while [ "$round" -le "$rounds" ]; do
		say "throughput, round $round of $rounds"
		for name in $cases; do
			[ "$round" -gt "$slow_rounds" ] && is_slow "$name" &&
			    continue
			throughput_once "$name" "$raw/$name"
		done
		round=$((round + 1))
	done
	say 'system calls, contents'
	for name in $cases; do
		trace "$name" >"$raw/$name.calls"
		verify "$name" || wrong="$wrong $name"
	done
	bytes=$(wc -c <"$work/in.log")
	rm -rf "$dir" "$work/in.log" "$work/trace.log" "$work/want"
}

throughput() {
	# shellcheck disable=SC2086 # a list of words
	rounds_of $all_cases
}

throughput_row='%-24s %8s %8s %8s %8s %8s %8s %8s %8s\n'

# shellcheck disable=SC2059 # the row is a format
table_of() {
	echo
	echo "Throughput: $lines lines, $((bytes / 1000000)) MB," \
	    "cat FILE | LOGGER; medians of $rounds rounds (slow ones:" \
	    "$slow_rounds)"
	printf "$throughput_row" logger 'wall s' Mlines/s MB/s 'of cat' \
	    'CPU s' 'mem KiB' 'PSS KiB' calls/k
	for name; do
		f=$raw/$name
		wall=$(median "$f" 1)
		[ "$wall" = - ] && {
			printf '%-24s  skipped\n' "$(title "$name")"
			continue
		}
		awk '{ print $2 + $3 }' "$f" >"$f.cpu"
		printf "$throughput_row" \
		    "$(title "$name")" \
		    "$(fixed 3 "$wall")" \
		    "$(fixed 2 "$(calc "$lines / $wall / 1000000")")" \
		    "$(fixed 0 "$(calc "$bytes / $wall / 1000000")")" \
		    "$(fixed 3 "$(ratio "$raw/cat" "$f" 1)")" \
		    "$(fixed 3 "$(median "$f.cpu" 1)")" \
		    "$(peak "$f" 5)" "$(peak "$f" 6)" \
		    "$(fixed 1 "$(cat "$f.calls")")"
	done
}

throughput_table() {
	# shellcheck disable=SC2086
	table_of $all_cases
}

# --- expressions ---------------------------------------------------------------
# Each takes for ever on a line of the same letter, if it is let.
evil_expressions() {
	cat <<-'END'
	(a+)+[!?]
	(a|aa)+[!?]
	(.*)*[XY]
	(?:a?){20}a{20}[!?]
	END
}

# A thousand bytes each.
evil_lines() {
	awk -v n="$1" 'BEGIN {
		for (s = "a"; length(s) < 999; )
			s = s s
		for (s = substr(s, 1, 999); n > 0; n--)
			print s
	}'
}

# Microseconds of CPU a line, and whether all lines were kept.
evil() {
	evil_lines "$evil_count" >"$work/in.log"
	evil_expressions | while IFS= read -r re; do
		fresh evil <<-END
		s0
		~-$re
		END
		measure -i "$work/in.log" -r "$raw/evil" \
		    "$WEIR_SVLOGD" "$dir" 2>/dev/null
		cmp -s "$work/in.log" "$dir/current" || echo lost
	done >"$work/lost"
	[ -s "$work/lost" ] && wrong="$wrong evil"
	rm -rf "$dir" "$work/in.log"
}

expressions_part() {
	# shellcheck disable=SC2086
	rounds_of $expression_cases
	say 'lines that cost too much'
	evil
}

evil_table() {
	[ -s "$raw/evil" ] || return
	echo
	echo "Lines that cost too much, 1000 bytes:" \
	    "CPU us a line, by expression"
	awk -v n="$evil_count" '{
		printf "%s%.1f", (NR > 1 ? "  " : ""), ($2 + $3) * 1000000 / n
	} END { print "" }' "$raw/evil"
}

expressions_table() {
	# shellcheck disable=SC2086
	table_of $expression_cases
	evil_table
}

# --- gzip ----------------------------------------------------------------------
# An access log, and a log as syslog writes them, with a stamp.
gzip_logs='access syslog'

gzip_log() {
	case $1 in
	access) genlog -n $((lines / 5)) ;;
	syslog)
		genlog -n $((lines / 5)) -s 3 | awk '{
			printf "2026-11-22_%02d:%02d:%02d.%05d Nov 22 host%d " \
			    "%s[%d]: client %s asked for %s: %s\n",
			    NR / 3600 % 24, NR / 60 % 60, NR % 60,
			    NR * 7919 % 100000, NR % 3,
			    NR % 5 ? "nginx" : "sshd", NR * 31 % 40000, $1, $7, $9
		}'
		;;
	esac
}

gzip_once() {
	measure -i "$work/$1.log" -r "$raw/gzip-$1" gzip -6 >"$work/gzip"
	measure -i "$work/$1.log" -r "$raw/pack-$1" pack 6 >"$work/pack"
	gzip -dc "$work/pack" | cmp -s - "$work/$1.log" || wrong="$wrong pack-$1"
	for what in gzip pack; do
		wc -c <"$work/$what" >"$raw/$what-$1.size"
	done
}

# The log path beside a compressor, so long that the end, which waits for the
# file that is being compressed, does not count: from a file, so that one core
# of two is free for the compressor, and from cat, which takes it.
beside() {
	say 'the log beside a compressor'
	genlog -n "$lines" >"$work/in.log"
	for _ in 1 2 3 4; do
		cat "$work/in.log"
	done >"$work/long.log"
	for round in 1 2 3 4 5 6 7; do
		for name in weir weir-z; do
			fresh "$name" </dev/null
			logger "$name" measure -r "$raw/core-$name" \
			    <"$work/long.log"
			fresh "$name" </dev/null
			logger "$name" measure -i "$work/long.log" \
			    -r "$raw/beside-$name"
		done
	done
	rm "$work/long.log"
}

# What a line takes beside a compressor that has a core of its own and old files
# enough to be busy all the time, and beside none.
beside_latency() {
	for name in weir weir-z; do
		fresh "$name" <<-'END'
		s2000000000
		n9
		END
		for i in 1 2 3; do
			old=$dir/@400000006000000${i}00000000.s
			cp "$work/in.log" "$old"
			chmod 744 "$old"
		done
		logger "$name" latency -k $((samples * 5)) -e 500 -r 100000 -p 50 \
		    "$dir" >"$raw/latency-beside-$name" </dev/null
		find "$dir" -name '@*.s.gz' | wc -l >"$raw/packed-$name"
		rm -rf "$dir"
	done
	rm "$work/in.log"
}

gzip_all() {
	beside
	beside_latency
	command -v pack >/dev/null || return 0
	for log in $gzip_logs; do
		say "gzip, $log"
		gzip_log "$log" >"$work/$log.log"
		for round in 1 2 3 4 5; do
			gzip_once "$log"
		done
		rm "$work/$log.log"
	done
}

gzip_row='%-24s %12s %8s\n'

# shellcheck disable=SC2059 # the row is a format
gzip_table() {
	echo
	echo "Compression, level 6, one file into another; medians of 5." \
	    "$lines lines four times through svlogd, wall s:" \
	    "$(fixed 3 "$(median "$raw/beside-weir" 1)")," \
	    "with z $(fixed 3 "$(median "$raw/beside-weir-z" 1)")"
	echo "100,000 lines/s, us until a line is there, median and p99:" \
	    "$(latency_figure beside-weir 1) $(latency_figure beside-weir 2)," \
	    "beside a compressor of large files" \
	    "$(latency_figure beside-weir-z 1)" \
	    "$(latency_figure beside-weir-z 2)" \
	    "($(cat "$raw/packed-weir-z") of 3 done)"
	printf "$gzip_row" log bytes 'CPU s'
	for log in $gzip_logs; do
		for what in gzip pack; do
			f=$raw/$what-$log
			[ -s "$f" ] || continue
			awk '{ print $2 + $3 }' "$f" >"$f.cpu"
			printf "$gzip_row" "$what, $log" "$(cat "$f.size")" \
			    "$(fixed 3 "$(median "$f.cpu" 1)")"
		done
	done
}

# --- datagrams -----------------------------------------------------------------
# To a receiver that reads them all, on the loopback interface: the lines alone;
# and the log, with what a second directory costs that has one line in 100 or in
# 240 logged again (-log), or logged and sent (-u).
udp_cases='udp-weir udp-weir-5424 udp-runit udp-rsyslog
    log-alone log-100-log log-100-u log-240-log log-240-u'
if [ "$quick" -eq 1 ]; then
	udp_lines=20000
else
	udp_lines=200000
fi

udp_config() {
	case $1 in
	log-100*) printf '%s\n' '-*' '~+" 50' '~+" 403 ' ;;
	log-240*) printf '%s\n' '-*' '+*"*" 500 *' ;;
	esac
	case $1 in
	log-*-u) echo "u127.0.0.1:$port" ;;
	udp-*) echo "U127.0.0.1:$port" ;;
	esac
	case $1 in *5424) echo 'F5424 local0.info bench' ;; esac
}

# What another program sends, by its own word to our file.
rsyslog_config() {
	cat <<-END
	global(workDirectory="$dir")
	module(load="imfile")
	template(name="line" type="string" string="%msg%\n")
	ruleset(name="send") {
		action(type="omfwd" target="127.0.0.1" port="$1"
		    protocol="udp" template="line")
	}
	input(type="imfile" file="$work/udp.log" tag="bench" ruleset="send")
	END
}

# It ends when nobody tells it to: the clock runs until all have arrived.
rsyslog_once() {
	rm -rf "$dir" "$work/port2"
	mkdir "$dir"
	timeout 60 sink "$udp_lines" >"$work/port2" &
	all=$!
	until [ -s "$work/port2" ]; do sleep 0.01; done
	rsyslog_config "$(cat "$work/port2")" >"$work/rsyslog.conf"
	from=$(date +%s%N)
	LD_LIBRARY_PATH=$peerlib "$rsyslogd" -n -M "$peerlib/rsyslog" \
	    -f "$work/rsyslog.conf" -i "$dir/pid" 2>"$work/rsyslog.err" &
	peer=$!
	if wait "$all"; then
		calc "($(date +%s%N) -$from) / 1000000000" >>"$1"
	else
		say "rsyslog: not all arrived: $(head -n 1 "$work/rsyslog.err")"
	fi
	kill "$peer"
	wait "$peer" 2>/dev/null
	peer=
}

udp_once() {
	program=$WEIR_SVLOGD input=$work/udp.log
	case $1 in
	udp-runit) program=$runit ;;
	log-*) input=$work/in.log ;;
	esac
	rm -rf "$dir" "$work/beside"
	mkdir "$dir" "$work/beside"
	udp_config "$1" >"$dir/config"
	set -- "$1" "$2" "$dir"
	case $1 in log-1* | log-2*) set -- "$@" "$work/beside" ;; esac
	name=$1 to=$2
	shift 2
	# Beside a log it is not to take from our processors: elsewhere.
	case $name in
	log-*) kill -STOP "$sink" ;;
	*) kill -CONT "$sink" ;;
	esac
	measure -i "$input" -r "$to" "$program" "$@"
	case $name in
	udp-weir*)
		grep -q "^datagrams_sent $udp_lines$" "$dir/lock.stats" ||
		    wrong="$wrong $name"
		;;
	log-*-u)
		sent=$(sed -n 's/^datagrams_sent //p' "$dir/lock.stats")
		grep -q "^written_lines $sent$" "$dir/lock.stats" &&
		    [ "$sent" -gt 0 ] || wrong="$wrong $name"
		;;
	esac
}

udp_part() {
	genlog -n "$lines" >"$work/in.log" || return 1
	genlog -n "$udp_lines" >"$work/udp.log" || return 1
	sink >"$work/port" &
	sink=$!
	until [ -s "$work/port" ]; do sleep 0.01; done
	port=$(cat "$work/port")
	round=1
	while [ "$round" -le "$rounds" ]; do
		say "datagrams, round $round of $rounds"
		for name in $udp_cases; do
			[ -n "$(missing "${name#udp-}")" ] && continue
			case $name in
			udp-rsyslog) rsyslog_once "$raw/$name" ;;
			*) udp_once "$name" "$raw/$name" ;;
			esac
		done
		round=$((round + 1))
	done
	kill -KILL "$sink"
	wait "$sink" 2>/dev/null
	sink=
	rm -rf "$dir" "$work/beside" "$work/in.log" "$work/udp.log"
}

udp_row() {
	wall=$(median "$raw/$1" 1)
	printf '%-40s %8s %10s\n' "$2" "$(fixed 3 "$wall")" \
	    "$(fixed 0 "$(calc "$3 / $wall / 1000")")"
}
udp_table() {
	echo
	echo "Datagrams: $udp_lines lines to a receiver that reads, $lines lines" \
	    'to files; medians'
	printf '%-40s %8s %10s\n' '' 'wall s' 'klines/s'
	udp_row udp-weir 'weir svlogd, U' "$udp_lines"
	udp_row udp-weir-5424 'weir svlogd, U and F5424' "$udp_lines"
	udp_row udp-runit 'runit svlogd, U' "$udp_lines"
	udp_row udp-rsyslog 'rsyslog, imfile to omfwd' "$udp_lines"
	udp_row log-alone 'weir svlogd, one directory' "$lines"
	for n in 100 240; do
		udp_row log-$n-log "... a second logs 1 in $n" "$lines"
		udp_row log-$n-u "... a second logs and sends 1 in $n" "$lines"
	done
}

# --- nginx ---------------------------------------------------------------------
web_cases='off file cat weir weir-tt runit'

web_config() {
	case $1 in
	off) to=off ;;
	file) to="$dir/current combined" ;;
	*) to='/dev/stdout combined' ;;
	esac
	cat <<-END
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log stderr crit;
	events { worker_connections 512; }
	http {
		access_log $to;
		client_body_temp_path $work/tmp-body;
		proxy_temp_path $work/tmp-proxy;
		fastcgi_temp_path $work/tmp-fastcgi;
		uwsgi_temp_path $work/tmp-uwsgi;
		scgi_temp_path $work/tmp-scgi;
		keepalive_requests 100000000;
		server {
			listen 127.0.0.1:$port;
			location / { return 200 "ok\n"; }
		}
	}
	END
}

# A port that was free a moment ago.
free_port() {
	httpd 0 2>"$work/web-port" >/dev/null &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -s "$work/web-port" ] && break
		sleep 0.1
	done
	kill "$pid"
	wait "$pid"
	sed -n 's/^port //p' "$work/web-port"
}

web_server() {
	limit=$((web_seconds + 30))
	set -- "$1" timeout -k 5 "$limit" nginx -e stderr -p "$work" \
	    -c "$work/nginx.conf"
	name=$1
	shift
	case $name in
	off | file) "$@" >/dev/null ;;
	*) "$@" | logger "$name" measure -m 100 -r "$work/used" ;;
	esac
}

# Each round: requests, lines, logger's CPU seconds.
web_once() {
	fresh "$1" <<-'END'
	s16000000
	n0
	END
	rm -f "$work/nginx.pid" "$work/used"
	web_config "$1" >"$work/nginx.conf"
	web_server "$1" &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$work/nginx.pid" ] && break
		sleep 0.1
	done
	sleep 0.2
	timeout $((web_seconds + 20)) wrk -t1 -c32 -d "${web_seconds}s" \
	    "http://127.0.0.1:$port/" >"$work/wrk"
	[ -s "$work/nginx.pid" ] && kill -QUIT "$(cat "$work/nginx.pid")"
	wait "$server"
	set -- "$1" "$(awk '/ requests in / { print $1 }' "$work/wrk")" "$(
		for f in "$dir"/@*.[su] "$dir/current"; do
			[ -e "$f" ] && cat "$f"
		done | wc -l
	)" "$(awk '{ print $2 + $3 }' "$work/used" 2>/dev/null)"
	[ -n "$2" ] || { say "nginx, $1: no answers"; return; }
	echo "$2 $3 ${4:-0}" >>"$raw/web-$1"
	[ "$1" = off ] && return
	# What was in flight when wrk stopped is in the log only.
	over=$(($3 - $2))
	if [ "$over" -lt 0 ] || [ "$over" -gt 64 ]; then
		wrong="$wrong nginx-$1"
	fi
}

web() {
	for program in nginx wrk; do
		command -v "$program" >/dev/null || {
			say "nginx skipped: no $program"
			return
		}
	done
	# shellcheck disable=SC2086 # a list of words
	cases=$(runnable $web_cases)
	port=$(free_port)
	round=1
	while [ "$round" -le "$web_rounds" ]; do
		say "nginx, round $round of $web_rounds"
		for name in $cases; do
			web_once "$name"
		done
		round=$((round + 1))
	done
	rm -rf "$dir"
}

web_table() {
	echo
	echo "nginx: 1 worker, wrk -t1 -c32, $web_seconds s;" \
	    "medians of $web_rounds rounds"
	printf '%-24s %10s %9s %8s %12s\n' 'access log' 'requests/s' \
	    'of file' 'CPU s' 'lines-reqs'
	for name in $web_cases; do
		f=$raw/web-$name
		requests=$(median "$f" 1)
		[ "$requests" = - ] && {
			printf '%-24s  skipped\n' "$(title "$name")"
			continue
		}
		awk '{ print $2 - $1 }' "$f" >"$f.over"
		over=$(peak "$f.over" 1)
		[ "$name" = off ] && over=-
		printf '%-24s %10s %9s %8s %12s\n' "$(title "$name")" \
		    "$(fixed 0 "$(calc "$requests / $web_seconds")")" \
		    "$(fixed 3 "$(ratio "$f" "$raw/web-file" 1)")" \
		    "$(fixed 2 "$(median "$f" 3)")" "$over"
	done
}

# --- latency -------------------------------------------------------------------
# name : case : options of latency(1)
latency_cases() {
	cat <<-END
	idle:weir:-k $samples
	idle:weir-tt:-k $samples -x 26
	load:weir:-k $samples -e 500 -r 100000 -p 50
	load:weir-tt:-k $samples -e 500 -r 100000 -p 50 -x 26
	flat:weir:-k $samples -e 10000 -p 50
	flat:weir-tt:-k $samples -e 10000 -p 50 -x 26
	idle:runit:-k $samples
	load:runit:-k $samples -e 500 -r 100000 -p 50
	flat:runit:-k $samples -e 10000 -p 50
	END
}

latency_all() {
	say 'latency'
	latency_cases | while IFS=: read -r mode name options; do
		[ -z "$(missing "$name")" ] || continue
		fresh "$name" <<-'END'
		s2000000000
		n2
		END
		# shellcheck disable=SC2086 # options are words
		logger "$name" latency $options "$dir" \
		    >"$raw/latency-$mode-$name" </dev/null
		rm -rf "$dir"
	done
}

latency_title() {
	case $1 in
	idle) echo 'a line each 20 ms' ;;
	load) echo '100,000 lines/s' ;;
	flat) echo 'flat out' ;;
	esac
}

latency_table() {
	echo
	echo "Latency: write(2) to visible in current, $samples samples"
	printf '%-24s %-18s %10s %8s %8s %8s\n' logger load 'median us' \
	    'p99 us' 'max us' 'mem KiB'
	latency_cases | while IFS=: read -r mode name options; do
		f=$raw/latency-$mode-$name
		if [ -s "$f" ]; then
			read -r p50 p99 max kib <"$f"
			printf '%-24s %-18s %10s %8s %8s %8s\n' \
			    "$(title "$name")" "$(latency_title "$mode")" \
			    "$p50" "$p99" "$max" "$kib"
		else
			printf '%-24s %-18s  skipped\n' "$(title "$name")" \
			    "$(latency_title "$mode")"
		fi
	done
}

# --- verdicts ------------------------------------------------------------------
# require WORDS FIGURE least|most BOUND
require() {
	if [ -z "$2" ] || [ "$2" = - ]; then
		echo "none  $1: not measured"
	elif awk -v v="$2" -v b="$4" -v how="$3" \
	    'BEGIN { exit !(how == "least" ? v >= b : v <= b) }'; then
		echo "ok    $1: $(printf %.6g "$2") (at $3 $4)"
	else
		echo "SHORT $1: $(printf %.6g "$2") (at $3 $4)"
	fi
}

# has PEER WHAT: or else says that WHAT is skipped.
has() {
	why=$(missing "$1")
	[ -z "$why" ] || echo "skip  $2: $why"
	[ -z "$why" ]
}

# beats WORDS PEER TIMES WALL: a peer that is not here is no verdict.
beats() {
	if has "$2" "$1"; then
		require "$1" "$(calc "$4 / $(median "$raw/weir" 1)")" least "$3"
	fi
}

latency_figure() {
	[ -s "$raw/latency-$1" ] || { echo -; return; }
	awk -v c="$2" '{ print $c }' "$raw/latency-$1"
}

# The faster of the two s6-log cases is the one to beat.
s6_wall() {
	{
		median "$raw/s6" 1
		median "$raw/s6-1m" 1
	} | sort -g | head -n 1
}

# of_cat CASE WORDS LEAST: held to it where it does what cat does, told where it
# has 280 files more to make and to delete.
of_cat() {
	require "$2 into one file, of cat" \
	    "$(ratio "$raw/cat" "$raw/$1-one" 1)" least "$3"
	printf 'told  %s\n' "$2 by default, of cat: $(fixed 3 \
	    "$(ratio "$raw/cat" "$raw/$1" 1)")"
}

verdicts_throughput() {
	of_cat weir 'plain' 0.90
	of_cat weir-tt '-tt' 0.75
	of_cat weir-globs '8 globs' 0.55
	beats 'times runit' runit 10 "$(median "$raw/runit" 1)"
	beats 'times s6-log' s6 4 "$(s6_wall)"
	for name in weir weir-tt weir-globs; do
		require "memory under load, KiB, $(title "$name")" \
		    "$(peak "$raw/$name" 5)" most 1536
	done
}

# times N: what s6-log takes, by what we take, with as many expressions.
times_s6() {
	if has s6 "times s6-log, $1 re"; then
		require "times s6-log, $1 re" \
		    "$(ratio "$raw/s6-re$1" "$raw/weir-re$1" 1)" least 4
	fi
}

verdicts_expressions() {
	of_cat weir-re1 '1 re' 0.70
	of_cat weir-re4 '4 re' 0.50
	of_cat weir-re16 '16 re' 0.25
	times_s6 1
	times_s6 4
	require 'us for a line that costs too much' "$(awk -v n="$evil_count" '{
		us = ($2 + $3) * 1000000 / n
		if (us > most) most = us
	} END { print most }' "$raw/evil")" most 1000
}

verdicts_gzip() {
	require 'flat out with z, of without, a core free' \
	    "$(ratio "$raw/core-weir" "$raw/core-weir-z" 1)" least 0.95
	printf 'told  %s\n' "flat out with z, of without, no core free: $(fixed 3 \
	    "$(ratio "$raw/beside-weir" "$raw/beside-weir-z" 1)")"
	require 'delay without a compressor, of that beside one' \
	    "$(ratio "$raw/latency-beside-weir" \
		"$raw/latency-beside-weir-z" 1)" least 0.95
	require 'p99 us at 100,000 lines/s, beside a compressor' \
	    "$(latency_figure beside-weir-z 2)" most 10000
	if [ ! -s "$raw/pack-access" ]; then
		echo 'skip  gzip: no pack; use make bench'
		return
	fi
	for log in $gzip_logs; do
		require "size of gzip's, $log" \
		    "$(ratio "$raw/pack-$log.size" "$raw/gzip-$log.size" 1)" \
		    most 1.05
		require "time of gzip's, $log" \
		    "$(ratio "$raw/pack-$log.cpu" "$raw/gzip-$log.cpu" 1)" most 1.05
	done
}

verdicts_udp() {
	if has runit "datagrams beside runit's"; then
		require "times runit, U" \
		    "$(ratio "$raw/udp-runit" "$raw/udp-weir" 1)" least 3.2
		require "times runit, U with headers" \
		    "$(ratio "$raw/udp-runit" "$raw/udp-weir-5424" 1)" least 2.5
	fi
	if has rsyslog "datagrams beside rsyslog's"; then
		require 'times rsyslog omfwd, U' \
		    "$(ratio "$raw/udp-rsyslog" "$raw/udp-weir" 1)" least 1
	fi
	require 'throughput, 1 line in 240 logged and sent, of logged' \
	    "$(ratio "$raw/log-240-log" "$raw/log-240-u" 1)" least 0.9
	printf 'told  %s\n' "throughput, 1 line in 100 logged and sent, of logged: $(
	    fixed 3 "$(ratio "$raw/log-100-log" "$raw/log-100-u" 1)")"
	require 'throughput, a second directory sends 1 line in 100, of one' \
	    "$(ratio "$raw/log-alone" "$raw/log-100-u" 1)" least 0.9
}

verdicts_nginx() {
	if [ ! -s "$raw/web-file" ]; then
		echo 'skip  nginx: no nginx or no wrk'
		return
	fi
	require 'nginx, of plain file' \
	    "$(ratio "$raw/web-weir" "$raw/web-file" 1)" least 0.95
}

verdicts_latency() {
	for name in weir weir-tt; do
		words=$(title "$name")
		require "idle median us, $words" \
		    "$(latency_figure "idle-$name" 1)" most 1000
		require "idle p99 us, $words" \
		    "$(latency_figure "idle-$name" 2)" most 5000
		require "loaded p99 us, $words" \
		    "$(latency_figure "load-$name" 2)" most 10000
		require "flat out p99 us, $words" \
		    "$(latency_figure "flat-$name" 2)" most 10000
		require "memory idle, KiB, $words" \
		    "$(latency_figure "idle-$name" 4)" most 400
	done
}

# --- all of it -----------------------------------------------------------------
load=$(cut -d ' ' -f 1 /proc/loadavg) # how busy others keep the machine
wrong='' bytes=0
for part in $parts; do
	case $part in
	throughput) throughput ;;
	expressions) expressions_part ;;
	gzip) gzip_all ;;
	udp) udp_part ;;
	nginx) web ;;
	latency) latency_all ;;
	esac
done

machine() {
	echo "$(uname -sr), $(nproc) cores," \
	    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	    "load $load before"
	[ "$quick" -eq 1 ] && echo 'quick: the figures mean little'
}

machine
for part in $parts; do
	case $part in
	throughput) throughput_table ;;
	expressions) expressions_table ;;
	gzip) gzip_table ;;
	udp) udp_table ;;
	nginx) web_table ;;
	latency) latency_table ;;
	esac
done
[ -n "$wrong" ] && echo && echo "WRONG CONTENTS:$wrong"

echo
for part in $parts; do
	"verdicts_$part"
done >"$work/verdicts"
cat "$work/verdicts"
[ -n "$BENCH_RAW" ] && mkdir -p "$BENCH_RAW" && cp "$raw"/* "$BENCH_RAW"

[ "$check" -eq 0 ] && exit 0
[ -z "$wrong" ] && ! grep -q '^SHORT\|^none' "$work/verdicts"
