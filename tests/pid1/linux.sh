#!/bin/sh
# The stages of etc/runit/linux, each of their branches: in a root where the
# programs that they call note how they were called, and do nothing; with GNU's
# tools and with busybox's.
#
#   PACKAGES  where packages are unpacked (default: build/packages)
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
PACKAGES=${PACKAGES:-$here/build/packages}
. "$here/tests/kit/apt.sh"
. "$here/tests/kit/becomes.sh"
. "$here/tests/kit/root.sh"

busybox=$(command -v busybox) || {
	apt_files "$PACKAGES-busybox" busybox &&
		busybox=$PACKAGES-busybox/usr/bin/busybox
}
export busybox
root_own "$0" || skip "no namespaces of mounts, processes and network"
dir=$(mktemp -d) || exit 1
trap 'umount "$dir" 2>/dev/null; rmdir "$dir"' EXIT
mount -t tmpfs -o size=64m,mode=755 weir "$dir" || skip "no mounts"
tools='cat chmod env grep head mkdir rm sleep tr'

# --- roots -------------------------------------------------------------------
# bring PROGRAM NAME: with its libraries.
bring() {
	cp "$1" "$root/bin/$2" || exit 1
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		[ -e "$root$lib" ] || cp --parents -L "$lib" "$root"
	done
}

gnu() {
	for tool in $tools; do
		bring "$(command -v "$tool")" "$tool"
	done
	bring "$(readlink -f /bin/sh)" sh
}

busy() {
	bring "$busybox" busybox
	for tool in $tools sh; do
		ln -s busybox "$root/bin/$tool"
	done
}

# A program that notes how it was called; it exits as /exits/NAME says, 0.
fakes() {
	mkdir -p "$root/usr/local/sbin"
	for fake; do
		cat >"$root/usr/local/sbin/$fake" <<-'END'
			#!/bin/sh
			echo "${0##*/} $*" >>/said
			[ ! -e "/exits/${0##*/}" ] || read -r code <"/exits/${0##*/}"
			exit "${code:-0}"
		END
		chmod 755 "$root/usr/local/sbin/$fake"
	done
}

# fresh PROGRAM ...: the root of $kind, with these programs besides what every
# machine has.
root=$dir/root
fresh() {
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/etc" "$root/proc" "$root/dev" "$root/tmp" \
	    "$root/exits"
	"$kind"
	cp -R "$here/etc/runit/linux" "$root/etc/runit"
	: >"$root/proc/cmdline"
	mknod -m 666 "$root/dev/null" c 1 3 || skip "no devices"
	echo noise >"$root/dev/urandom"
	fakes mount swapon sh "$@"
}

exits() {
	echo "$2" >"$root/exits/$1"
}

stage() {
	: >"$root/said"
	code=0
	env -i PATH="$PATH" HOME=/ ${variable:-} chroot "$root" "/etc/runit/$1" \
	    >"$root/words" 2>&1 </dev/null || code=$?
}

# --- what is seen --------------------------------------------------------------
wrong() {
	echo "--- it called:"
	cat "$root/said"
	echo "--- and said:"
	cat "$root/words"
	fail "$kind, $sentence: $*"
}

# said LINE ...: in this order, whatever is in between.
said() {
	from=1
	for line; do
		at=$(tail -n +$from "$root/said" | grep -nxF -- "$line" |
		    head -n 1 | cut -d: -f1)
		[ -n "$at" ] || wrong "not called, or not here: $line"
		from=$((from + at))
	done
}

never() {
	! grep -q "^$1 " "$root/said" || wrong "$1 was called"
}

told() {
	grep -qF -- "$1" "$root/words" || wrong "not said: $1"
}

has_mode() {
	[ "$(stat -c %a "$root$2")" = "$1" ] ||
		wrong "$2 has mode $(stat -c %a "$root$2")"
}

# What every stage 1 is to end with.
boots() {
	[ $code -eq 0 ] || wrong "stage 1 exits $code"
	has_mode 0 /etc/runit/stopit
	has_mode 0 /etc/runit/reboot
}

mounts='mount -t proc -o nosuid,noexec,nodev proc /proc
mount -t sysfs -o nosuid,noexec,nodev sys /sys
mount -t devtmpfs -o mode=0755,nosuid dev /dev
mount -t tmpfs -o mode=0755,nosuid,nodev run /run
mount -t devpts -o mode=0620,gid=5,nosuid,noexec pts /dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev shm /dev/shm'
writable='mount -o remount,rw /'
rest='mount -a -t nosysfs,nonfs,nonfs4,nocifs -O no_netdev'

# --- stage 1 -------------------------------------------------------------------
all_in_the_order_that_a_machine_needs() {
	fresh udevd udevadm hwclock fsck hostname ip sysctl setfont loadkeys
	echo box >"$root/etc/hostname"
	: >"$root/dev/rtc0"
	printf 'FONT=tall\nKEYMAP=de\n' >"$root/etc/vconsole.conf"
	mkdir -p "$root/sys/fs/cgroup"
	cp "$root/usr/local/sbin/ip" "$root/etc/rc.local"
	stage 1
	boots
	old=$IFS IFS='
'
	# shellcheck disable=SC2086 # lines
	said $mounts \
	    'mount -t cgroup2 -o nosuid,noexec,nodev cgroup /sys/fs/cgroup' \
	    'udevd --daemon' \
	    'udevadm trigger --action=add --type=subsystems' \
	    'udevadm trigger --action=add --type=devices' 'udevadm settle' \
	    'hwclock -s' 'fsck -A -T -a -t noopts=_netdev' "$writable" \
	    "$rest" 'swapon -a' 'hostname box' 'ip link set lo up' \
	    'sysctl -q -p /etc/sysctl.conf' 'setfont tall' 'loadkeys -q de' \
	    'rc.local '
	IFS=$old
	[ -d "$root/run/lock" ] || wrong "there is no /run/lock"
}

what_is_not_there_is_left_out() {
	fresh ifconfig
	stage 1
	boots
	said "$writable" "$rest" 'swapon -a' 'ifconfig lo up'
	for name in udevd hwclock fsck hostname sh reboot; do
		never $name
	done
	! grep -q 'not found' "$root/words" || wrong "something is missing"
}

what_is_mounted_stays() {
	fresh ip
	for at in proc sys dev run dev/pts dev/shm; do
		echo "none /$at any rw 0 0"
	done >"$root/proc/mounts"
	stage 1
	boots
	[ "$(grep -c '^mount -t' "$root/said")" -eq 0 ] ||
		wrong "mounted once more"
}

mdev_makes_devices_where_there_is_no_udev() {
	fresh mdev ip
	mkdir -p "$root/proc/sys/kernel"
	: >"$root/proc/sys/kernel/hotplug"
	stage 1
	boots
	said 'mdev -s' "$writable"
	[ "$(cat "$root/proc/sys/kernel/hotplug")" = /usr/local/sbin/mdev ] ||
		wrong "the kernel does not call it"
}

the_udev_of_systemd_will_do() {
	fresh udevadm mdev ip
	mkdir -p "$root/lib/systemd"
	cp "$root/usr/local/sbin/ip" "$root/lib/systemd/systemd-udevd"
	stage 1
	boots
	said 'systemd-udevd --daemon' 'udevadm settle' "$writable"
	never mdev
}

errors_that_fsck_corrects_stop_nothing() {
	fresh fsck reboot ip
	exits fsck 1
	stage 1
	boots
	said 'fsck -A -T -a -t noopts=_netdev' "$writable"
	never sh
	never reboot
}

a_root_that_fsck_repairs_is_not_used() {
	for exit in 2 3; do
		fresh fsck reboot ip
		exits fsck $exit
		stage 1
		said 'fsck -A -T -a -t noopts=_netdev' 'reboot -f'
		never sh
		told 'fsck: repaired what is in use, and so it is restarted'
		[ ! -e "$root/proc/sysrq-trigger" ] || wrong "restarted twice"
	done
	exits reboot 1
	stage 1
	[ "$(cat "$root/proc/sysrq-trigger")" = b ] ||
		wrong "without reboot it goes on"
}

what_fsck_cannot_repair_is_a_humans() {
	for exit in 4 5 8 12; do
		fresh fsck reboot ip
		exits fsck $exit
		stage 1
		boots
		said 'fsck -A -T -a -t noopts=_netdev' 'sh ' "$writable"
		never reboot
		told 'fsck: not repaired; a shell, then it goes on'
	done
}

fastboot_leaves_fsck_out() {
	fresh fsck ip
	: >"$root/fastboot"
	stage 1
	boots
	never fsck
	fresh fsck ip
	echo 'quiet fastboot ro' >"$root/proc/cmdline"
	stage 1
	boots
	never fsck
}

a_root_that_stays_read_only_is_told() {
	fresh ip
	exits mount 32
	stage 1
	boots
	told '/ stays read-only'
	said "$rest" 'swapon -a' 'ip link set lo up'
}

a_seed_is_used_once() {
	fresh ip
	mkdir -p "$root/var/lib"
	echo seed >"$root/var/lib/random-seed"
	stage 1
	boots
	[ "$(cat "$root/dev/urandom")" = seed ] || wrong "it was not used"
	fresh ip
	stage 1
	boots
	[ "$(cat "$root/var/lib/random-seed")" = noise ] ||
		wrong "there is no new one"
	has_mode 600 /var/lib/random-seed
}

flags_of_the_last_time_are_taken_back() {
	fresh ip
	: >"$root/etc/runit/stopit"
	: >"$root/etc/runit/reboot"
	chmod 100 "$root/etc/runit/stopit" "$root/etc/runit/reboot"
	stage 1
	boots
}

# --- stages 2 and 3, and Ctrl-Alt-Del ---------------------------------------------
services_start_with_a_clean_environment() {
	fresh runsvdir runsvchdir
	cat >"$root/usr/local/sbin/runsvdir" <<-'END'
		#!/bin/sh
		echo "runsvdir $1 $2 ${#3}" >>/said
		env >/environment
	END
	variable=LEFT=over
	stage 2
	variable=''
	said 'runsvdir -P /service 400'
	never runsvchdir
	! grep -q -e LEFT -e HOME "$root/environment" ||
		wrong "$(cat "$root/environment")"
	grep -q ^PATH=/usr/local/sbin: "$root/environment" || wrong "no PATH"
}

a_word_of_the_kernels_chooses_the_services() {
	fresh runsvdir runsvchdir
	mkdir -p "$root/etc/runit/runsvdir/solo" "$root/solo"
	echo 'ro / solo solo/ s*o quiet' >"$root/proc/cmdline"
	variable=SVDIR=/other
	stage 2
	variable=''
	said 'runsvchdir solo' "runsvdir -P /other log: $(printf '%0395d' 0 |
	    tr 0 .)"
	[ "$(grep -c '^runsvchdir' "$root/said")" -eq 1 ] ||
		wrong "a path or a pattern counts"
}

a_machine_is_put_away_in_order() {
	fresh sv hwclock swapoff umount
	mkdir -p "$root/service/x"
	: >"$root/dev/rtc0"
	stage 3
	[ $code -eq 0 ] || wrong "stage 3 exits $code"
	said 'sv -w 25 force-shutdown /service/x' 'hwclock -w' 'swapoff -a' \
	    'umount -a -r -t noproc,nosysfs,nodevtmpfs,notmpfs' \
	    'mount -o remount,ro /'
	[ "$(cat "$root/var/lib/random-seed")" = noise ] || wrong "no seed"
	has_mode 600 /var/lib/random-seed
}

whoever_is_left_has_term_then_kill() {
	fresh sv swapoff umount
	mount -t proc proc "$root/proc" || skip "no /proc"
	(trap '' TERM && exec sleep 60) &
	deaf=$!
	sh -c 'trap "echo last >\"\$1\"; exit" TERM; : >"$2"
	    while :; do sleep 1000 & wait; done' - "$root/last" "$root/hears" &
	becomes test -e "$root/hears" || wrong "nobody hears"
	stage 3
	umount "$root/proc"
	[ $code -eq 0 ] || wrong "stage 3 exits $code"
	[ "$(cat "$root/last")" = last ] || wrong "no last word"
	wait $deaf
	[ $? -eq 137 ] || wrong "who hears nothing was not killed"
}

ctrl_alt_del_reboots() {
	fresh ip
	: >"$root/etc/runit/stopit"
	: >"$root/etc/runit/reboot"
	stage ctrlaltdel
	has_mode 100 /etc/runit/stopit
	has_mode 100 /etc/runit/reboot
}

# --- all of them -------------------------------------------------------------------
kinds='gnu busy'
[ -x "$busybox" ] || kinds=gnu
for kind in $kinds; do
	for sentence in $(sed -n '/^# --- stage 1/,$s/^\([a-z_0-9]*\)() {$/\1/p' "$0"); do
		"$sentence"
		echo "ok: $kind, $sentence"
	done
done
[ "$kinds" != gnu ] || echo "skipped: no busybox (with GNU's tools it is fine)"
