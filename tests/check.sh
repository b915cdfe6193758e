#!/bin/sh
# Runs every test that was built, and counts. B is the build folder.
set -u
here=$(dirname "$0")
passed=0 failed=0

run() {
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $*"
		tail -n 40 "$log"
	fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for t in "$B"/unit/test_* "$B"/fault/test_*; do
	case $t in *'*' | *.d) continue ;; esac
	run "$t"
done
for t in "$here"/prog/*.sh; do
	[ -e "$t" ] && run sh "$t"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
