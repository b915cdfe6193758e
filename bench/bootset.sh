# What a boot that is measured is made of, in a namespace (boot.sh) and in a
# machine (bootvm.sh): whose programs, stages, services, and what the rounds came
# to. Sourced, after lib.sh and figures.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154

: "${WEIR_BUILD:=$top/build/musl-gcc-linux-static}"
: "${SERVICES:=200}"

# The first of the files that can be run.
boot_first() {
	for boot_file; do
		[ -x "$boot_file" ] && echo "$boot_file" && return
	done
	return 1
}

# Where runit's two are, which is another place in each release.
boot_needs() {
	[ -x "$WEIR_BUILD/init-bin/runit" ] || die 'no programs: make musl'
	their_runit=$(boot_first "$PEERS/sbin/runit" "$PEERS/usr/sbin/runit") &&
		their_runit_init=$(boot_first "$PEERS/lib/runit/runit-init" \
			"$PEERS/sbin/runit-init" "$PEERS/usr/sbin/runit-init") ||
		die "no runit in $PEERS: bench/peers.sh"
}

boot_script() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 755 "$1"
}

# boot_set ROOT PROGRAM STAGE3: stages that do next to nothing, as it is the boot
# that is measured, and services and loggers that are a link to the program.
boot_set() {
	mkdir -p "$1/etc/runit" "$1/dev" "$1/proc" "$1/run" "$1/tmp" "$1/service"
	boot_script "$1/etc/runit/1" 'exit 0'
	boot_script "$1/etc/runit/2" 'exec runsvdir -P /service'
	boot_script "$1/etc/runit/3" "$3"
	i=0
	while [ $i -lt "$SERVICES" ]; do
		mkdir -p "$1/service/s$i/log"
		ln -s "$2" "$1/service/s$i/run"
		ln -s "$2" "$1/service/s$i/log/run"
		i=$((i + 1))
	done
}

# usual WHO FIGURE: its median.
usual() {
	named "$work/raw-$1" "$2" | middle
}

# best WHO FIGURE: what a machine that others keep busy takes least from.
best() {
	named "$work/raw-$1" "$2" | least
}
