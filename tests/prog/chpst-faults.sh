#!/bin/sh
# Each system call of chpst fails in turn: the program then is what it was to
# be, or it does not run.
#
#   B   the build folder
set -u
: "${B:?the build folder}"
FAULT=$B/supervisor-bin/chpst-fault

if [ "$(id -u)" -ne 0 ]; then
	echo "skipped: not root"
	exit 0
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$tmp" && cd "$tmp" && mkdir env own && chown 65534 own || exit 1
cp "$B/prog/state" state
echo one >env/ONE
: >env/TWO
failed=0 calls=0 harmless=0

# every WORDS OF CHPST ...: what it does when call 1, 2, ... fails, and that
# error is what it says.
every() {
	rm -f own/lock
	env -i TWO=2 PATH=/bin:/usr/bin "$FAULT" "$@" ./state >good 2>said
	[ $? -eq 7 ] || {
		failed=1
		echo "FAILED: $*: does not run: $(cat said)"
		return
	}
	call=0
	while call=$((call + 1)); do
		rm -f own/lock points
		env -i TWO=2 PATH=/bin:/usr/bin WEIR_FAULT="fail:any:EIO:$call" \
		    WEIR_FAULT_LOG="$tmp/points" "$FAULT" "$@" ./state >out 2>said
		code=$?
		sed '/^var <WEIR_FAULT/d' out >seen
		if [ $code -eq 7 ] && cmp -s seen good; then
			[ "$(wc -l <points)" -lt $call ] && break
			harmless=$((harmless + 1))
		elif [ $code -ne 111 ] || [ -s out ]; then
			failed=1
			echo "FAILED: $*: call $call: exit $code"
			sed -n "${call}p" points
			diff good seen
		fi
		[ $call -lt 200 ] || exit 1
	done
	calls=$((calls + call - 1))
}

every -u nobody:adm:mail
every -u :65534:65534:4
every -U nobody -e env -n 1
every -C / -/ / -l "$tmp/own/lock" -u nobody -C "$tmp"
every -l own/lock -0
every -L own/lock -u nobody -o 50:60 -m 90000000
every -i -u nobody -c =
every -v -u root

# Who cannot be told apart from root is not let loose.
for call in get_uids get_gids getgroups; do
	WEIR_FAULT=fail:$call:EIO:1 "$FAULT" -u nobody ./state >out 2>said
	code=$?
	[ $code -eq 111 ] && [ ! -s out ] &&
	    grep -q 'the change of user is not complete' said && continue
	failed=1
	echo "FAILED: $call: exit $code: $(cat said)"
done
[ $calls -gt 60 ] || failed=1
echo "$calls calls failed, $harmless of them without harm"
exit $failed
