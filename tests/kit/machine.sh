# A whole machine in qemu, without KVM: Debian's cloud kernel, and a root in
# memory with Debian's busybox. Sourced.
#
# Kernel and busybox are fetched as files, once; qemu and the like are installed
# where that is permitted (bootstrap). A machine is run in the current directory;
# what it says on its console is in `serial`.
#
# shellcheck shell=sh

# machine_needs TOP DIR PROGRAM ...: qemu, cpio and those are here, the packages
# in DIR. Where they cannot be had it says `skip WHY`, which is the caller's.
machine_needs() {
	machine_packages=$2
	machine_log=$machine_packages/apt.log
	[ "$(id -u)" -eq 0 ] || skip 'not root, who makes devices'
	[ "$(uname -m)" = x86_64 ] || skip 'the kernel is for x86_64'
	command -v apt-get >/dev/null ||
		skip "no apt-get: the kernel is Debian's"
	mkdir -p "$machine_packages" || skip "no $machine_packages"
	"$1/bootstrap" machine >"$machine_log" 2>&1 </dev/null
	shift 2
	for machine_program in qemu-system-x86_64 cpio "$@"; do
		machine_has "$machine_program" || skip "$machine_program is" \
			"not to be had ($(tail -n 1 "$machine_log"))"
	done
	machine_package busybox-static ||
		skip 'busybox-static is not to be had'
	machine_get_kernel || skip 'linux-image-cloud-amd64 is not to be had'
	PATH=$PATH:/sbin:/usr/sbin
}

machine_has() {
	command -v "$1" >/dev/null 2>&1 || [ -x "/sbin/$1" ]
}

# Debian's lists may not be there yet, or be old.
machine_fetch() {
	timeout 300 apt-get -q download "$1" && return
	timeout 300 apt-get -q update && timeout 300 apt-get -q download "$1"
}

# The package's files, below the packages.
machine_package() {
	[ -e "$machine_packages/$1.deb" ] && return
	mkdir -p "$machine_packages/fetch"
	(cd "$machine_packages/fetch" && rm -f ./*.deb &&
		machine_fetch "$1" >>"$machine_log" 2>&1 &&
		dpkg -x ./*.deb .. && mv ./*.deb "../$1.deb")
}

machine_get_kernel() {
	if ! ls "$machine_packages"/boot/vmlinuz-* >/dev/null 2>&1; then
		machine_real=$(apt-cache depends linux-image-cloud-amd64 \
			2>>"$machine_log" |
			sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' |
			head -n 1)
		[ -n "$machine_real" ] && machine_package "$machine_real" ||
			return
	fi
	machine_kernel=$(ls "$machine_packages"/boot/vmlinuz-* | tail -n 1)
}

# machine_root ROOT: busybox by all its names, and places for the rest.
machine_root() {
	rm -rf "$1"
	for machine_dir in bin sbin etc dev proc sys var/log lib/modules tmp run; do
		mkdir -p "$1/$machine_dir" || return
	done
	cp "$machine_packages/bin/busybox" "$1/bin/" &&
		(cd "$1/bin" && for machine_name in $(./busybox --list); do
			[ "$machine_name" = busybox ] ||
				ln -s busybox "$machine_name"
		done) &&
		mknod "$1/dev/console" c 5 1 && mknod "$1/dev/null" c 1 3
}

# machine_pack ROOT FILE: the root as the kernel takes it.
machine_pack() {
	(cd "$1" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$2"
}

# A machine that is not run for a while does not take its clock for broken.
machine_idle='no_timer_check rcupdate.rcu_cpu_stall_suppress=1'

# machine_start FILE WORDS OPTION ...: a machine with that root, the words on the
# kernel's command line, and options of qemu, in the background: $machine.
machine_start() {
	machine_file=$1 machine_words=$2
	shift 2
	rm -f serial
	qemu-system-x86_64 -accel tcg -m 256 -display none -no-reboot \
		-nodefaults -kernel "$machine_kernel" -initrd "$machine_file" \
		-append "console=ttyS0 quiet panic=1 $machine_idle $machine_words" \
		-serial file:serial "$@" >qemu.log 2>&1 &
	machine=$!
}

# It is off, within a number of seconds.
machine_ends() {
	machine_tries=0
	while kill -0 "$machine" 2>/dev/null; do
		machine_tries=$((machine_tries + 1))
		[ $machine_tries -lt $(($1 * 10)) ] || return
		sleep 0.1
	done
	wait "$machine"
	return 0
}
