#!/bin/sh
# A whole machine in qemu, without KVM: our programs, static, and busybox, on
# Debian's cloud kernel. It boots, logs to a disk, halts, reboots, and is told so
# by Ctrl-Alt-Del; then the power is cut while it logs, and it boots again.
#
#   vm.sh BIN     BIN: a folder with our programs, static
#   CUTS=2        how often the power is cut
#   VM_DIR        where packages and the machine are kept: build/vm
#   VM_LIMIT=300  seconds for anything to happen
#
# Nothing here depends on how fast it is. Kernel and busybox are Debian's,
# fetched as files; qemu, cpio and mke2fs are installed where that is permitted
# (bootstrap). What is not to be had is said, and all of it skipped.
set -u
bin=$(cd "${1:?the programs}" && pwd) || exit 1
here=$(cd "$(dirname "$0")" && pwd)
dir=${VM_DIR:-$here/../../build/vm}
CUTS=${CUTS:-2}
LIMIT=${VM_LIMIT:-300}
. "$here/../kit/machine.sh"
mkdir -p "$dir" && cd "$dir" || exit 1

passed=0
skip() {
	echo "vm skipped: $*"
	echo "$passed passed, 0 failed, 1 skipped"
	exit 0
}

fail() {
	echo "FAILED: $*"
	echo '--- the end of what the machine said:'
	tail -n 30 serial | tr -d '\r'
	echo "$passed passed, 1 failed"
	exit 1
}

ok() {
	echo "ok: $*"
	passed=$((passed + 1))
}

machine_needs "$here/../.." "$PWD/packages" mke2fs debugfs

# --- the machine ---------------------------------------------------------------
# make_root SET: `initrd-SET`, with that set of stages.
make_root() {
	machine_root root || return
	cp "$bin"/* root/sbin/ && ln -s runit-init root/sbin/init &&
	    cp -R "$here/../../etc/runit/$1" root/etc/runit &&
	    cp "$here/start" root/sbin/start &&
	    echo '/dev/vda /var/log ext4 defaults 0 0' >root/etc/fstab &&
	    cp -R "$here/service" root/service || return
	for name in $modules; do
		find packages/lib/modules -name "$name.ko" \
		    -exec cp {} root/lib/modules/ \;
	done
	machine_pack root "initrd-$1"
}

modules='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev
	virtio_pci virtio_blk'
for set in linux initramfs; do
	make_root $set || skip 'the root cannot be made'
done
truncate -s 64M disk && mke2fs -q -t ext4 -F disk || skip 'no disk'

# boot WORDS: a machine of that `set`, whose first program is `first`, in the
# background; its words go to `serial`.
boots=0 set=initramfs first=init machine=''
boot() {
	boots=$((boots + 1))
	rm -f mon.in mon.out
	mkfifo mon.in mon.out
	machine_start "initrd-$set" "rdinit=/sbin/$first disk=/dev/vda \
boot=$boots modules=$(echo $modules | tr ' ' ,) $*" \
	    -drive file=disk,format=raw,if=virtio,cache=unsafe \
	    -chardev pipe,id=mon,path=mon -mon chardev=mon
}

trap 'kill -KILL "$machine" 2>/dev/null' EXIT

said() {
	grep -q -- "$1" serial 2>/dev/null
}

# await WORDS
await() {
	tries=0
	until said "$1"; do
		tries=$((tries + 1))
		[ $tries -lt $((LIMIT * 10)) ] || fail "never said: $1"
		kill -0 "$machine" 2>/dev/null || fail "is off, and never said: $1"
		sleep 0.1
	done
}

# What the machine said, without a last line that was cut short.
whole_lines() {
	tr -d '\r' <serial | awk 'NR > 1 { print last } { last = $0 }'
}

# The machine goes off by itself, and says so at the end.
await_off() {
	machine_ends "$LIMIT" || fail "does not go off"
	said "$1" || fail "never said: $1"
	said 'Kernel panic' && fail 'the kernel panicked'
	for stage in 1 2 3; do
		said "leave stage: /etc/runit/$stage" || fail "stage $stage?"
	done
}

# --- what is on the disk ---------------------------------------------------------
# All lines in `log`, oldest first; the disk as it is found by the next boot.
read_disk() {
	cp disk copy && e2fsck -fy copy >fsck.log 2>&1
	rm -rf files && mkdir files &&
	    debugfs -R 'rdump /x files' copy >/dev/null 2>&1
	for file in files/x/@* files/x/current; do
		[ -e "$file" ] && cat "$file"
	done >log
}

# Each boot's numbers from 1 on, none missing, none torn, and no NUL.
check_log() {
	[ "$(tr -d '\0' <log | wc -c)" -eq "$(wc -c <log)" ] || fail 'NULs'
	awk '
	$2 == "last" && NF == 2 { next }
	$1 != boot { boot = $1; n = 0 }
	NF == 2 && $2 == n + 1 { n++; next }
	{ print "line " NR ": " $0 " after " n; bad = 1; exit }
	END { exit bad }' log || fail 'a line is missing or torn'
}

# last BOOT: the last number of that boot.
last() {
	awk -v boot="$1" '$1 == boot && $2 != "last" { n = $2 } END { print n + 0 }' log
}

# An end in order also leaves a file system that needs nothing.
ended_well() {
	dumpe2fs -h disk 2>/dev/null >super
	grep -q '^Filesystem state: *clean' super || fail 'the disk is not clean'
	grep -q needs_recovery super && fail 'the disk was not put away'
	read_disk
	check_log
	[ "$(last $boots)" -ge 1000 ] || fail 'too few lines'
	grep -qx "$boots last" log || fail "the service's last word is not there"
	ok "$1 ($(last $boots) lines)"
}

boot end=6
await_off 'system reboot.'
ended_well 'a machine boots, logs, and reboots by runit-init'

boot end=0
await_off 'power off...'
ended_well 'a machine goes on with its log, and powers off'

boot
await 'sent 2000'
echo 'sendkey ctrl-alt-delete' >mon.in
await_off 'system reboot.'
said 'ctrl-alt-del request...' || fail 'Ctrl-Alt-Del was not heard of'
ended_well 'Ctrl-Alt-Del on the keyboard reboots'

# The power is cut after some thousand lines, of which the service saw some being
# synced: they are on the disk. How many seconds of lines are not is told only.
cut=0
while [ $cut -lt "$CUTS" ]; do
	cut=$((cut + 1))
	boot
	await "sent $((1000 + cut * 1700)) "
	await 'safe [1-9]'
	kill -KILL "$machine" # qemu, by its pid
	wait "$machine" 2>/dev/null
	read_disk
	check_log
	n=$(last $boots)
	safe=$(whole_lines | awk '$1 == "safe" && NF == 2 { n = $2 } END { print n + 0 }')
	[ "$safe" -gt 0 ] || fail 'no line was safe'
	[ "$n" -ge "$safe" ] || fail "$n lines are there, and $safe were safe"
	lost=$(whole_lines | awk -v n="$n" '
	$1 == "sent" && NF == 4 { if ($2 <= n) safe = $4; end = $4 }
	END { printf "%.1f", end - safe }')
	ok "a power cut costs $lost s of lines ($n are there, $safe were safe)"
done
boot end=0
await_off 'power off...'
ended_well 'after power cuts it boots and goes on'

# The set for a machine with a root on disk, of which nothing else is there: a
# program before runit-init does what is otherwise an initramfs's.
set=linux first=start
boot end=6
await_off 'system reboot.'
ended_well 'the stages of a whole machine boot it, and put it away'
echo "$passed passed, 0 failed"
