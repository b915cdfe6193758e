# Expressions: what regular expressions and masks cost, beside s6-log, grep and
# rg, and lines that would take for ever. A part of bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

expressions_cases='cat weir-re1-one weir-re4-one weir-re16-one weir-mask-one
    weir-re1 weir-re4 weir-re16 weir-re4-i s6-re1 s6-re4
    grep-re1 grep-re4 grep-re16 rg-re1 rg-re4 rg-re16'
evil_count=$(sized 20000 2000)

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

# Whether all lines were kept, and what they took.
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
	[ -s "$work/lost" ] && wrong evil
	rm -rf "$dir" "$work/in.log"
}

# Microseconds of CPU a line, by expression.
evil_us() {
	[ ! -s "$raw/evil" ] || awk -v n="$evil_count" \
	    '{ printf "%.1f\n", ($2 + $3) * 1000000 / n }' "$raw/evil"
}

evil_table() {
	[ -s "$raw/evil" ] || return
	echo
	echo "Lines that cost too much, 1000 bytes:" \
	    "CPU us a line, by expression"
	evil_us | awk '{ printf "%s%s", (NR > 1 ? "  " : ""), $0 }
	    END { print "" }'
}

# times_s6 N: what s6-log takes, by what we take, with as many expressions.
times_s6() {
	if has s6 "times s6-log, $1 re"; then
		require "times s6-log, $1 re" \
		    "$(medians "$raw/s6-re$1" "$raw/weir-re$1" 1)" least 4
	fi
}

expressions_run() {
	# shellcheck disable=SC2086 # a list of words
	rounds_run $expressions_cases
	say 'lines that cost too much'
	evil
}

expressions_table() {
	# shellcheck disable=SC2086
	rounds_table $expressions_cases
	evil_table
}

expressions_verdicts() {
	of_cat weir-re1 '1 re' 0.70
	of_cat weir-re4 '4 re' 0.50
	of_cat weir-re16 '16 re' 0.25
	times_s6 1
	times_s6 4
	require 'us for a line that costs too much' \
	    "$(evil_us | sort -g | tail -n 1)" most 1000
}
