#!/bin/sh
# The services of etc/sv, as they are: nginx, sshd and one after the pattern of
# `generic` come up, answer, log and stop, and a login asks for a name on a
# terminal. In a root of their own.
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

server=/nonexistent
command -v /usr/sbin/sshd >/dev/null ||
    { apt_files "$PACKAGES-sshd" openssh-server && server=$PACKAGES-sshd; }
root_own "$0" || skip "no namespaces of mounts, processes and network"
dir=$(mktemp -d) || exit 1
trap 'root_drop "$dir/root" && rm -rf "$dir"' EXIT
root=''
mkdir "$dir/root" "$dir/ours" "$dir/packages"
[ ! -d "$server" ] || cp -a "$server/." "$dir/packages"
root_programs "$dir/ours" || exit 1
cp "$B/svlogd-bin/svlog" "$dir/ours/usr/bin" || exit 1
root_make "$dir/root" "$dir/packages" "$dir/ours" ||
    skip "no overlay file systems"
missing=''

in_root mkdir -p /etc/sv /etc/service
cp -R "$here/etc/sv/." "$root/etc/sv"
ln -s /etc/service "$root/service"
user log /nonexistent
sed -i '/^adm:/d' "$root/etc/group" # not every system has it
in_root runsvdir -P /etc/service >"$dir/said" 2>&1 </dev/null &

logged() {
	grep -q -e "$2" "$root/var/log/sv/$1/current"
}

# life NAME WORKS TEXT
life() {
	ln -s "/etc/sv/$1" "$root/etc/service/$1"
	becomes says "$1" "^run: $1: .*; run: log: " ||
	    fail "$1: $(sv status "$1") $(cat "$root/var/log/sv/$1/current")"
	becomes "$2" || fail "$1 does not work: $(cat "$dir/said")"
	becomes logged "$1" "$3" || fail "$1 does not log '$3'"
	sv -w 30 check "$1" >/dev/null || fail "$1: check"
	sv -w 30 restart "$1" >/dev/null || fail "$1 does not restart"
	becomes "$2" || fail "$1 does not work again"
	sv -w 30 stop "$1" >/dev/null || fail "$1 does not stop"
	sv -w 30 stop "$1/log" >/dev/null || fail "the logger of $1 does not stop"
	in_root env SVDIR=/etc/service svlog -c >/dev/null ||
	    fail "svlog does not find the log of $1 when its logger is down"
	[ "$(stat -c %U "$root/var/log/sv/$1/current")" != root ] ||
	    fail "the log of $1 is root's"
	[ "$(stat -c %a "$root/var/log/sv/$1")" = 2750 ] ||
	    fail "everybody can read the log of $1"
	rm "$root/etc/service/$1"
}

# --- generic -----------------------------------------------------------------
cp -R "$here/etc/sv/generic" "$root/etc/sv/mine"
rm "$root/etc/sv/mine/log/run"
ln -s ../../generic/log/run "$root/etc/sv/mine/log/run"
cat >"$root/etc/sv/mine/conf" <<'END'
COMMAND="/bin/sh ./work"
USER_SPEC=nobody
READY='test -e /tmp/ready'
END
echo 'id -un; sleep 0.2; : >/tmp/ready; exec sleep 1000' \
    >"$root/etc/sv/mine/work"
mine_works() {
	in_root test -e /tmp/ready
}
life mine mine_works nobody
logged mine 'mine ended: code -1, status 15' || fail "finish does not log"

# --- nginx -------------------------------------------------------------------
nginx_works() {
	asks tcp 80 'GET /it-works HTTP/1.0\r\n\r\n' cat | grep -q ^HTTP
}
if in_root sh -c 'command -v nginx' >/dev/null; then
	in_root sh -c 'echo "events { } http { access_log /dev/stdout;
	    server { listen 127.0.0.1:80; } }" >/etc/nginx/nginx.conf'
	life nginx nginx_works 'GET /it-works'
else
	missing="$missing nginx"
fi

# --- sshd --------------------------------------------------------------------
sshd_works() {
	asks tcp 22 '' head -n 1 | grep -q ^SSH-2.0
}
if in_root test -x /usr/sbin/sshd; then
	user sshd /run/sshd
	[ -e "$root/etc/ssh/sshd_config" ] ||
	    in_root cp /usr/share/openssh/sshd_config /etc/ssh/
	life sshd sshd_works 'Server listening on'
else
	missing="$missing sshd"
fi

# --- a login -----------------------------------------------------------------
asked() {
	grep -qa "$1" "$root/tmp/screen"
}
if in_root sh -c 'command -v script && command -v agetty' >/dev/null; then
	mkfifo "$root/tmp/keys"
	in_root script -qf -c 'tty >/tmp/tty; exec sleep 1000' /tmp/screen \
	    <"$root/tmp/keys" >/dev/null 2>&1 &
	exec 7>"$root/tmp/keys"
	becomes in_root grep -q /dev/pts /tmp/tty || fail "no terminal"
	: >"$root/dev/tty99"
	mount --bind "$root$(cat "$root/tmp/tty")" "$root/dev/tty99" ||
	    fail "no tty99"
	cp -R "$here/etc/sv/getty-tty1" "$root/etc/sv/getty-tty99"
	ln -s /etc/sv/getty-tty99 "$root/etc/service/"
	becomes asked 'login:' || fail "no login: $(cat "$root/tmp/screen")"
	says getty-tty99 '^run: ' || fail "getty: $(sv status getty-tty99)"
	tty=$(cut -d ' ' -f 7 "/proc/$(pid_of getty-tty99)/stat")
	[ "$tty" -eq $((136 * 256 + $(sed 's,.*/,,' "$root/tmp/tty"))) ] ||
	    fail "the terminal of getty is $tty"
	echo nobody >&7
	becomes asked 'Password:' || fail "login does not ask"
	sv -w 30 stop getty-tty99 >/dev/null || fail "getty does not stop"
	# A terminal that is not there is told, and not tried again.
	cp -R "$here/etc/sv/getty-tty1" "$root/etc/sv/getty-tty98"
	ln -s /etc/sv/getty-tty98 "$root/etc/service/"
	becomes says getty-tty98 '^down: .*, normally up$' ||
	    fail "getty-tty98: $(sv status getty-tty98)"
	becomes grep -q 'no /dev/tty98' "$dir/said" || fail "it is not told"
else
	missing="$missing script"
fi
[ -z "$missing" ] || echo "skipped: not to be had:$missing (the rest is fine)"
