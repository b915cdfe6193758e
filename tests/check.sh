#!/bin/sh
# Runs every test that was built, and counts. B is the build folder.
#
#   check.sh [KIND ...]     unit, fault, replay, prog, pid1; default: all
set -u
here=$(dirname "$0")
passed=0 failed=0 skipped=0

# The last word names it. Who cannot run here exits 0 and says `skipped: WHY`.
run() {
	for name; do :; done
	if ! "$@" >"$log" 2>&1; then
		failed=$((failed + 1))
		echo "FAILED: $*"
		tail -n 40 "$log"
	elif why=$(grep '^skipped: ' "$log"); then
		skipped=$((skipped + 1))
		echo "$(basename "$name") $why"
	else
		passed=$((passed + 1))
	fi
}

# Each program of a folder that make built from a source that is still there.
built() {
	for source in "$here/$1"/test_*.c; do
		test=$B/$1/$(basename "$source" .c)
		[ -e "$source" ] && run "$test"
	done
}

scripts() {
	for t in "$here/$1"/*.sh; do
		[ -e "$t" ] && run sh "$t"
	done
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ $# -eq 0 ] && set -- unit fault replay prog pid1
for kind; do
	case $kind in
	unit | fault | replay) built "$kind" ;;
	prog | pid1) scripts "$kind" ;;
	*) echo "check.sh: what is $kind?" >&2; exit 2 ;;
	esac
done
[ "$skipped" -eq 0 ] || also=", $skipped skipped"
echo "$passed passed, $failed failed${also:-}"
[ "$failed" -eq 0 ]
