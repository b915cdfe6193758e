#!/bin/sh
# Programs that read what sv and runsv say: the rules by which they read, and
# some of the programs themselves, on a living tree of services.
#
#   B          the build folder
#   RUNSV      a runsv (default: ours, else the one beside RUNIT_SVLOGD)
#   CONSUMERS  where packages are unpacked (default: build/consumers)
#   FETCH      yes: what is large (ansible) is fetched, too, where it is neither
#              there nor installed
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
CONSUMERS=${CONSUMERS:-$here/build/consumers}
peers=$(dirname "${RUNIT_SVLOGD:-/nonexistent/svlogd}")
sv=$B/supervisor-bin/sv
for runsv in "${RUNSV:-}" "$B/supervisor-bin/runsv" "$peers/runsv"; do
	[ -x "$runsv" ] && break
done
if [ ! -x "$runsv" ]; then
	echo "skipped: no runsv; give one in RUNSV"
	exit 0
fi

dir=$(mktemp -d) || exit 1
tree=$dir/service
failed=0 missing='' runsvs=''
SVDIR=$tree
export SVDIR
unset SVWAIT

cleanup() {
	"$sv" -w 3 X "$tree"/* >/dev/null 2>&1
	for pid in $runsvs; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

fail() {
	echo "FAILED: $*"
	failed=1
}

# says WHO PATTERN COMMAND ...: it exits with 0 and prints that.
says() {
	who=$1 pattern=$2
	shift 2
	out=$("$@" 2>"$dir/err") || fail "$who: $*: exit $?: $out"
	echo "$out" | grep -qE "$pattern" || fail "$who: $*: $out"
	[ -s "$dir/err" ] && fail "$who: $*: $(cat "$dir/err")"
}

# code WHO NUMBER COMMAND ...
code() {
	who=$1 number=$2
	shift 2
	out=$("$@" 2>&1)
	got=$?
	[ $got -eq "$number" ] || fail "$who: $*: exit $got, not $number: $out"
}

# becomes WHO STATE NAME [MORE]: within 20 seconds.
becomes() {
	tries=0
	until "$sv" status "$3" |
	    grep -q "^$2: $3: .*s\(, normally up\)*${4:-}$"; do
		tries=$((tries + 1))
		if [ $tries -gt 400 ]; then
			fail "$1: $("$sv" status "$3")"
			return
		fi
		sleep 0.05
	done
}

# service NAME RUN: with a runsv.
service() {
	mkdir -p "$tree/$1"
	printf '#!/bin/sh\n%s\n' "$2" >"$tree/$1/run"
	chmod +x "$tree/$1/run"
}

service up 'trap "" HUP; exec sleep 1000'
service logged 'exec sleep 1000'
mkdir "$tree/logged/log"
printf '#!/bin/sh\nexec cat >/dev/null\n' >"$tree/logged/log/run"
chmod +x "$tree/logged/log/run"
service down 'exec sleep 1000'
: >"$tree/down/down"
mkdir "$tree/bare"
for name in up logged down; do
	(cd "$tree" && exec "$runsv" $name) >/dev/null 2>&1 </dev/null &
	runsvs="$runsvs $!"
done
tries=0
until "$sv" status up logged down >/dev/null 2>&1 &&
    "$sv" status logged | grep -q '^run:.*; run:'; do
	tries=$((tries + 1))
	if [ $tries -gt 400 ]; then
		echo "FAILED: services do not come up"
		exit 1
	fi
	sleep 0.05
done

# --- rules -------------------------------------------------------------------
# Chef's runit_service: /^run:/, 0 or 100, FIFOs.
says chef '^run:' "$sv" -w 5 -v status "$tree/up"
code chef 100 "$sv"
[ -p "$tree/up/supervise/ok" ] || fail "chef: ok is no FIFO"
[ -p "$tree/logged/log/supervise/ok" ] || fail "chef: the log's ok is no FIFO"
for word in 1 2 hup int term kill quit cont up down once; do
	code chef 0 "$sv" -w 5 $word "$tree/down"
done
code chef 0 "$sv" down "$tree/down"

# Puppet: /^run: /; what fails matches /(warning: |runsv not running$)/.
says puppet '^run: ' "$sv" status "$tree/logged"
"$sv" status "$tree/bare" | grep -qE '(warning: |runsv not running$)' ||
    fail "puppet: $("$sv" status "$tree/bare")"
for word in stop start restart; do
	code puppet 0 "$sv" $word "$tree/up"
done

# Salt: startswith("run: "), exit codes.
says salt '^run: ' "$sv" status "$tree/up"
code salt 0 "$sv" status "$tree/down"
code salt 1 "$sv" status "$tree/missing"
code salt 0 "$sv" reload "$tree/up"

# omnibus-ctl: a link to sv, called as an init script.
ln -s "$sv" "$dir/up"
ln -s "$sv" "$dir/down"
code omnibus 0 "$dir/up" status
code omnibus 0 "$dir/up" restart
code omnibus 3 "$dir/down" status
code omnibus 0 "$dir/up" -w 5 stop
code omnibus 3 "$dir/up" status
code omnibus 0 "$dir/up" start

# phusion's my_init and health checks: a loop on ^run:, grep -v, "want up".
"$sv" status "$tree"/* | grep -q '^run:' || fail "phusion: nothing runs"
code phusion 0 "$sv" -w 5 down "$tree/up" "$tree/logged"
"$sv" status "$tree/up" "$tree/logged" | grep -q '^run:' &&
    fail "phusion: something runs"
[ "$("$sv" status "$tree/up" "$tree/logged" | grep -vc ^run:)" -eq 2 ] ||
    fail "phusion: grep -v ^run:"
code phusion 0 "$sv" start "$tree/up" "$tree/logged"
"$sv" status "$tree/up" | grep -q 'want up' && fail "phusion: want up"

# Debian's and Void's stage 3.
code void 0 "$sv" -w 5 force-stop "$tree/up" "$tree/logged" "$tree/down"
code void 0 "$sv" start "$tree/up" "$tree/logged"

# Ansible: split at "; ", `(pid N)`, ` Ns`; a word on standard error would be the
# state.
says ansible '^run: [^;]* \(pid [0-9]+\) [0-9]+s; run: log: \(pid [0-9]+\)' \
    "$sv" status "$tree/logged"
says ansible '^down: [^;]* [0-9]+s(, [a-z ]+)*$' "$sv" status "$tree/down"

# vsv: stat is one of three words, pid a number and a newline or empty, and stat
# was modified when the state changed. Nobody is to touch them because sv asked.
is_text() {
	[ "$(cat "$tree/$1")" = "$2" ] || fail "vsv: $1: $(cat "$tree/$1")"
}
is_text up/supervise/stat run
is_text down/supervise/stat down
is_text down/supervise/pid ''
[ -d "/proc/$(cat "$tree/up/supervise/pid")" ] || fail "vsv: pid of up"
before=$(stat -c %y "$tree/up/supervise/status")
"$sv" status up >/dev/null
[ "$before" = "$(stat -c %y "$tree/up/supervise/status")" ] ||
    fail "vsv: status was touched"
began=$(stat -c %Y "$tree/up/supervise/stat")
code vsv 0 "$sv" down down # known, and wanted already
code vsv 0 "$sv" alarm down
[ "$began" = "$(stat -c %Y "$tree/up/supervise/stat")" ] ||
    fail "vsv: the time of stat changed"
since=$("$sv" -j status up | sed -n 's/.*"since":\([0-9]*\).*/\1/p')
[ $((began - since)) -ge 0 ] && [ $((began - since)) -le 5 ] ||
    fail "vsv: stat is of $began, the start of $since"

# go-runit: bytes of status, one by one.
# byte NAME FROM COUNT: decimal, blanks between them.
byte() {
	od -An -v -tu1 -j"$2" -N"$3" "$tree/$1/supervise/status" |
	    tr -s ' ' | sed 's/^ //; s/ $//'
}
[ "$(wc -c <"$tree/up/supervise/status")" -eq 20 ] || fail "go-runit: size"
seconds=0
for n in $(byte up 1 7); do
	seconds=$((seconds * 256 + n))
done
[ "$(byte up 0 1)" = 64 ] && [ $((seconds - 10)) -eq "$since" ] ||
    fail "go-runit: $seconds, not $since"
pid=0 place=1
for n in $(byte up 12 4); do
	pid=$((pid + n * place)) place=$((place * 256))
done
[ $pid = "$(cat "$tree/up/supervise/pid")" ] || fail "go-runit: pid $pid"
[ "$(byte up 16 4)" = '0 117 0 1' ] || fail "go-runit: $(byte up 16 4)"
[ "$(byte down 12 8)" = '0 0 0 0 0 100 0 0' ] ||
    fail "go-runit: $(byte down 12 8)"

# go-svcmgr: a change is a file that is renamed to `status`.
inode=$(stat -c %i "$tree/up/supervise/status")
code go-svcmgr 0 "$sv" -v once up
[ "$inode" != "$(stat -c %i "$tree/up/supervise/status")" ] ||
    fail "go-svcmgr: status was not replaced"
code go-svcmgr 0 "$sv" up up

# InSpec, omnibus-ctl: `runsv NAME` in the process list.
tr '\0' ' ' <"/proc/${runsvs##* }/cmdline" | grep -q 'runsv down $' ||
    fail "inspec: no 'runsv down'"

# JSON, for whoever reads that.
if command -v jq >/dev/null; then
	got=$("$sv" -j list | jq -r '.[] | [.service, .state, .log.state,
	    (.pid // 0) > 0] | @csv' | tr '\n' ' ')
	[ "$got" = '"bare",,,false "down","down",,false '"\
"'"logged","run","run",true "up","run",,true ' ] || fail "json: $got"
else
	missing="$missing jq"
fi

# --- the programs -----------------------------------------------------------------
# fetch PACKAGE WANTED [PATTERN ...]: unpacks (those files of) it.
fetch() {
	package=$1 wanted=$2
	shift 2
	[ -e "$CONSUMERS/$wanted" ] && return 0
	command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
	mkdir -p "$CONSUMERS" "$dir/dl"
	(cd "$dir/dl" && timeout 120 apt-get -q download "$package") \
	    >/dev/null 2>&1 || return 1
	dpkg --fsys-tarfile "$dir/dl/$package"_*.deb |
	    tar -x -C "$CONSUMERS" --wildcards "$@" 2>/dev/null
	rm -f "$dir/dl/$package"_*.deb
	[ -e "$CONSUMERS/$wanted" ]
}

# daemontools' own.
tools=$CONSUMERS/usr/bin
if fetch daemontools usr/bin/svstat './usr/bin/sv*'; then
	says svstat 'up \(pid [0-9]+\) [0-9]+ seconds' \
	    "$tools/svstat" "$tree/up"
	says svstat 'down [0-9]+ seconds' "$tools/svstat" "$tree/down"
	code svok 0 "$tools/svok" "$tree/up"
	code svok 100 "$tools/svok" "$tree/bare"
	code svc 0 "$tools/svc" -d "$tree/up"
	becomes svc down up
	code svc 0 "$tools/svc" -u "$tree/up"
	becomes svc run up
	code svc 0 "$tools/svc" -p "$tree/up"
	becomes svc run up ', paused'
	says svstat ', paused' "$tools/svstat" "$tree/up"
	code svc 0 "$tools/svc" -c "$tree/up"
	becomes svc run up
else
	missing="$missing daemontools"
fi

# Ansible's module, by its own AnsibleModule.
python=/usr/lib/python3/dist-packages
module=ansible_collections/community/general/plugins/modules/runit.py
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

has_ansible() {
	[ -e "$python/$module" ] && return
	python=$CONSUMERS$python
	[ -e "$python/$module" ] && return
	[ "${FETCH:-}" = yes ] &&
	    fetch ansible-core "${python#"$CONSUMERS/"}/ansible/module_utils" \
		'./usr/lib/python3/dist-packages/ansible/*' &&
	    fetch ansible "${python#"$CONSUMERS/"}/$module" "./*/$module"
}

# ansible STATE: its answer.
ansible() {
	printf '{"ANSIBLE_MODULE_ARGS": {"name": "%s", "state": "%s",
	    "service_dir": "%s", "service_src": "%s"}}' "$1" "$2" "$tree" \
	    "$tree" |
	    PATH=$dir/bin:$PATH PYTHONPATH=$python python3 "$python/$module"
}

# ansible_is NAME STATE CHANGED STATE_AFTER
ansible_is() {
	got=$(ansible "$1" "$2" 2>&1)
	case $got in
	*"\"changed\": $3"*"\"state\": \"$4\""*) ;;
	*) fail "ansible: $2 $1: $got" ;;
	esac
}

if ! command -v python3 >/dev/null; then
	missing="$missing python3"
elif has_ansible; then
	mkdir "$dir/bin"
	ln -s "$sv" "$dir/bin/sv"
	ansible_is up started false started
	pid=$(cat "$tree/up/supervise/pid")
	case $got in
	*"\"pid\": \"$pid\""*) ;;
	*) fail "ansible: not pid $pid: $got" ;;
	esac
	ansible_is up stopped true stopped
	ansible_is up stopped false stopped
	ansible_is up started true started
	ansible_is up restarted true started
	ansible_is up reloaded true started
	ansible_is logged started false started
	ansible_is logged killed true stopped
	ansible_is logged started true started
	ansible_is down stopped false stopped
	code ansible 0 "$sv" -w 5 start up
else
	missing="$missing ansible"
fi

# node_exporter's collector.
exporter=usr/bin/prometheus-node-exporter
metric() {
	grep "^node_service_$1{service=\"$2\",supervisor=\"runit\"} " \
	    "$dir/metrics" | sed 's/.* //'
}

metric_is() {
	got=$(metric "$1" "$2")
	[ "$got" = "$3" ] || fail "node_exporter: $1 of $2: $got, not $3"
}

if ! command -v python3 >/dev/null; then
	:
elif fetch prometheus-node-exporter $exporter "./$exporter"; then
	port=$((20000 + $$ % 20000))
	"$CONSUMERS/$exporter" --collector.disable-defaults \
	    --collector.runit --collector.runit.servicedir="$tree" \
	    --web.listen-address=127.0.0.1:$port >/dev/null 2>"$dir/err" &
	exporter_pid=$!
	python3 - "$port" >"$dir/metrics" <<-'END'
	import sys, time, urllib.request
	for i in range(200):
	    try:
	        url = "http://127.0.0.1:" + sys.argv[1] + "/metrics"
	        print(urllib.request.urlopen(url).read().decode())
	        break
	    except OSError:
	        time.sleep(0.05)
	END
	kill $exporter_pid
	wait $exporter_pid 2>/dev/null
	metric_is state up 1
	metric_is desired_state up 1
	metric_is normal_state up 1
	metric_is state down 0
	metric_is desired_state down 0
	metric_is state logged 1
	since=$("$sv" -j status up | sed -n 's/.*"since":\([0-9]*\).*/\1/p')
	got=$(metric state_last_change_timestamp_seconds up)
	awk -v a="$since" -v b="$got" 'BEGIN { exit a - b == 0 ? 0 : 1 }' ||
	    fail "node_exporter: last change $got, not $since"
else
	missing="$missing node_exporter"
fi

[ $failed -eq 0 ] || exit 1
[ -z "$missing" ] || echo "skipped: not to be had:$missing (the rest is fine)"
