# What is asked of a figure, and whether all was kept. Sourced, after lib.sh.
#
#   ok     as promised
#   SHORT  not so
#   none   promised, and not measured
#   told   a figure of which nothing is promised
#   skip   what it is held against is not here: no verdict
#
# shellcheck shell=sh disable=SC2154 # lib.sh has the others

# Cases whose log did not hold what it must.
wrong=
wrong() {
	wrong="$wrong $1"
}

# judge FIGURE least|most BOUND
judge() {
	case $1 in
	'' | -) echo none ;;
	*) awk -v v="$1" -v how="$2" -v b="$3" 'BEGIN {
		print ((how == "least" ? v >= b : v <= b) ? "ok" : "SHORT")
	}' ;;
	esac
}

# require WORDS FIGURE least|most BOUND
require() {
	verdict=$(judge "$2" "$3" "$4")
	case $verdict in
	none) echo "none  $1: not measured" ;;
	*) printf '%-5s %s: %.6g (at %s %s)\n' "$verdict" "$1" "$2" "$3" "$4" ;;
	esac
}

# told WORDS FIGURE
told() {
	echo "told  $1: $(fixed 3 "$2")"
}

# skip WORDS WHY
skip() {
	echo "skip  $1: $2"
}

# promised FILE: whether all was kept that is in it, if --check asks.
promised() {
	[ "$check" -eq 1 ] || return 0
	[ -z "$wrong" ] && ! grep -qE '(^|  )(SHORT|none) ' "$1"
}
