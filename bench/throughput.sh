# Throughput: how many lines a second, beside cat and the other loggers. A part
# of bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

# The -one write one file, as cat does; the others make new files and delete old
# ones all the time, by their own defaults where the title says nothing else.
throughput_cases='cat weir-one weir-tt-one weir-globs-one weir weir-tt
    weir-globs runit runit-tt runit-b64k runit-globs busybox multilog s6 s6-1m'

# beats WORDS PEER TIMES WALL: a peer that is not here is no verdict.
beats() {
	if has "$2" "$1"; then
		require "$1" "$(ratio "$4" "$(median "$raw/weir" 1)")" \
		    least "$3"
	fi
}

# The faster of the two s6-log cases is the one to beat.
s6_wall() {
	{
		median "$raw/s6" 1
		median "$raw/s6-1m" 1
	} | least
}

throughput_run() {
	# shellcheck disable=SC2086 # a list of words
	rounds_run $throughput_cases
}

throughput_table() {
	# shellcheck disable=SC2086
	rounds_table $throughput_cases
}

throughput_verdicts() {
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
