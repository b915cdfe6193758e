#!/bin/sh
# svlogd may die after any system call: not a byte is lost, doubled or moved.
#
#   B        the build folder
#   DOUBLES  runs per configuration that die twice
#   STEP     every STEP-th point only
set -u
: "${B:?the build folder}"
DOUBLES=${DOUBLES:-30} STEP=${STEP:-1}

try() {
	words=$1
	shift
	"$B/prog/crash" --double "$DOUBLES" --step "$STEP" \
		--min-points $((100 / STEP)) "$@" -- \
		"$B/svlogd-bin/svlogd-fault" -w 0 && return
	echo "FAILED: $words"
	return 1
}

# Two lanes, for two processors.
first() {
	bad=0
	try 'plain' || bad=1
	try 'rotating' --dir s2000 --longest 9000 || bad=1
	try 'two directories' --longest 20000 --dir 's3000;Bdrop' \
		--dir 's50000;Bblock' || bad=1
	try 'expressions, masked' --stamp 1 \
		--dir 's9000;~-^b;+bb*;~me' || bad=1
	try 'masked, longer than the ring' --longest 1300000 \
		--step $((STEP * 5)) --min-points $((20 / STEP)) \
		--dir 's9000;~-^b;~me' || bad=1
	return $bad
}

second() {
	bad=0
	try 'processor' --dir 's40000;!cat' || bad=1
	try 'compressed' --dir 's20000;z1' --longest 20000 || bad=1
	try 'stamped' --stamp 3 --ring file || bad=1
	try 'chosen, prefixed, scrubbed' --scrub _ --stamp 1 \
		--dir 'phost: ;-*;+a*;+b*;-bb*;s30000' || bad=1
	return $bad
}

first &
second
bad=$?
wait $! || bad=1
exit $bad
