#!/bin/sh
# Each system call of svlog fails in turn, and each taking of memory: what is
# printed then is right, and where it is not all it is told, and exit 2.
#
#   B   the build folder
set -u
: "${B:?the build folder}"
FAULT=$B/svlogd-bin/svlog-fault
svlogd=$B/svlogd-bin/svlogd

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cd "$tmp" || exit 1
export SVDIR="$tmp/service"
mkdir -p service/a/log service/b/log/main service/web/log/main one two
printf 's3000\nn0\n' | tee one/config >two/config
seq -f 'line %g of many, to fill some files with them' 1 500 >lines
"$svlogd" -tt one <lines
"$svlogd" -t two <lines
"$svlogd" -tt service/web/log/main <lines
# With one of these missing, the lines of the others have their names still.
seq 10 | "$svlogd" -tt service/a/log
seq 10 | "$svlogd" -tt service/b/log/main
for f in one/@*; do
	gzip -c "$f" >packed && cat packed >"$f"
	break
done
failed=0 calls=0 harmless=0

# every WHAT ARGUMENT ...: what svlog does when call 1, 2, ... fails. Where the
# last lines cannot all be counted there are earlier ones too.
every() {
	what=$1
	shift
	"$FAULT" "$@" >good 2>said || {
		failed=1
		echo "FAILED: $*: $(cat said)"
		return
	}
	case "$*" in
	*-n*) "$FAULT" ./two >whole ;;
	*) cp good whole ;;
	esac
	call=0
	while call=$((call + 1)); do
		rm -f points allocs
		WEIR_FAULT="fail:$what:$call" WEIR_FAULT_LOG="$tmp/points" \
		    WEIR_FAULT_ALLOCS="$tmp/allocs" \
		    timeout 20 "$FAULT" "$@" >out 2>said
		code=$?
		if [ $code -eq 0 ] && cmp -s out good; then
			case $what in
			alloc:*) [ "$(wc -l <allocs)" -lt $call ] && break ;;
			*) [ "$(wc -l <points)" -lt $call ] && break ;;
			esac
			harmless=$((harmless + 1))
		elif [ $code -ne 2 ] || ! grep -q '^svlog: ' said ||
		    diff whole out | grep -q '^>'; then
			failed=1
			echo "FAILED: $*: $what $call: exit $code: $(cat said)"
			sed -n "${call}p" points
			diff whole out | grep '^>' | head -n 3
		fi
		[ $call -lt 400 ] || exit 1
	done
	calls=$((calls + call - 1))
}

for what in any:EIO alloc:ENOMEM; do
	every $what -o raw ./one
	every $what -e 'line 4.*s' -s today ./one
	every $what -e many -n 300 ./two
	every $what -o raw web
	every $what
	every $what -o raw ./one/ ./two/
done
echo "$calls calls failed, $harmless of them without a difference"
[ "$calls" -gt 300 ] && [ "$harmless" -lt "$calls" ] || exit 1
[ $failed -eq 0 ]
