#!/bin/sh
# etc/runit/container/Containerfile, as its first lines say: built by buildah, on
# a base of busybox alone, and what comes out run as a container whose root is
# read-only, until it is told to stop.
#
#   PACKAGES  where packages are unpacked (default: build/packages)
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
PACKAGES=${PACKAGES:-$here/build/packages}
. "$here/tests/kit/apt.sh"
. "$here/tests/kit/becomes.sh"
. "$here/tests/kit/root.sh"

[ "${ROOT_OWN:-}" = yes ] ||
	apt_files "$PACKAGES-buildah" buildah busybox-static ||
	skip "buildah or busybox-static is not to be had"
root_own "$0" || skip "no namespaces of mounts, processes and network"
dir=$(mktemp -d) || exit 1
trap 'root_drop "$dir/root" && rm -rf "$dir"' EXIT
mkdir "$dir/root" "$dir/over"

# --- the programs ----------------------------------------------------------------
# In a copy of the sources: what is installed here is not to change build/bin.
mkdir "$dir/src"
(cd "$here" && cp -a Makefile etc filters init lib man supervisor svlogd \
    "$dir/src") || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS WERROR
(cd "$dir/src" && timeout 250 "${MAKE:-make}" -j2 STATIC=1 CC=cc \
    CFLAGS=-O1 DESTDIR="$dir/src/image" PREFIX=/usr SBINDIR=/sbin install) >"$dir/made" 2>&1 || {
	tail -n 3 "$dir/made"
	skip "the programs are not to be had without libraries"
}

# --- the image -------------------------------------------------------------------
root=''
root_make "$dir/root" "$PACKAGES-buildah" || skip "no overlay file systems"
mkdir -p "$root/tmp/base/bin" "$root/tmp/store"
cp -a "$dir/src/image" "$dir/src/etc" "$root/tmp"
cp "$PACKAGES-buildah/usr/bin/busybox" "$root/tmp/base/bin"
for name in sh chgrp chmod chown echo grep httpd id ln mkdir wget; do
	ln -s busybox "$root/tmp/base/bin/$name"
done
printf 'FROM scratch\nCOPY base/ /\nSTOPSIGNAL SIGQUIT\n' >"$root/tmp/Base"

buildah() {
	in_root buildah --root /tmp/store --runroot /run/store \
	    --storage-driver vfs "$@" >>"$dir/said" 2>&1
}

bud() {
	buildah bud --isolation chroot --pull-never "$@" /tmp
}

if ! bud -t localhost/base -f /tmp/Base; then
	tail -n 3 "$dir/said"
	skip "buildah does not work here"
fi
bud --build-arg BASE=localhost/base -t localhost/services \
    -f /tmp/etc/runit/container/Containerfile ||
	fail "the Containerfile: $(tail -n 5 "$dir/said")"
in_root buildah --root /tmp/store --runroot /run/store --storage-driver vfs \
    inspect --type image --format \
    '{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.StopSignal}}' \
    localhost/services >"$dir/config" 2>>"$dir/said"
grep -qx '\[/sbin/runit-init\] SIGTERM' "$dir/config" ||
	fail "entry point and stop signal: $(cat "$dir/config")"
echo 'ok: the image is built'

# --- a container of it -----------------------------------------------------------
in_root sh -c 'name=$("$@" from localhost/services) && "$@" mount "$name"' - \
    buildah --root /tmp/store --runroot /run/store --storage-driver vfs \
    >"$dir/place" 2>>"$dir/said" || fail "no container: $(cat "$dir/said")"
box=$root$(cat "$dir/place")
mount --bind "$box" "$box" && mkdir -p "$box/proc" "$box/dev" || exit 1
mount -t tmpfs -o mode=755 weir "$box/dev" &&
	mknod -m 666 "$box/dev/null" c 1 3 &&
	mount -t tmpfs -o mode=755 weir "$box/run" &&
	mount -t tmpfs -o mode=755 weir "$box/var/log" || skip "no mounts"

# Read-only, with its own processes, and without the right to reboot: as podman
# and docker do it.
cat >"$dir/enter" <<'END'
mount -t proc proc "$1/proc" && mount -o remount,bind,ro "$1" &&
    exec setpriv --bounding-set -sys_boot env -i PATH=/usr/bin:/bin:/sbin \
	chroot "$1" /sbin/runit-init
END
unshare -mpf --kill-child sh "$dir/enter" "$box" >"$dir/words" 2>&1 </dev/null &
runner=$!
first() {
	one=$(cat "/proc/$runner/task/$runner/children") && [ -n "$one" ]
}
works() {
	chroot "$box" /bin/wget -q -O - http://127.0.0.1:8080/ 2>/dev/null |
	    grep -q 'It works.'
}
becomes first || fail "it does not begin"
becomes works || fail "no answer: $(cat "$dir/words")"
! mkdir "/proc/${one% }/root/x" 2>/dev/null || fail "the root can be written to"
becomes grep -q 'url:/' "$box/var/log/sv/generic/current" ||
	fail "nothing is logged: $(cat "$box/var/log/sv/generic/current")"
echo 'ok: it serves, and logs, with a root that is read-only'

from=$(date +%s)
kill -TERM "${one% }"
wait "$runner"
code=$?
took=$(($(date +%s) - from))
[ $code -eq 0 ] || fail "exit $code: $(cat "$dir/words")"
grep -q 'leave stage: /etc/runit/3' "$dir/words" || fail "$(cat "$dir/words")"
[ $took -le 14 ] || fail "it took $took s"
tail -n 1 "$box/var/log/sv/generic/current" | grep -q 'generic ended' ||
	fail "the last word is not in the log"
[ -x "$box/var/log/sv/generic/current" ] || fail "the log was not closed"
echo "ok: TERM stops service, logger and container, with exit 0 ($took s)"
