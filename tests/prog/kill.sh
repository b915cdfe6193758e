#!/bin/sh
# A killed, stopped or poked svlogd loses, doubles and tears no line.
#
#   B       the build folder
#   KILLS   SIGKILLs in all, over six ways to log
#   TERMS   TERMs with a restart, then HUPs, then ALRMs
#   SVLOGD  another program to try it on
#
# The long form: KILLS=2000 TERMS=200.
set -u
: "${B:?the build folder}"
KILLS=${KILLS:-240} TERMS=${TERMS:-40}
SVLOGD=${SVLOGD:-$B/svlogd-bin/svlogd}
each=$(((KILLS + 5) / 6))
half=$(((TERMS + 1) / 2))
failed=0 slow=''
case $B in
*-san*) slow='--every 20-60' ;; # it takes its time to begin
esac

try() {
	words=$1
	shift
	if ! "$B/prog/kill" "$@" -- "$SVLOGD"; then
		echo "FAILED: $words"
		failed=1
	fi
}

killed() {
	words=$1
	shift
	# shellcheck disable=SC2086 # two words
	try "SIGKILL: $words" --kills "$each" $slow \
		--min-lines $((each * 500)) "$@"
}

stopped() {
	words=$1
	shift
	try "SIGTERM: $words" --signal TERM --kills "$half" --every 5-20 \
		--write-size 4097-20000 --open-end \
		--min-lines $((half * 200)) "$@"
}

poked() {
	try "SIG$1" --signal "$1" --kills "$TERMS" --every 0.5-5 \
		--dir s20000 --min-lines $((TERMS * 50)) "$2" "$3"
}

killed 'plain'
killed 'rotating' --dir s100000
killed 'stamped' --stamp 3 --dir s300000
killed 'three directories' --dir s50000 --dir s300000 --dir s1000000
killed 'compressed' --dir 's10000;z1' --rate 200000 \
	--min-lines $((each * 50))
killed 'ring in a file' --ring file --dir s100000

stopped 'ring in memory' --ring fd
stopped 'ring in a file' --ring file
poked HUP --stamp 1
poked ALRM --stamp 2
exit $failed
