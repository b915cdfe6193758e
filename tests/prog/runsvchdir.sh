#!/bin/sh
# Our runsvchdir does what runit's does, but for the differences listed here;
# and there is a current directory at every moment.
#
#   B                  the build folder
#   RUNIT_RUNSVCHDIR   runit's, if not below build/peers (bench/peers.sh)
#
# runit's 2.1.2 knows one place only, /etc/runit/runsvdir: it gets a mount
# namespace with that in it.
# shellcheck disable=SC2317 # the cases are called by name
set -u
: "${B:?the build folder}"
OURS=${RUNSVCHDIR:-$B/supervisor-bin/runsvchdir}
FAULT=$B/supervisor-bin/runsvchdir-fault
here=$(cd "$(dirname "$0")" && pwd)
peers=$here/../../build/peers
THEIRS=${RUNIT_RUNSVCHDIR:-$peers/usr/sbin/runsvchdir}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/theirs" "$tmp/ours" "$tmp/fault" && cd "$tmp" || exit 1
home=$tmp/home
cp "$OURS" ours/runsvchdir && cp "$FAULT" fault/runsvchdir || exit 1
failed=0 cases=0

fail() {
	failed=1
	echo "FAILED: $*"
}

# Three directories, and what else is said: `current` is a unless it says so.
fresh() {
	rm -rf "$home"
	mkdir -p "$home/a" "$home/b" "$home/c" "$home/d/e"
	ln -s a "$home/current"
	: >"$home/plain"
	ln -s b "$home/link"
	ln -s nowhere "$home/dangling"
	(cd "$home" && eval "${1-:}")
}

# The links, with what they lead to, and what is left of helpers.
links() {
	(cd "$home" && for name in current previous current.new; do
		if [ -L $name ]; then
			printf '%s -> %s\n' $name "$(readlink $name)"
		elif [ -e $name ]; then
			printf '%s is there\n' $name
		fi
	done)
}

# ours or fault: RUNSVDIR says where; theirs: as it can.
change() {
	program=$1
	shift
	if [ "$program" = theirs ] && [ "$knows" -eq 0 ]; then
		unshare -m sh -c 'mount -t tmpfs none /etc &&
		    mkdir -p /etc/runit/runsvdir &&
		    mount --bind "$0" /etc/runit/runsvdir && exec "$@"' \
		    "$home" "$tmp/theirs/runsvchdir" "$@"
	else
		RUNSVDIR=$home "$tmp/$program/runsvchdir" "$@"
	fi
}

# What can be seen of a change: output, exit code, links.
seen() {
	change "$@" 2>&1 | sed "s|$tmp/$1/|HERE/|"
	links
}

# --- at every moment ----------------------------------------------------------
# Killed after each of its calls in turn: `current` leads to the old or the new
# one, and the next run puts all right.
death=0
while death=$((death + 1)); do
	fresh 'ln -s c previous'
	WEIR_FAULT=die:$death change fault b >said 2>&1
	code=$?
	where=$(readlink "$home/current")
	case $where in a | b) ;; *) fail "killed at $death: '$where'" ;; esac
	case $(readlink "$home/previous") in
	a | c) ;;
	*) fail "killed at $death: previous is '$(readlink "$home/previous")'" ;;
	esac
	change ours b >said 2>&1 || fail "killed at $death: $(cat said)"
	[ "$(readlink "$home/current")" = b ] ||
		fail "killed at $death: not put right"
	[ $code -eq 0 ] && break
	[ $death -lt 100 ] || exit 1
done
[ $death -gt 5 ] || fail "only $death calls were seen"

# Each call fails in turn: that is told, and the old one stays.
call=0
while call=$((call + 1)); do
	fresh 'ln -s c previous'
	WEIR_FAULT=fail:any:EIO:$call change fault b >said 2>&1
	code=$?
	[ $code -eq 0 ] && break
	[ $call -lt 100 ] || exit 1
	where=$(readlink "$home/current")
	[ $code -eq 111 ] && [ "$where" = a ] || fail "call $call: $code, $where"
	grep -q ': fatal: .*input/output error' said ||
		fail "call $call: said $(cat said)"
done
# What it says on standard output is the last thing, and may fail.
[ "$(readlink "$home/current")" = b ] || fail "call $call: not changed"
[ $call -gt 5 ] || fail "only $call calls could fail"

# What is no link has to move, and comes back.
fresh 'rm current; mkdir current; : >current/mine'
WEIR_FAULT=fail:symlinkat:EIO:1 change fault b >said 2>&1
[ -e "$home/current/mine" ] || fail "current did not come back"

# --- like runit's ---------------------------------------------------------------
finish() {
	echo "$cases cases, $death deaths, $((call - 1)) failures"
	exit $failed
}

if [ ! -x "$THEIRS" ]; then
	echo "skipped: no runit runsvchdir found"
	finish
fi
cp "$THEIRS" theirs/runsvchdir
fresh
knows=1
change theirs a >said 2>&1 || knows=0
if [ $knows -eq 0 ] && ! unshare -m true 2>/dev/null; then
	echo "skipped: not permitted to mount"
	finish
fi

# same SETUP WORD ...
same() {
	cases=$((cases + 1))
	setup=$1
	shift
	fresh "$setup"
	theirs=$(seen theirs "$@")
	fresh "$setup"
	ours=$(seen ours "$@")
	[ "$theirs" = "$ours" ] && return
	fail "$setup: $*"
	printf '%s\n--- ours\n%s\n' "$theirs" "$ours" | sed 's/^/  /'
}

same : 
same : a
same : b
same : b c
same : -V
same : --
same : ''
same : .
same : .a
same : ./a
same : ../a
same : nosuch
same : dangling
same : link
same : d/e
same : b/
same : a/
same : "$tmp"
same : /nosuch
same 'ln -s c previous' b
same 'ln -s c previous' a
same 'ln -s c current.new' b
same ': >current.new' b
same 'mkdir current.new' b
same ': >previous' b
same 'rm current' b
same 'rm current; ln -s nowhere current' b
same 'rm current; ln -s current current' b
same 'rm current; : >current' b
same 'rm current; mkdir current' b
same 'rm current; mkdir current; ln -s c previous' b
same 'rm current; ln -s link current' b
same 'rm current; ln -s "$PWD/a" current' b

# differs WORDS SETUP RUNIT OURS WORD ...
differs() {
	cases=$((cases + 1))
	words=$1 setup=$2 theirs=$3 ours=$4
	shift 4
	for program in theirs ours; do
		fresh "$setup"
		eval "wanted=\$$program"
		got=$(seen $program "$@")
		# shellcheck disable=SC2154 # by eval
		[ "$got" = "$wanted" ] || fail "$words: $program: $got"
	done
}

differs 'the helper does not stay' 'mkdir previous' \
	'HERE/runsvchdir: fatal: unable to unlink: previous: is a directory
current -> a
previous is there
current.new -> b' 'HERE/runsvchdir: fatal: unable to unlink: previous: is a directory
current -> a
previous is there' b
differs 'what is no directory is called by its name' : \
	'HERE/runsvchdir: fatal: plainnot a directory.
current -> a' 'HERE/runsvchdir: fatal: plain: not a directory.
current -> a' plain
finish
