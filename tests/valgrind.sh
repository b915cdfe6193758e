#!/bin/sh
# The programs under valgrind's memcheck: what they read that was never written,
# and what they do not free. B is the build folder. Without runsvdir, whose
# clone() valgrind does not know.
#
# A part of the program tests, none that looks at the clock: everything takes
# ten times as long. Nor one that signals a logger that has just begun, which
# valgrind would not let it hear.
set -u
: "${B:?the build folder}"
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# A build folder in which each program runs so. What is said goes to a file a
# process; nothing is said where all is well.
mkdir "$tmp/valgrind" "$tmp/log"
chmod 755 "$tmp"
ln -s "$B/prog" "$B/svlogd" "$B/supervisor" "$tmp/valgrind/"
for folder in svlogd-bin supervisor-bin; do
	mkdir "$tmp/valgrind/$folder"
	for program in "$B/$folder"/*; do
		cat >"$tmp/valgrind/$folder/${program##*/}" <<-END
			#!/bin/sh
			exec valgrind -q --vgdb=no --leak-check=full \
			    --log-file="\$SAID/%p" $program "\$@"
		END
		chmod 755 "$tmp/valgrind/$folder/${program##*/}"
	done
done
svlogd=$tmp/valgrind/svlogd-bin/svlogd
svlog=$tmp/valgrind/svlogd-bin/svlog
chpst=$tmp/valgrind/supervisor-bin/chpst
# Ours alone.
export RUNIT_RUNSV=/nonexistent RUNIT_BIN=/nonexistent

# it NAME COMMAND ...: the command ends well, and valgrind has nothing to say.
it() {
	name=$1
	shift
	if "$@" >"$SAID.out" 2>&1 &&
	    [ -z "$(find "$SAID" -size +0 -type f)" ]; then
		echo "ok: $name"
	else
		echo "FAILED: $name"
		tail -n 20 "$SAID.out"
		find "$SAID" -size +0 -type f -exec head -n 40 {} +
	fi
	rm -f "$SAID"/*
}

# A script, of a driver's sentences those with these words.
scenes() {
	it "$1: $2" env B="$tmp/valgrind" ONLY="$2" sh "$here/prog/$1.sh"
}

# All that a config and a command line can ask for.
mixed() {
	printf '%s\n' s2000 n3 N2 t100 S100k A1d y5 m640 Bdrop 'phost: ' O \
	    -x 'xyz 12' '-*+a*b' '+*7*' 'e*9' 'E*19' '~-^[13].*5$' \
	    '~+(*NO_JIT)(1|5)+$' '~m(2)[46]' z1 s >"$tmp/log/config"
	printf '#x\n!cat\n%s\n' "-$(printf '%0500d' 0)" >>"$tmp/log/config"
	"$svlogd" -n "$tmp/log"
	[ $? -eq 1 ] || return 1 # an s without a number
	seq 3000 | "$svlogd" -ttv -r_ -l300 -b3000 "$tmp/log" &&
	    seq 3000 | "$svlogd" -t -l5 -b6 "$tmp/log" "$tmp/none"
}

# All of chpst's steps.
changed() {
	mkdir "$tmp/env" && echo one >"$tmp/env/ONE" && : >"$tmp/env/TWO" &&
	    echo two >"$tmp/env/THREE=" || return 1
	"$chpst" -v -u nobody -U nobody -b name -e "$tmp/env" -/ / -n 1 -o 40 \
	    -p 5000 -f 1000000 -c 0 -t 100 -P -0 -i true &&
	    "$chpst" -L "$tmp/lock" -C / true && "$chpst" -u :1:2:3 true &&
	    "$chpst" -l "$tmp/lock" true || return 1
	"$chpst" -u ::: true
	[ $? -eq 111 ] && ! "$chpst" -e "$tmp/none" true
}

# What svlogd wrote, by svlog.
read_back() {
	log=$tmp/log/
	for how in '-o json' '-o raw' '-c' '-n 20' '-e (*NO_JIT)1.*5' \
	    '-s -1h -u now'; do # machine code that pcre makes reads ahead
		# shellcheck disable=SC2086 # several words
		"$svlog" $how "$log" "$log" >/dev/null || return 1
	done
	"$svlog" stat "$log" && "$svlog" stat -o json "$log" &&
	    "$svlog" verify "$log"
}

# Two lanes, for two processors.
lane() {
	SAID=$tmp/$1
	export SAID
	mkdir "$SAID" && chmod 1777 "$SAID" && "$1" >"$SAID.told"
}

logs() {
	it "options and config" mixed
	it "svlog" read_back
	scenes procs "directory"
	scenes gone "replaced"
	scenes full "inodes"
	scenes full "new config"
	scenes full "no line from another"
	scenes clock "step"
	scenes rings "lock.ring"
	scenes memory "lines flow"
	scenes expressions "masked"
	scenes expressions "at the start"
	scenes packs "HUP brings z"
}

services() {
	it "chpst" changed
	scenes runsv "commands"
	scenes runsv "exit waits"
	scenes keeper "lent pipe"
	scenes keeper "HUP: "
	scenes sv "restart is over"
	scenes sv "check is asked"
	scenes sv "force that works"
}

lane logs &
lane services
wait
cat "$tmp"/*.told
passed=$(cat "$tmp"/*.told | grep -c '^ok: ')
failed=$(cat "$tmp"/*.told | grep -c '^FAILED: ')
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
