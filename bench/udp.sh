# Datagrams, to a receiver that reads them all, on the loopback interface: the
# lines alone; and the log, with what a second directory costs that has one line
# in 100 or in 240 logged again (-log), or logged and sent (-u). A part of
# bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

udp_cases='udp-weir udp-weir-5424 udp-runit udp-rsyslog
    log-alone log-100-log log-100-u log-240-log log-240-u'
udp_lines=$(sized 200000 20000)
udp_sink='' udp_peer=''

# The sink may be stopped: nothing less ends it.
udp_end() {
	[ -n "$udp_sink" ] && kill -KILL "$udp_sink" 2>/dev/null
	[ -n "$udp_peer" ] && kill "$udp_peer" 2>/dev/null
}
at_end udp_end

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

# rsyslog_once FILE. It ends when nobody tells it to: the clock runs until all
# have arrived.
rsyslog_once() {
	rm -rf "$dir" "$work/port2"
	mkdir "$dir"
	timeout 60 sink "$udp_lines" >"$work/port2" &
	all=$!
	becomes test -s "$work/port2"
	rsyslog_config "$(cat "$work/port2")" >"$work/rsyslog.conf"
	from=$(date +%s%N)
	LD_LIBRARY_PATH=$peerlib "$rsyslogd" -n -M "$peerlib/rsyslog" \
	    -f "$work/rsyslog.conf" -i "$dir/pid" 2>"$work/rsyslog.err" &
	udp_peer=$!
	if wait "$all"; then
		calc "($(date +%s%N) -$from) / 1000000000" >>"$1"
	else
		say "rsyslog: not all arrived: $(head -n 1 "$work/rsyslog.err")"
	fi
	kill "$udp_peer"
	wait "$udp_peer" 2>/dev/null
	udp_peer=
}

# counted NAME: in lock.stats.
counted() {
	sed -n "s/^$1 //p" "$dir/lock.stats"
}

# Was all sent that was to be?
udp_verify() {
	case $1 in
	udp-weir*) [ "$(counted datagrams_sent)" = "$udp_lines" ] ;;
	log-*-u)
		sent=$(counted datagrams_sent)
		[ "$sent" = "$(counted written_lines)" ] && [ "$sent" -gt 0 ]
		;;
	esac
}

# udp_once CASE FILE
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
	log-*) kill -STOP "$udp_sink" ;;
	*) kill -CONT "$udp_sink" ;;
	esac
	measure -i "$input" -r "$to" "$program" "$@"
	udp_verify "$name" || wrong "$name"
}

udp_run() {
	genlog -n "$lines" >"$work/in.log" || return 1
	genlog -n "$udp_lines" >"$work/udp.log" || return 1
	sink >"$work/port" &
	udp_sink=$!
	becomes test -s "$work/port"
	port=$(cat "$work/port")
	for round in $(seq "$rounds"); do
		say "datagrams, round $round of $rounds"
		for name in $udp_cases; do
			[ -n "$(missing "${name#udp-}")" ] && continue
			case $name in
			udp-rsyslog) rsyslog_once "$raw/$name" ;;
			*) udp_once "$name" "$raw/$name" ;;
			esac
		done
	done
	kill -KILL "$udp_sink"
	wait "$udp_sink" 2>/dev/null
	udp_sink=
	rm -rf "$dir" "$work/beside" "$work/in.log" "$work/udp.log"
}

# udp_row CASE WORDS LINES
udp_row() {
	wall=$(median "$raw/$1" 1)
	printf '%-40s %8s %10s\n' "$2" "$(fixed 3 "$wall")" \
	    "$(fixed 0 "$(calc "$3 / $wall / 1000")")"
}

udp_table() {
	echo
	echo "Datagrams: $udp_lines lines to a receiver that reads," \
	    "$lines lines to files; medians"
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

udp_verdicts() {
	if has runit "datagrams beside runit's"; then
		require "times runit, U" \
		    "$(medians "$raw/udp-runit" "$raw/udp-weir" 1)" least 3.2
		require "times runit, U with headers" \
		    "$(medians "$raw/udp-runit" "$raw/udp-weir-5424" 1)" \
		    least 2.5
	fi
	if has rsyslog "datagrams beside rsyslog's"; then
		require 'times rsyslog omfwd, U' \
		    "$(medians "$raw/udp-rsyslog" "$raw/udp-weir" 1)" least 1
	fi
	require 'throughput, 1 line in 240 logged and sent, of logged' \
	    "$(medians "$raw/log-240-log" "$raw/log-240-u" 1)" least 0.9
	told 'throughput, 1 line in 100 logged and sent, of logged' \
	    "$(medians "$raw/log-100-log" "$raw/log-100-u" 1)"
	require 'throughput, a second directory sends 1 line in 100, of one' \
	    "$(medians "$raw/log-alone" "$raw/log-100-u" 1)" least 0.9
}
