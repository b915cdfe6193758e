#!/bin/sh
# Runs every test that was built, some at a time, and counts; what they say
# comes in their order. B is the build folder.
#
#   check.sh [WHAT ...]     unit, fault, replay, prog, pid1: all of a kind; the
#                           default: of each; or a script, prog/NAME.sh
#
#   LANES   how many at a time (2)
set -u
here=$(dirname "$0")

# The tests of a kind, one a line: programs that make built from a source that
# is still there, or scripts.
tests_of() {
	for source in "$here/$1"/test_*.c "$here/$1"/*.sh; do
		[ -e "$source" ] || continue
		case $source in
		*.c) echo "$B/$1/$(basename "$source" .c)" ;;
		*) echo "$source" ;;
		esac
	done
}

# --- one test: the N-th in ROOM, in a process of its own -------------------------
if [ "${1:-}" = --nth ]; then
	test=$(sed -n "$2p" "$ROOM/tests")
	case $test in
	*.sh) sh "$test" ;;
	*) "$test" ;;
	esac >"$ROOM/$2.said" 2>&1 </dev/null
	echo $? >"$ROOM/$2.code"
	exit 0
fi

# --- all of them ---------------------------------------------------------------
ROOM=$(mktemp -d) || exit 1
export ROOM
trap 'rm -rf "$ROOM"' EXIT
trap 'exit 1' HUP INT TERM

[ $# -eq 0 ] && set -- unit fault replay prog pid1
for what; do
	case $what in
	unit | fault | replay | prog | pid1) tests_of "$what" ;;
	prog/*.sh | pid1/*.sh) echo "$here/$what" ;;
	*) echo "check.sh: what is $what?" >&2; exit 2 ;;
	esac
done >"$ROOM/tests"
awk '{ print NR }' "$ROOM/tests" |
    xargs -P "${LANES:-2}" -n 1 sh "$0" --nth

# Who cannot run here exits 0 and says `skipped: WHY`.
n=0 passed=0 failed=0 skipped=0
while read -r test; do
	n=$((n + 1))
	said=$ROOM/$n.said
	if [ "$(cat "$ROOM/$n.code")" != 0 ]; then
		failed=$((failed + 1))
		echo "FAILED: $test"
		tail -n 40 "$said"
	elif why=$(grep '^skipped: ' "$said"); then
		skipped=$((skipped + 1))
		echo "$(basename "$test") $why"
	else
		passed=$((passed + 1))
	fi
done <"$ROOM/tests"
[ "$skipped" -eq 0 ] || also=", $skipped skipped"
echo "$passed passed, $failed failed${also:-}"
[ "$failed" -eq 0 ]
