# Compression: the log path beside a compressor, and what is packed beside gzip
# of the same level. A part of bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

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
	gzip -dc "$work/pack" | cmp -s - "$work/$1.log" || wrong "pack-$1"
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
	for _ in 1 2 3 4 5 6 7; do
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

gzip_run() {
	beside
	beside_latency
	command -v pack >/dev/null || return 0
	for log in $gzip_logs; do
		say "gzip, $log"
		gzip_log "$log" >"$work/$log.log"
		for _ in 1 2 3 4 5; do
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
	    "$(median "$raw/latency-beside-weir" 1)" \
	    "$(median "$raw/latency-beside-weir" 2)," \
	    "beside a compressor of large files" \
	    "$(median "$raw/latency-beside-weir-z" 1)" \
	    "$(median "$raw/latency-beside-weir-z" 2)" \
	    "($(cat "$raw/packed-weir-z") of 3 done)"
	printf "$gzip_row" log bytes 'CPU s'
	for log in $gzip_logs; do
		for what in gzip pack; do
			f=$raw/$what-$log
			[ -s "$f" ] || continue
			printf "$gzip_row" "$what, $log" "$(cat "$f.size")" \
			    "$(fixed 3 "$(cpu "$f")")"
		done
	done
}

gzip_verdicts() {
	require 'flat out with z, of without, a core free' \
	    "$(medians "$raw/core-weir" "$raw/core-weir-z" 1)" least 0.95
	told 'flat out with z, of without, no core free' \
	    "$(medians "$raw/beside-weir" "$raw/beside-weir-z" 1)"
	require 'delay without a compressor, of that beside one' \
	    "$(medians "$raw/latency-beside-weir" \
		"$raw/latency-beside-weir-z" 1)" least 0.95
	require 'p99 us at 100,000 lines/s, beside a compressor' \
	    "$(median "$raw/latency-beside-weir-z" 2)" most 10000
	if [ ! -s "$raw/pack-access" ]; then
		skip gzip 'no pack; use make bench'
		return
	fi
	for log in $gzip_logs; do
		require "size of gzip's, $log" \
		    "$(medians "$raw/pack-$log.size" "$raw/gzip-$log.size" 1)" \
		    most 1.05
		require "time of gzip's, $log" \
		    "$(ratio "$(cpu "$raw/pack-$log")" \
			"$(cpu "$raw/gzip-$log")")" most 1.05
	done
}
