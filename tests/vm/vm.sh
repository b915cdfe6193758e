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

# --- what is needed ------------------------------------------------------------
has() {
	command -v "$1" >/dev/null 2>&1 || [ -x "/sbin/$1" ]
}

get_programs() {
	"$here/../../bootstrap" machine >apt.log 2>&1 </dev/null
	has qemu-system-x86_64 && has cpio && has mke2fs && has debugfs
}

# Debian's lists may not be there yet, or be old.
fetch() {
	timeout 300 apt-get -q download "$1" && return
	timeout 300 apt-get -q update && timeout 300 apt-get -q download "$1"
}

# The package's files, below packages/.
get_package() {
	[ -e "packages/$1.deb" ] && return
	mkdir -p packages fetch
	(cd fetch && rm -f ./*.deb && fetch "$1" >>../apt.log 2>&1 &&
	    dpkg -x ./*.deb ../packages && mv ./*.deb "../packages/$1.deb")
}

get_kernel() {
	ls packages/boot/vmlinuz-* >/dev/null 2>&1 && return
	real=$(apt-cache depends linux-image-cloud-amd64 2>>apt.log |
	    sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	[ -n "$real" ] && get_package "$real"
}

[ "$(id -u)" -eq 0 ] || skip 'not root, who makes devices'
[ "$(uname -m)" = x86_64 ] || skip 'the kernel is for x86_64'
command -v apt-get >/dev/null || skip 'no apt-get: the kernel is Debian'\''s'
get_programs ||
	skip "not to be had: qemu, cpio or mke2fs ($(tail -n 1 apt.log))"
get_package busybox-static || skip 'busybox-static is not to be had'
get_kernel || skip 'linux-image-cloud-amd64 is not to be had'
PATH=$PATH:/sbin:/usr/sbin

# --- the machine ---------------------------------------------------------------
# make_root SET: `initrd-SET`, with that set of stages.
make_root() {
	rm -rf root && mkdir -p root/bin root/sbin root/etc root/dev root/proc \
	    root/sys root/var/log root/lib/modules root/tmp root/run || return
	cp packages/bin/busybox root/bin/ &&
	    (cd root/bin && for name in $(./busybox --list); do
		[ "$name" = busybox ] || ln -s busybox "$name"
	done)
	cp "$bin"/* root/sbin/ && ln -s runit-init root/sbin/init &&
	    cp -R "$here/../../etc/runit/$1" root/etc/runit &&
	    cp "$here/start" root/sbin/start &&
	    echo '/dev/vda /var/log ext4 defaults 0 0' >root/etc/fstab &&
	    cp -R "$here/service" root/service &&
	    mknod root/dev/console c 5 1 && mknod root/dev/null c 1 3 || return
	for name in $modules; do
		find packages/lib/modules -name "$name.ko" \
		    -exec cp {} root/lib/modules/ \;
	done
	(cd root && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"initrd-$1"
}

modules='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev
	virtio_pci virtio_blk'
for set in linux initramfs; do
	make_root $set || skip 'the root cannot be made'
done
kernel=$(ls packages/boot/vmlinuz-* | tail -n 1)
truncate -s 64M disk && mke2fs -q -t ext4 -F disk || skip 'no disk'

# A machine that is not run for a while does not take its clock for broken.
idle='no_timer_check rcupdate.rcu_cpu_stall_suppress=1'

# boot WORDS: a machine of that `set`, whose first program is `first`, in the
# background; its words go to `serial`.
boots=0 set=initramfs first=init
boot() {
	boots=$((boots + 1))
	rm -f mon.in mon.out serial
	mkfifo mon.in mon.out
	qemu-system-x86_64 -accel tcg -m 256 -display none -no-reboot \
	    -nodefaults -kernel "$kernel" -initrd "initrd-$set" \
	    -append "console=ttyS0 rdinit=/sbin/$first quiet panic=1 $idle \
disk=/dev/vda boot=$boots modules=$(echo $modules | tr ' ' ,) $*" \
	    -drive file=disk,format=raw,if=virtio,cache=unsafe \
	    -serial file:serial \
	    -chardev pipe,id=mon,path=mon -mon chardev=mon >qemu.log 2>&1 &
	machine=$!
}

trap 'kill -KILL "${machine:-}" 2>/dev/null' EXIT

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
	tries=0
	while kill -0 "$machine" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt $((LIMIT * 10)) ] || fail "does not go off"
		sleep 0.1
	done
	wait "$machine"
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
