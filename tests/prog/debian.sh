#!/bin/sh
# Services as Debian's packages ship them start, do their work, log and stop
# under our programs, by their own run, log/run, check and finish; and a machine
# moves from runit to ours and back without losing a line. In a root of its own.
#
#   B         the build folder
#   PACKAGES  where packages are unpacked (default: build/packages)
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
PACKAGES=${PACKAGES:-$here/build/packages}
. "$here/tests/kit/apt.sh"
. "$here/tests/kit/becomes.sh"
. "$here/tests/kit/root.sh"

if [ ! -r /etc/debian_version ]; then
	skip "no Debian"
fi
apt_files "$PACKAGES" runit openssh-server tor dnsmasq mini-httpd-run \
    git-daemon-run socklog-run bcron || skip "Debian's packages are not to be had"
root_own "$0" || skip "no namespaces of mounts, processes and network"
dir=$(mktemp -d) || exit 1
trap 'root_drop "$dir/root" && rm -rf "$dir"' EXIT
mkdir "$dir/root" "$dir/ours"
root_programs "$dir/ours" || exit 1
root_make "$dir/root" "$PACKAGES" "$dir/ours" || skip "no overlay file systems"

# --- what postinst scripts do, and no more -------------------------------------
prepare() {
	for name in _runit-log _socklog-unix gitdaemon gitlog sshd dnsmasq; do
		user $name /nonexistent
	done
	user cron /var/spool/cron
	user debian-tor /var/lib/tor
	rm -f "$root/usr/sbin/policy-rc.d"
	ln -s /etc/service "$root/service"
	ln -sfn default "$root/etc/runit/runsvdir/current"
	in_root install -d -o debian-tor -g debian-tor -m 2700 /var/lib/tor
	in_root mkdir -p /var/www/html /var/spool/cron/crontabs \
	    /usr/share/dnsmasq
	in_root touch /usr/share/dnsmasq/installed-marker
	echo "it works" >"$root/var/www/html/index.html"
	in_root cp /usr/share/openssh/sshd_config /etc/ssh/
	in_root ssh-keygen -A >/dev/null
	in_root git init -q --bare /var/lib/git/one.git
	in_root touch /var/lib/git/one.git/git-daemon-export-ok
	in_root chown -R gitdaemon /var/lib/git
	for name in $services; do
		in_root /lib/runit/make_svlinks "$name"
	done
}

# --- the services ----------------------------------------------------------------
services='ssh tor dnsmasq mini-httpd git-daemon socklog-unix bcron-update
bcron-spool bcron-sched'

logged() {
	cat "$root$1"/@*.[su] "$root$1/current" 2>/dev/null | grep -q -e "$2"
}

ssh_works() {
	asks tcp 22 '' head -n 1 | grep -q ^SSH-2.0
}

dnsmasq_works() {
	asks udp 53 '\0\1\1\0\0\1\0\0\0\0\0\0\x09localhost\0\0\1\0\1' \
	    dd bs=512 count=1 2>/dev/null | od -An -tx1 | grep -q '7f 00 00 01'
}

mini_httpd_works() {
	asks tcp 80 'GET / HTTP/1.0\r\n\r\n' cat | grep -q 'it works'
}

git_daemon_works() {
	in_root timeout 20 git ls-remote git://127.0.0.1/git/one.git
}

# By default logger says nothing of a socket that is not there.
send() {
	in_root logger --socket-errors=on -u /dev/log -p "$@"
}

socklog_works() {
	send daemon.info 'for the daemon' && send mail.info 'by mail'
}

bcron_works() {
	says bcron-update '^run: ' && in_root test -S /var/run/bcron-spool
}

# life NAME WORKS LOG TEXT: it comes up, works, logs, restarts and stops.
life() {
	ln -s "/etc/sv/$1" "$root/etc/runit/runsvdir/svmanaged/$1"
	becomes says "$1" "^run: $1: \(pid [0-9]+\) [0-9]+s; run: log: " ||
		fail "$1 does not come up: $(sv status "$1" 2>&1)"
	becomes "$2" || fail "$1 does not work"
	[ -z "$4" ] || becomes logged "$3" "$4" ||
		fail "$1 does not log '$4': $(tail "$root$3/current")"
	pid=$(pid_of "$1")
	out=$(sv -w 30 restart "$1") || fail "$1: $out"
	[ "$(pid_of "$1")" != "$pid" ] ||
		fail "$1 was not restarted"
	becomes "$2" || fail "$1 does not work again"
	echo "$1: $(sv status "$1")"
}

# dies NAME: it stops, and is gone when its link is.
dies() {
	out=$(sv -w 30 stop "$1") || fail "$1 does not stop: $out"
	echo "$out" | grep -qE "^ok: down: $1: [0-9]+s, normally up$" ||
		fail "$1: $out"
	rm "$root/etc/runit/runsvdir/svmanaged/$1"
	becomes unsupervised "$1" || fail "$1 still has a runsv"
}

unsupervised() {
	sv status "/etc/sv/$1" | grep -qE ': runsv not running$'
}

shipped() {
	log=/var/log/runit
	life ssh ssh_works $log/ssh 'Server listening on'
	life tor true $log/tor 'Bootstrapped 0%'
	life dnsmasq dnsmasq_works $log/dnsmasq 'started, version'
	life mini-httpd mini_httpd_works $log/mini-httpd 'GET / HTTP'
	life git-daemon git_daemon_works /var/log/git-daemon upload-pack
	life socklog-unix socklog_works $log/socklog/mail 'by mail'
	logged $log/socklog/main 'for the daemon' ||
		fail "socklog: not all is in main"
	logged $log/socklog/mail 'for the daemon' &&
		fail "socklog: what is not for mail is in it"
	sv -w 10 check socklog-unix >/dev/null || fail "socklog: check"
	for name in update sched; do
		life bcron-$name true $log/bcron-$name ''
	done
	life bcron-spool bcron_works $log/bcron-spool ''
	for name in $services; do
		dies "$name"
	done
	grep -q 'ssh Stopped' "$root$log/ssh/current" ||
		fail "the finish of ssh did not log"
}

# --- from runit to ours, and back ----------------------------------------------------
# from TREE: its programs, where runit's are, as README.md says.
install_from() {
	for name in sv runsv runsvdir chpst svlogd; do
		cp -f "$1/usr/bin/$name" "$root/usr/bin/"
	done
	cp -f "$1/usr/sbin/runsvchdir" "$root/usr/sbin/"
}

# is_of NAME PROGRAM: the runsv of a service is that file.
is_of() {
	for pid in $(in_root pgrep -x runsv); do
		tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "^runsv $1 " &&
			cmp -s "/proc/$pid/exe" "$2" && return
	done
	return 1
}

# starts: the set of services, as stage 2 does.
starts() {
	in_root /etc/runit/2 >>"$dir/said" 2>&1 </dev/null &
	stage2=$!
}

# ends: as stage 3 does.
ends() {
	becomes in_root pkill -HUP -x runsvdir || fail "there is no runsvdir"
	wait $stage2
	rc=$?
	[ $rc -eq 111 ] || fail "runsvdir ends with $rc: $(cat "$dir/said")"
}

# A service that numbers its lines, each once.
counter() {
	mkdir -p "$root/etc/sv/counter/log" "$root/var/log/counter"
	cat >"$root/etc/sv/counter/run" <<-'END'
		#!/bin/sh
		exec 2>&1
		n=$(cat n 2>/dev/null || echo 0)
		trap 'echo $n >n; exit' TERM
		while :; do n=$((n + 1)); echo "line $n"; sleep 0.01; done
	END
	cat >"$root/etc/sv/counter/log/run" <<-'END'
		#!/bin/sh
		exec svlogd -tt /var/log/counter
	END
	echo n0 >"$root/var/log/counter/config"
	chmod 755 "$root/etc/sv/counter/run" "$root/etc/sv/counter/log/run"
	ln -s /etc/sv/counter "$root/etc/runit/runsvdir/svmanaged/counter"
}

grows() {
	before=$(wc -c <"$root/var/log/counter/current") || return 1
	becomes grown "$before"
}

grown() {
	[ "$(wc -c <"$root/var/log/counter/current")" -gt "$1" ]
}

# in_order: every number is there once, in order.
in_order() {
	cat "$root"/var/log/counter/@*.[su] "$root/var/log/counter/current" \
	    2>/dev/null | awk '$3 != NR { exit 1 } END { exit NR < 10 }'
}

# changes_to TREE: the programs first, then a service, while runsvdir goes on.
changes_to() {
	install_from "$1" || fail "the programs are not to be replaced"
	sv exit counter >/dev/null || fail "counter: $(sv status counter)"
	becomes is_of counter "$1/usr/bin/runsv" ||
		fail "counter has another runsv"
	becomes says counter '^run: counter: .*; run: log: ' ||
		fail "counter does not come up: $(sv status counter)"
	grows || fail "counter does not log"
}

moves() {
	install_from "$PACKAGES"
	starts
	counter
	becomes is_of counter "$PACKAGES/usr/bin/runsv" ||
		fail "there is no runsv of runit's"
	becomes grows || fail "counter does not log"
	changes_to "$dir/ours"
	sv -w 30 restart counter/log >/dev/null || fail "counter/log"
	grows || fail "counter does not log"
	changes_to "$PACKAGES"
	changes_to "$dir/ours"
	ends
	becomes unsupervised counter || fail "counter still has a runsv"
	in_order || fail "lines are missing, doubled or out of order"
	echo "counter: $(cat "$root/etc/sv/counter/n") lines"
}

prepare || exit 1
starts
shipped
ends
moves
