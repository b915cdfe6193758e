#!/bin/sh
# Our svlogd does what runit's does, but for the differences listed here.
#
#   B             the build folder
#   CASES         random trials; the long form: CASES=2000
#   SEED          of the first one
#   RUNIT_SVLOGD  runit's svlogd, if not below build/peers (bench/peers.sh)
#   SVLOGD        another program to compare it with
#
# First each deliberate difference, by a name, with what either does. In the
# trials differ.c then puts them right, or stays clear of them.
# shellcheck disable=SC2317 # the cases are called by name
set -u
: "${B:?the build folder}"
CASES=${CASES:-300} SEED=${SEED:-1}
SVLOGD=${SVLOGD:-$B/svlogd-bin/svlogd}
here=$(cd "$(dirname "$0")" && pwd)
RUNIT_SVLOGD=${RUNIT_SVLOGD:-$here/../../build/peers/usr/bin/svlogd}

if [ ! -x "$RUNIT_SVLOGD" ]; then
	echo "skipped: no runit svlogd found"
	exit 0
fi
umask 022
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
failed=0 cases=0

# A fresh d with this config; an old file in it.
fresh() {
	rm -rf d && mkdir d
	printf %b "$1" >d/config
}

old() {
	echo "$1" >"d/@$1"
	chmod "$2" "d/@$1"
}

# d's files, oldest first: their bytes, newlines as /, a | after each.
files() {
	for f in d/@* d/current; do
		[ -e "$f" ] && tr '\n\001' '/#' <"$f" && printf '|'
	done
}

# Old files' names without those of today; n for them.
names() {
	for f in d/@*; do
		case $f in d/@4000000050*) ;; *) f=n.${f##*.} ;; esac
		printf '%s ' "${f#d/@40000000}"
	done
}

# differs ROW WORDS FUNCTION RUNIT OURS: FUNCTION, with each svlogd in turn,
# prints what it is then seen to do.
differs() {
	cases=$((cases + 1))
	svlogd=$RUNIT_SVLOGD
	theirs=$("$3" 2>said)
	svlogd=$SVLOGD
	ours=$("$3" 2>said)
	[ "$theirs" = "$4" ] && [ "$ours" = "$5" ] && return
	failed=1
	echo "FAILED: $1: $2"
	echo "  runit: '$theirs', to be '$4'"
	echo "  ours:  '$ours', to be '$5'"
}

tail_kept() {
	fresh ''
	printf 'a\nb' | "$svlogd" d
	files
}
differs tail 'a last line without newline is kept' tail_kept 'a/|' 'a/b/|'

scrubbed() {
	fresh ''
	printf 'ab\001c\001\n' | "$svlogd" -r_ -l3 d
	files
}
differs scrub 'bytes past -l are replaced too' scrubbed 'ab_c#/|' 'ab_c_/|'

plus_run() {
	fresh '-*\n++ab\n'
	printf 'aa\nab\naab\n' | "$svlogd" d
	files
}
differs plus 'a +X that ends the line leaves no pattern' plus_run \
	'aa/ab/aab/|' 'ab/aab/|'

plus_blind() {
	fresh '-*\n+a+b\n'
	printf 'ab\na\n' | "$svlogd" d
	files
}
differs plus 'nothing is read behind the line' plus_blind 'ab/a/|' 'ab/|'

kept() {
	fresh 's1\nn2\n'
	for i in 1 2 3 4; do
		old "4000000050000000000000$i$i.s" 744
	done
	printf '\n' | "$svlogd" -l1 d
	names
}
differs keep 'all files that are too many go' kept \
	'5000000000000022.s 5000000000000033.s 5000000000000044.s n.s ' \
	'5000000000000044.s n.s '

kept_undone() {
	fresh 's1\nn1\n'
	old 400000005000000000000011.u 744
	printf '\n' | "$svlogd" -l1 d
	names
}
differs keep 'a .u that nothing waits for is an old file' kept_undone \
	'5000000000000011.u n.s ' 'n.s '

kept_done() {
	fresh 's1\nn1\n!cat\n'
	printf '\n\n\n' | "$svlogd" -l1 d
	names
}
differs keep 'n counts what the processor has just done' kept_done \
	'n.s n.s ' 'n.s '

undone() {
	fresh '!cat\n'
	old 400000005000000000000011.u 644
	printf '\n' | "$svlogd" d
	names
}
differs undone 'a .u left by a crash is processed' undone \
	'5000000000000011.u ' '5000000000000011.s '

cut_lines() {
	fresh 's8\n'
	printf 'aaaaa\nbbbbb\ncccccccccc\n' | "$svlogd" d
	files
}
differs cut 'only a line longer than s is cut' cut_lines \
	'aaaaa/bb|bbb/cccc|cccccc/|' 'aaaaa/|bbbbb/|cccccccc|cc/|'

cut_front() {
	fresh 's2\npabc\n'
	printf 'defg\n' | "$svlogd" d
	files
}
differs cut 'nor is it within its prefix' cut_front \
	'ab|cd|ef|g/|' 'abc|de|fg|/|'

letter() {
	fresh 'pX\ns1\ns'
	printf 'a\n' | "$svlogd" d
	files
}
differs letter 'a one-letter last line of a config counts' letter 'X|a|/|' 'Xa/|'

sealed() {
	fresh ''
	old 400000005000000000000011.s 644
	printf '' | "$svlogd" d
	find d -name '@*' -perm 744 | wc -l
}
differs seal 'an old file that was not synced is sealed' sealed 0 1

interleaved() {
	fresh 'p1\ne*\n'
	rm -rf e && cp -r d e && echo p2 >>e/config
	printf 'a\nb\n' | "$svlogd" d e 2>&1 | grep -v '^svlogd: ' | tr '\n' ' '
}
differs copies 'copies go out in batches' interleaved \
	'1a 2a 1b 2b ' '1a 1b 2a 2b '

long_lines() {
	fresh ''
	printf 'a\n' | "$svlogd" -l 1024 d
	echo "$?"
}
differs buffer 'a large -l needs no -b' long_lines 111 0

expressions() {
	fresh '~-^a\n~mb\n-c*\n'
	printf 'aa\nabc\nbb\nxb\ncc\n' | "$svlogd" d
	files
}
differs expressions 'lines of ~ are passed over' expressions \
	'aa/abc/bb/xb/|' '***/x***/|'

overflow() {
	fresh 's18446744073709551617\n'
	printf 'a\n' | "$svlogd" d
	files
}
differs overflow 'a number too large is the largest' overflow \
	'a|/|' 'a/|'

extra() {
	fresh ''
	printf 'a\n' | "$svlogd" d
	cd d && echo ./*
}
differs stats 'counters are left in lock.stats' extra \
	'./config ./current ./lock' './config ./current ./lock ./lock.stats'

echo "$cases deliberate differences"
"$B/prog/differ" --seed "$SEED" --cases "$CASES" -- \
	"$RUNIT_SVLOGD" "$SVLOGD" || failed=1
exit $failed
