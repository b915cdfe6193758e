#!/bin/sh
# What receivers of syslog make of svlogd's datagrams: rsyslog, syslog-ng and
# socklog, Debian's, in a root of their own.
#
#   B          the build folder
#   RECEIVERS  where packages are unpacked (default: build/receivers)
#   RECEIVERS_LONG=1   200,000 lines at 20,000 a second, and all have to arrive
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
RECEIVERS=${RECEIVERS:-$here/build/receivers}
. "$here/tests/kit/becomes.sh"
. "$here/tests/kit/root.sh"
. "$here/tests/kit/apt.sh"

LC_ALL=C
export LC_ALL
packages='rsyslog syslog-ng-core socklog'
[ "$(id -u)" -eq 0 ] || skip "only root can have a root of its own"
if [ "${ROOT_OWN:-}" != yes ]; then
	mkdir -p "$RECEIVERS"
	for package in $packages; do
		apt_files "$RECEIVERS/$package" "$package" ||
			skip "no packages of Debian here"
	done
fi
root_own "$0" "$@" || skip "no namespaces here"

dir=$(mktemp -d) || exit 1
root_make "$dir" "$RECEIVERS/rsyslog" "$RECEIVERS/syslog-ng-core" \
	"$RECEIVERS/socklog" || skip "no overlay here"
trap 'kill $pids 2>/dev/null; wait; cd /; root_drop "$dir"' EXIT
trap 'exit 1' INT TERM
pids=''
host=$(uname -n)
out=$dir/root/tmp

# --- the receivers -----------------------------------------------------------
cat >"$out/rsyslog.conf" <<'EOF'
global(maxMessageSize="70k" workDirectory="/tmp")
module(load="imudp")
template(name="fields" type="string" string="%HOSTNAME%|%syslogtag%|%syslogfacility-text%.%syslogseverity-text%|%timereported:::date-rfc3339%|%protocol-version%|%msg%\n")
ruleset(name="all") {
  action(type="omfile" file="/tmp/rsyslog" template="fields")
}
input(type="imudp" address="127.0.0.1" port="5514" ruleset="all" rcvbufSize="64m")
EOF
cat >"$out/syslog-ng.conf" <<'EOF'
@version: 3.38
options { keep-hostname(yes); use-dns(no); flush-lines(1); stats-freq(0); };
source s_5424 { network(ip("127.0.0.1") port(5515) transport("udp")
  flags(syslog-protocol) log-msg-size(70000) so-rcvbuf(67108864)); };
source s_3164 { network(ip("127.0.0.1") port(5516) transport("udp")
  log-msg-size(70000) so-rcvbuf(67108864)); };
destination d_fields { file("/tmp/syslog-ng" template("${HOST}|${PROGRAM}|${FACILITY}.${LEVEL}|${ISODATE}|${.SDATA.meta.sequenceId}|${MSG}\n")); };
log { source(s_5424); source(s_3164); destination(d_fields); };
EOF
: >"$out/rsyslog"
: >"$out/syslog-ng"
in_root rsyslogd -n -f /tmp/rsyslog.conf -i /tmp/rsyslog.pid 2>"$out/err1" &
pids=$!
in_root syslog-ng -F -f /tmp/syslog-ng.conf -R /tmp/persist -p /tmp/ng.pid \
	-c /tmp/ng.ctl 2>"$out/err2" &
pids="$pids $!"
in_root socklog inet 127.0.0.1 5517 >"$out/socklog" 2>"$out/err3" &
pids="$pids $!"

# listens PORT: somebody does.
listens() {
	grep -qi ":$(printf %04X "$1") " /proc/net/udp
}
for port in 5514 5515 5516 5517; do
	becomes listens $port || fail "port $port: $(cat "$out"/err?)"
done

# --- what they make of it ----------------------------------------------------
bad=0
wrong() {
	echo "FAILED: $*"
	bad=1
}

# sends CONFIG TEXT [OPTION ...]: TEXT through svlogd; backslashes are printf's.
sends() {
	rm -rf "$dir/log"
	mkdir "$dir/log"
	printf "$1" >"$dir/log/config"
	text=$2
	shift 2
	printf "$text" | "$B/svlogd-bin/svlogd" "$@" "$dir/log" ||
		fail "svlogd: $*"
}

# gets RECEIVER LINE: it writes that, but for the time.
gets() {
	becomes has "$1" "$2" || wrong "$1: no $2"
}

# `T' is a time of this minute or the one before.
has() {
	sed "s/20[0-9T:.-]*\\(Z\\|+00:00\\)/T/" "$out/$1" | grep -qxF -- "$2"
}

# Every time is of the last two minutes, whatever the receiver's zone.
times_are_now() {
	sed -n 's/.*|\(20[0-9T:.-]*\(Z\|[+-][0-9:]*\)\)|.*/\1/p' "$out/$1" |
		while read -r time; do
			age=$(($(date +%s) - $(date -d "$time" +%s)))
			[ $age -ge -1 ] && [ $age -le 120 ] || echo "$time"
		done | head -n 3
}

all='hello world\nh\303\251llo\nctl\033[0m\tx\n\nnul\000x\nbad\377\n'
latin=$(printf 'bad\377')
bom=$(printf '\357\273\277')

for port in 5514 5515; do
	sends "u127.0.0.1:$port\nF5424 local3.warning my-app\n" "$all" -tt
done
who="$host|my-app|local3.warning|T|1"
for text in 'hello world' "${bom}h$(printf '\303\251')llo" 'ctl\x1b[0m\x09x' \
	'' 'nul\x00x' "$latin"; do
	gets rsyslog "$who|$text"
done
n=0
for text in 'hello world' "h$(printf '\303\251')llo" 'ctl\x1b[0m\x09x' '' \
	'nul\x00x' "$latin"; do
	n=$((n + 1))
	gets syslog-ng "$host|my-app|local3.warning|T|$n|$text"
done

# RFC 3164: the name has no domain, and the time no zone.
short=${host%%.*}
for port in 5514 5516 5517; do
	sends "u127.0.0.1:$port\nF3164 mail.crit postfix/smtpd\n" "$all" -tt
done
for text in 'hello world' "h$(printf '\303\251')llo" 'ctl\x1b[0m\x09x' '' \
	'nul\x00x' "$latin"; do
	gets rsyslog "$short|postfix/smtpd:|mail.crit|T|0| $text"
	gets syslog-ng "$short|postfix/smtpd|mail.crit|T||$text"
	becomes grep -qE \
		": mail.crit: ... .. [0-9:]{8} $short postfix/smtpd: " \
		"$out/socklog" || wrong "socklog: no mail.crit"
done

# Raw, as a stock runit sends it: a prefix that names the host helps.
for port in 5514 5516 5517; do
	sends "u127.0.0.1:$port\n" 'eats two words\n'
	sends "u127.0.0.1:$port\npgitlab1 nginx: \n" 'with a prefix\n'
	sends "u127.0.0.1:$port\np<134>web1 nginx: \n" 'with a number\n'
	sends "u127.0.0.1:$port\npgitlab1 nginx: \n" 'behind a stamp\n' -tt
done
gets rsyslog 'eats|two|user.notice|T|0| words'
gets rsyslog 'gitlab1|nginx:|user.notice|T|0| with a prefix'
gets rsyslog 'web1|nginx:|local0.info|T|0| with a number'
gets syslog-ng '127.0.0.1|web1|local0.info|T||nginx: with a number'
becomes grep -q 'local0.info: web1 nginx: with a number' "$out/socklog" ||
	wrong "socklog: no local0.info"
becomes grep -q '^localhost|20.*gitlab1 nginx: behind a stamp' "$out/rsyslog" ||
	wrong "rsyslog: a stamp is not what it was"
for receiver in rsyslog syslog-ng; do
	late=$(times_are_now $receiver)
	[ -z "$late" ] || wrong "$receiver: the time is $late"
done

# Of any length: all of it, or a mark. 70000 is more than a datagram can hold.
for length in 0 1023 1024 1025 2048 9000 70000; do
	head -c $length /dev/zero | tr '\000' x >"$dir/text"
	echo >>"$dir/text"
	for style in 3164 5424; do
		for port in 5514 5516; do
			[ $style$port = 54245516 ] && port=5515
			rm -rf "$dir/log"
			mkdir "$dir/log"
			printf 'u127.0.0.1:%s\nF%s user.info len max=65507\n' \
				$port $style >"$dir/log/config"
			"$B/svlogd-bin/svlogd" "$dir/log" <"$dir/text" ||
				fail "svlogd: $length"
		done
	done
done

# lengths RECEIVER: of the texts of those lines, one after the other.
lengths() {
	sed -n 's/.*|len:*|.*| *\(x*\(\.\.\.\)*\)$/\1/p' "$out/$1" |
		awk '{ printf "%s%d%s", sep, length($0), /\.$/ ? "..." : ""; sep = " " }'
}

# A header takes 14 to 17 bytes and the name besides; what is left is x.
whole='0 0 1023 1023 1024 1024 1025 1025 2048 2048 9000 9000'
for receiver in rsyslog syslog-ng; do
	becomes eval "lengths $receiver | grep -q '\.\.\..*\.\.\.'" ||
		wrong "$receiver: $(lengths $receiver)"
	case $(lengths $receiver) in
	"$whole "65???...\ 65???...) ;;
	*) wrong "$receiver: $(lengths $receiver)" ;;
	esac
done

# --- at 20,000 lines a second --------------------------------------------------
lines=10000
[ "${RECEIVERS_LONG:-0}" = 1 ] && lines=200000

# 400 lines each 20 ms.
pour() {
	first=1
	while [ $first -le $lines ]; do
		seq -f 'line %.0f of many that come in a hurry' $first \
			$((first + 399))
		first=$((first + 400))
		sleep 0.019
	done
}

# all_came RECEIVER: each line, once, in order.
all_came() {
	sed -n 's/.*line \([0-9]*\) of many.*/\1/p' "$out/$1" |
		awk -v n=$lines '$1 != NR { exit 1 } END { exit NR != n }'
}

for receiver in 'rsyslog 5514' 'syslog-ng 5515'; do
	port=${receiver#* } receiver=${receiver% *}
	rm -rf "$dir/log"
	mkdir "$dir/log"
	printf 'U127.0.0.1:%s\nF5424 user.info fast\n' "$port" >"$dir/log/config"
	pour | "$B/svlogd-bin/svlogd" "$dir/log" || fail svlogd
	becomes all_came "$receiver" ||
		wrong "$receiver: $(grep -c 'of many' "$out/$receiver") lines"
	[ -s "$dir/log/current" ] && wrong "$receiver: lines are in the log"
	grep -q "^datagrams_sent $lines$" "$dir/log/lock.stats" ||
		wrong "$receiver: $(grep datagrams "$dir/log/lock.stats")"
done
exit $bad
