# Many lines through each logger of a list, round by round: time, memory, system
# calls, and whether the log holds what it must. Sourced by bench.sh, for
# throughput and expressions.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

slow_rounds=$(sized 3 1) trace_lines=$(sized 200000 20000)
bytes=0

is_slow() {
	case $1 in
	weir*-i) return 0 ;;
	cat | weir*) return 1 ;;
	*) return 0 ;;
	esac
}

# once CASE FILE: its figures are added to FILE.
once() {
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
	whole
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
		with_expressions "$(number_of "$1")" --regexp= \
		    "$work/trace.log" grep -vE >"$work/want"
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

# rounds_run CASE ...: all that is measured of them.
rounds_run() {
	cases=$(runnable "$@")
	say "$lines lines"
	genlog -n "$lines" >"$work/in.log" || return 1
	genlog -n "$trace_lines" -s 2 >"$work/trace.log" || return 1
	for name in $cases; do
		is_slow "$name" || once "$name" /dev/null
	done
	for round in $(seq "$rounds"); do
		say "throughput, round $round of $rounds"
		for name in $cases; do
			[ "$round" -gt "$slow_rounds" ] && is_slow "$name" &&
			    continue
			once "$name" "$raw/$name"
		done
	done
	say 'system calls, contents'
	for name in $cases; do
		trace "$name" >"$raw/$name.calls"
		verify "$name" || wrong "$name"
	done
	bytes=$(wc -c <"$work/in.log")
	rm -rf "$dir" "$work/in.log" "$work/trace.log" "$work/want"
}

rounds_row='%-24s %8s %8s %8s %8s %8s %8s %8s %8s\n'

# rounds_table CASE ...
# shellcheck disable=SC2059 # the row is a format
rounds_table() {
	echo
	echo "Throughput: $lines lines, $((bytes / 1000000)) MB," \
	    "cat FILE | LOGGER; medians of $rounds rounds (slow ones:" \
	    "$slow_rounds)"
	printf "$rounds_row" logger 'wall s' Mlines/s MB/s 'of cat' \
	    'CPU s' 'mem KiB' 'PSS KiB' calls/k
	for name; do
		f=$raw/$name
		wall=$(median "$f" 1)
		[ "$wall" = - ] && {
			printf '%-24s  skipped\n' "$(title "$name")"
			continue
		}
		printf "$rounds_row" \
		    "$(title "$name")" \
		    "$(fixed 3 "$wall")" \
		    "$(fixed 2 "$(calc "$lines / $wall / 1000000")")" \
		    "$(fixed 0 "$(calc "$bytes / $wall / 1000000")")" \
		    "$(fixed 3 "$(medians "$raw/cat" "$f" 1)")" \
		    "$(fixed 3 "$(cpu "$f")")" \
		    "$(peak "$f" 5)" "$(peak "$f" 6)" \
		    "$(fixed 1 "$(cat "$f.calls")")"
	done
}

# of_cat CASE WORDS LEAST: held to it where it does what cat does, told where it
# has 280 files more to make and to delete.
of_cat() {
	require "$2 into one file, of cat" \
	    "$(medians "$raw/cat" "$raw/$1-one" 1)" least "$3"
	told "$2 by default, of cat" "$(medians "$raw/cat" "$raw/$1" 1)"
}
