#!/bin/sh
# svlog's command line: what it finds, what it says, how it ends.
#
#   B  the build folder
set -u
: "${B:?the build folder}"
svlog=$B/svlogd-bin/svlog
svlogd=$B/svlogd-bin/svlogd
dir=$(mktemp -d) || exit 1
logger=''
trap '[ -z "$logger" ] || kill "$logger"; rm -rf "$dir"' EXIT
unset NO_COLOR CLICOLOR_FORCE
export SVDIR="$dir/service"
cd "$dir" || exit 1
failed=0

fail() {
	echo "FAILED: $*"
	failed=1
}

# is CODE OUTPUT ARGUMENT ...: svlog says so, and exits so.
is() {
	code=$1 want=$2
	shift 2
	got=$("$svlog" "$@" 2>err)
	r=$?
	[ "$r" -eq "$code" ] || fail "svlog $*: exit $r, not $code"
	[ "$got" = "$want" ] || fail "svlog $*: '$got', not '$want'"
	[ "$code" -eq 2 ] || [ ! -s err ] || fail "svlog $*: $(cat err)"
}

# says WORDS ARGUMENT ...: it is trouble, told in one line.
says() {
	want=$1
	shift
	is 2 '' "$@"
	[ "$(wc -l <err)" -eq 1 ] || fail "svlog $*: $(cat err)"
	grep -qF -e "$want" err || fail "svlog $*: $(cat err)"
}

mkdir -p log service/web/log/main service/db/log/supervise log2
echo 'one
two
three' | "$svlogd" log
echo 'web 1
web 2' | "$svlogd" -tt service/web/log/main
mkdir service/db/log/main service/db/log/errors service/none

# --- which lines, and how it ends ----------------------------------------------
is 0 'one
two
three' ./log
is 0 'three' -n 1 ./log
is 0 'two
three' -n 2 ./log
is 1 '' -n 0 ./log
is 0 'two' -e w ./log
is 0 'two' -e w log
is 0 'two' ./log -e w
is 0 'two
three' -e '^t' ./log
is 0 'one
three' -v -e two ./log
is 1 '' -e none ./log
is 0 '3' -c ./log
is 1 '0' -c -e none ./log
is 0 '2' -c -v -e w ./log
is 0 'one' -e ne -o raw -- ./log
is 1 '' -s -1s -u -0 -e none ./log
is 0 '{"time":null,"log":"./log","file":"current","text":"two"}' -o json -e w ./log
is 0 './log:3
web:2' -c ./log web
is 0 './log:2
web:2' -c -n 4 ./log web
is 0 './log:0
web:2' -c -n 2 ./log web
is 0 '2' -c -s today -u 2200-01-01 web
is 1 '0' -c -s 2200-01-01 web

# Nothing is waited for that can no longer come.
got=$(timeout 60 "$svlog" -f -u now ./log web)
[ $? -eq 0 ] && [ "$(echo "$got" | wc -l)" -eq 5 ] || fail "-f -u now: $got"

# --- what is wrong ---------------------------------------------------------------
says 'no such option: -x' -x ./log
says 'an argument is missing: -n' ./log -n
says 'not a number of lines: 1x' -n 1x ./log
says 'not a number of lines: -5' -n -5 ./log
says 'not a time: soon' -s soon ./log
says 'no such time: 25:00' -u 25:00 ./log
says 'no such format: xml' -o xml ./log
says 'no such format: prometheus' -o prometheus ./log
says 'regular expression: missing closing parenthesis, at character 3: (a' -e '(a' ./log
says '-v: needs -e' -v ./log
says '-s: is later than -u' -s now -u today ./log
says '-c: a log that is followed has no end' -f -c ./log
says 'nor a service with one: nothing' nothing
says 'nor a service with one: ./log2' ./log2
says 'nor a service with one: none' none
is 2 'one
two
three' ./log nothing
"$svlog" -V | grep -q '^weir svlog [0-9]' || fail "-V"

# --- what a word stands for --------------------------------------------------------
is 0 '2' -c web
is 0 '2' -c ./service/web
is 0 '2' -c ./service/web/log
is 0 '2' -c ./service/web/log/main/
is 0 '2' -c
is 0 '2' -c web web ./service/web
# Of several services one cannot be read, whoever looks: that is told.
mkdir service/loop
ln -s main service/loop/log
ln -s log service/loop/main
is 2 '2' -c
[ "$(cat err)" = 'svlog: warning: unable to read the log of loop: symbolic link loop' ] ||
    fail "a service that cannot be read: $(cat err)"
rm -r service/loop
mkfifo pipe
(cd service/db/log && exec "$svlogd" -t ./main errors <"$dir/pipe") &
logger=$!
exec 3>pipe
echo "$logger" >service/db/log/supervise/pid
i=0
until [ -e service/db/log/errors/current ] || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
echo both >&3
exec 3>&-
wait "$logger"
logger=''
# It is gone: its first directory is where one looks.
is 0 '1' -c db
mkfifo pipe2
(cd service/db/log && exec "$svlogd" -t ./main errors <"$dir/pipe2") &
logger=$!
exec 3>pipe2
echo "$logger" >service/db/log/supervise/pid
i=0
until [ "$(tr '\0' ' ' <"/proc/$logger/cmdline" 2>/dev/null)" = \
    "$svlogd -t ./main errors " ] || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
if [ -e "/proc/$logger/cmdline" ]; then
	is 0 'db/main:1
db/errors:1' -c db
	got=$("$svlog" db | sed 's/^[^ ]* //')
	[ "$got" = 'db/main: both
db/errors: both' ] || fail "names: $got"
fi
exec 3>&-
wait "$logger"
logger=''

# --- bytes --------------------------------------------------------------------------
mkdir bytes
printf 'a\033[31m\0\377"\\\n' | "$svlogd" bytes
"$svlog" ./bytes | cmp -s - bytes/current || fail "text to a pipe is as it is"
"$svlog" -o raw ./bytes | cmp -s - bytes/current || fail "raw"
CLICOLOR_FORCE=1 "$svlog" ./bytes | grep -q '\\x1b\[31m' || fail "not escaped"
CLICOLOR_FORCE=1 "$svlog" web | grep -q "$(printf '\033')" || fail "no colour"
if command -v jq >/dev/null; then
	head -c 300000 /dev/urandom | "$svlogd" bytes
	"$svlog" -o json ./bytes >json
	jq -e . <json >/dev/null || fail "jq does not read it"
	[ "$(jq -r .log <json | sort -u)" = ./bytes ] || fail "json: names"
	[ "$(wc -l <json)" -eq "$("$svlog" -c ./bytes)" ] || fail "json: lines"
else
	echo "skipped: no jq"
fi
# A line of 300 MB costs no memory.
mkdir long
head -c 300000000 /dev/zero | tr '\0' x >long/current
limited() {
	# shellcheck disable=SC3045 # dash, ksh and busybox have it
	case $B in
	*-san*) "$@" ;; # a sanitizer wants a thousand times that
	*) (ulimit -v 100000 && "$@") ;;
	esac
}
limited "$svlog" -o raw -n 1 ./long | cmp -s - long/current ||
    fail "a long line"
gzip -9 long/current && mv long/current.gz long/@400000006a12f1420a5f8e67.s
limited "$svlog" -c ./long >count
[ "$(cat count)" = 1 ] || fail "a gzip bomb"

# What is behind a damaged place is not passed over in silence.
mkdir spoilt
(
	echo before | gzip
	printf '??'
	echo behind | gzip
) >spoilt/@400000006a12f1420a5f8e67.s.gz
is 2 'before' ./spoilt
grep -q '/@400000006a12f1420a5f8e67.s.gz: damaged data$' err ||
    fail "damaged: $(cat err)"

# Who reads late misses no word: both are one pipe, which is full meanwhile.
seq 100000 | gzip | head -c 100000 >spoilt/@400000006a12f1420a5f8e67.s.gz
"$svlog" ./spoilt 2>&1 | (
	sleep 1
	grep -q 'damaged data$'
) || fail "a word is lost where the pipe is full"

# --- stat and verify ----------------------------------------------------------------
esc=$(printf 'e\033[31m')
mkdir "$esc"
echo 1 | "$svlogd" "$esc"
printf torn >"$esc/@4000000000000000$(printf '\033[31m%s' 'xyz').s"
for command in stat verify -c; do
	"$svlog" $command "./$esc" ./log 2>&1 | grep -qF './e\x1b[31m' ||
	    fail "$command: a name"
	"$svlog" $command "./$esc" ./log | grep "$(printf '\033')" &&
	    fail "$command: a terminal would obey a name"
done
"$svlog" stat ./log | grep -q '^\./log  *3  *3  *0  *0  *0  *0  *0$' || fail "stat"
"$svlog" stat -o prometheus ./log web |
    grep -qx 'svlogd_read_lines_total{log="web"} 2' || fail "stat -o prometheus"
# A label knows no \u.
"$svlog" stat -o prometheus "./$esc" |
    grep -qF '{log="./e\\x1b[31m"}' || fail "stat -o prometheus: a name"
"$svlog" stat -o json ./log | grep -q '"log":"./log".*"read_lines":3,' ||
    fail "stat -o json"
is 0 './log: 1 file, 0 compressed, 3 lines: sound' verify ./log
mkdir broken
echo torn | gzip | head -c 20 >broken/@400000006a12f1420a5f8e67.s
is 1 'broken: @400000006a12f1420a5f8e67.s: gzip data that is not sound, or ends too early
broken: 1 file, 1 compressed, 1 line: 1 wrong' verify broken/
mkdir cut
mkfifo cut/current
got=$("$svlog" verify ./cut 2>err)
[ $? -eq 1 ] && [ "$got" = './cut: not all could be read
./cut: 0 files, 0 compressed, 0 lines: 1 wrong' ] || fail "verify: $got"
"$svlog" stat broken/ 2>err
[ $? -eq 1 ] || fail "stat without counters"
says 'no such option: -f' verify -f ./log

# --- nobody reads -------------------------------------------------------------------
mkdir much
yes | head -n 1000000 >much/current
"$svlog" ./much 2>err | head -n 1 >/dev/null
[ ! -s err ] || fail "a closed pipe: $(cat err)"
"$svlog" ./much >/dev/full 2>err && fail "a full disk is no trouble"
grep -q 'unable to print: out of disk space' err || fail "full: $(cat err)"
[ $failed -eq 0 ]
