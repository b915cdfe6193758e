#!/bin/sh
# runsv and runsvdir may die, after any call and at any time: the service goes
# on, once, on the same pipe, and is looked after again within a second.
#
#   B     the build folder
#   ONLY  sentences with these words
#   LONG  more of it: from 1 on every point, and five times LONG random kills
#
# The long form: LONG=10.
set -u
: "${B:?the build folder}"
# LeakSanitizer stops a program that ends by SIGSTOP, and waits for ever where a
# CONT of runsv's takes that back.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
exec "$B/prog/adopt" --lanes 16 --long "${LONG:-0}" --only "${ONLY:-}" -- \
	"$B/supervisor-bin/runsvdir" "$B/supervisor-bin/runsvdir-fault" \
	"$B/supervisor-bin/runsv" "$B/supervisor-bin/runsv-fault" \
	"$B/svlogd-bin/svlogd" "$B/supervisor-bin/sv"
