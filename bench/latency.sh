# Latency: how long until a line is in current, and the memory meanwhile. A part
# of bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

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

latency_title() {
	case $1 in
	idle) echo 'a line each 20 ms' ;;
	load) echo '100,000 lines/s' ;;
	flat) echo 'flat out' ;;
	esac
}

latency_run() {
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

latency_verdicts() {
	for name in weir weir-tt; do
		words=$(title "$name")
		require "idle median us, $words" \
		    "$(median "$raw/latency-idle-$name" 1)" most 1000
		require "idle p99 us, $words" \
		    "$(median "$raw/latency-idle-$name" 2)" most 5000
		require "loaded p99 us, $words" \
		    "$(median "$raw/latency-load-$name" 2)" most 10000
		require "flat out p99 us, $words" \
		    "$(median "$raw/latency-flat-$name" 2)" most 10000
		require "memory idle, KiB, $words" \
		    "$(median "$raw/latency-idle-$name" 4)" most 400
	done
}
