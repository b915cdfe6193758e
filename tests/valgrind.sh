#!/bin/sh
# svlogd under valgrind's memcheck: what it reads that was never written, and
# what it does not free. B is the build folder.
#
# A part of the program tests, none that looks at the clock: everything takes
# ten times as long. Nor one that signals a logger that has just begun, which
# valgrind would not let it hear.
set -u
: "${B:?the build folder}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

# In the place of each program one that runs it so. What is said goes to a file
# a process; nothing is said where all is well.
mkdir "$tmp/bin" "$tmp/said" "$tmp/log"
chmod 755 "$tmp"
chmod 777 "$tmp/said"
for program in svlogd svlogd-fault; do
	cat >"$tmp/bin/$program" <<-END
		#!/bin/sh
		exec valgrind -q --leak-check=full --log-file=$tmp/said/%p \\
		    $B/svlogd-bin/$program "\$@"
	END
	chmod 755 "$tmp/bin/$program"
done

# it NAME COMMAND ...: the command ends well, and valgrind has nothing to say.
it() {
	name=$1
	shift
	if "$@" >"$tmp/out" 2>&1 &&
	    [ -z "$(find "$tmp/said" -size +0 -type f)" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		tail -n 20 "$tmp/out"
		find "$tmp/said" -size +0 -type f -exec head -n 40 {} +
	fi
	rm -f "$tmp"/said/*
}

# A driver's sentences with these words.
scenes() {
	it "$1: $2" "$B/prog/$1" --lanes 4 --only "$2" -- "$tmp/bin/svlogd" \
	    "$tmp/bin/svlogd-fault"
}

# All that a config and a command line can ask for.
mixed() {
	printf '%s\n' s2000 n3 N2 t100 S100k A1d y5 m640 Bdrop 'phost: ' O \
	    -x 'xyz 12' '-*+a*b' '+*7*' 'e*9' 'E*19' '~-^[13].*5$' \
	    '~+(*NO_JIT)(1|5)+$' '~m(2)[46]' s >"$tmp/log/config"
	printf '#x\n!cat\n%s\n' "-$(printf '%0500d' 0)" >>"$tmp/log/config"
	"$tmp/bin/svlogd" -n "$tmp/log"
	[ $? -eq 1 ] || return 1 # an s without a number
	seq 3000 | "$tmp/bin/svlogd" -ttv -r_ -l300 -b3000 "$tmp/log" &&
	    seq 3000 | "$tmp/bin/svlogd" -t -l5 -b6 "$tmp/log" "$tmp/none"
}

it "options and config" mixed
scenes procs "directory"
scenes gone "replaced"
scenes full "inodes"
scenes full "new config"
scenes full "no line from another"
scenes clock "step"
scenes rings "lock.ring"
scenes memory "lines flow"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
