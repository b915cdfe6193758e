# A root of a test's own: the machine's, with the files of packages and our
# programs laid over it, and nothing of the machine is changed: what is written
# is in a tmpfs. Sourced, after root_own.
#
# shellcheck shell=sh

# root_own SCRIPT ARGUMENT ...: runs itself again with mounts, processes and
# network of its own, if it does not have them yet; all ends with it. False
# where the system does not allow that.
root_own() {
	[ "${ROOT_OWN:-}" = yes ] && return
	unshare -mpnf --mount-proc --kill-child true 2>/dev/null || return 1
	ROOT_OWN=yes exec timeout 300 unshare -mpnf --mount-proc --kill-child sh "$@"
}

# root_make DIR TREE ...: mounts it at DIR/root, with the files of the trees laid
# over it in this order; false where the system cannot.
root_make() {
	root_dir=$1
	shift
	root=$root_dir/root
	mount -t tmpfs -o size=256m,mode=755 weir "$root_dir" &&
		mkdir "$root_dir/up" "$root_dir/work" "$root" || return 1
	for root_tree; do
		cp -a "$root_tree/." "$root_dir/up" || return 1
	done
	root_mounts || return 1
	command -v ip >/dev/null || skip "no ip to bring its network up"
	ip link set lo up
}

root_mounts() {
	mount -t overlay -o "lowerdir=/,upperdir=$root_dir/up" \
		-o "workdir=$root_dir/work" weir "$root" 2>/dev/null &&
		mount -t proc proc "$root/proc" &&
		mount -t tmpfs -o mode=755 weir "$root/run" &&
		mount -t tmpfs -o mode=1777 weir "$root/tmp" &&
		mount -t tmpfs -o mode=755 weir "$root/dev" &&
		root_devices
}

root_devices() {
	for root_dev in null zero full random urandom tty; do
		: >"$root/dev/$root_dev" &&
			mount --bind "/dev/$root_dev" "$root/dev/$root_dev" ||
			return 1
	done
	mkdir "$root/dev/pts" "$root/dev/shm" &&
		mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts \
			"$root/dev/pts" &&
		ln -s pts/ptmx "$root/dev/ptmx" &&
		ln -s /proc/self/fd "$root/dev/fd" &&
		ln -s /proc/self/fd/0 "$root/dev/stdin" &&
		ln -s /proc/self/fd/1 "$root/dev/stdout" &&
		ln -s /proc/self/fd/2 "$root/dev/stderr"
}

# root_programs TREE: our programs, for the place of runit's.
root_programs() {
	mkdir -p "$1/usr/bin" "$1/usr/sbin" &&
		cp "$B"/supervisor-bin/runsv "$B"/supervisor-bin/runsvdir \
			"$B"/supervisor-bin/sv "$B"/supervisor-bin/chpst \
			"$B"/svlogd-bin/svlogd "$1/usr/bin" &&
		cp "$B"/supervisor-bin/runsvchdir "$1/usr/sbin"
}

# Runs it there, with a plain environment.
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "$@"
}

# root_drop DIR: it is gone, and what was written with it.
root_drop() {
	umount -R "$1" 2>/dev/null || umount -Rl "$1" 2>/dev/null
	rmdir "$1" 2>/dev/null
}

# --- what is done there ---------------------------------------------------------
skip() {
	echo "skipped: $*"
	exit 0
}

fail() {
	echo "FAILED: $*"
	exit 1
}

# user NAME HOME
root_uid=900
user() {
	grep -q "^$1:" "$root/etc/passwd" && return
	root_uid=$((root_uid + 1))
	echo "$1:x:$root_uid:$root_uid::$2:/usr/sbin/nologin" >>"$root/etc/passwd"
	echo "$1:x:$root_uid:" >>"$root/etc/group"
}

sv() {
	in_root env SVDIR=/etc/service sv "$@"
}

# says NAME PATTERN: of `sv status`.
says() {
	sv status "$1" | grep -qE "$2"
}

pid_of() {
	in_root cat "/etc/service/$1/supervise/pid"
}

# asks KIND PORT TEXT COMMAND ...: sends it, and what comes back is the
# command's.
asks() {
	in_root timeout 20 bash -c 'exec 3<>"/dev/$0/127.0.0.1/$1" &&
	    printf "$2" >&3 && "${@:3}" <&3' "$@"
}
