#!/bin/sh
# Measures a boot in a pid namespace: from process 1 until 200 services are up,
# each with a logger, weir's programs beside runit's, round by round; and what
# process 1 costs. bench/README.md.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=bench/lib.sh
. "$here/lib.sh"
# shellcheck source=bench/figures.sh
. "$here/figures.sh"
# shellcheck source=bench/verdicts.sh
. "$here/verdicts.sh"

options "$@"
[ -z "$rest" ] || usage '20 services, one round'

: "${WEIR_BUILD:=$top/build/musl-gcc-linux-static}"
: "${SERVICES:=200}"
: "${ROUNDS:=7}"
SERVICES=$(sized "$SERVICES" 20) ROUNDS=$(sized "$ROUNDS" 1)

[ "$(id -u)" -eq 0 ] || die 'needs root: namespaces'
if [ "${BOOT_OWN:-}" != yes ]; then
	BOOT_OWN=yes exec unshare -m --propagation private sh "$0" "$@"
fi
fetch_peers
[ -x "$WEIR_BUILD/init-bin/runit" ] || die 'no programs: make musl'
their_init=$PEERS/sbin/runit
[ -x "$their_init" ] || their_init=$PEERS/usr/sbin/runit
[ -x "$their_init" ] || die "no runit in $PEERS: bench/peers.sh"

# No workroom, which is deleted with all that is in it: here are folders of the
# machine.
work=$(mktemp -d) || exit 1
at_end 'umount -R "$work" 2>/dev/null; rmdir "$work"'
mount -t tmpfs -o size=256m boot "$work" || exit 1
build boot "musl-gcc -static" "${CC:-cc} -static"

# --- a root ---------------------------------------------------------------------
script() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 755 "$1"
}

# make_root WHO RUNIT RUNSVDIR RUNSV
# What is run is as small as can be: it is the boot that is measured.
make_root() {
	root=$work/$1
	mkdir -p "$root/etc/runit" "$root/dev" "$root/proc" "$root/run" \
	    "$root/tmp" "$root/x" "$root/service"
	for dir in bin lib lib64 usr; do
		if [ -L "/$dir" ]; then
			ln -s "$(readlink "/$dir")" "$root/$dir"
		elif [ -d "/$dir" ]; then
			mkdir "$root/$dir" && mount --rbind "/$dir" "$root/$dir"
		fi
	done
	mknod "$root/dev/null" c 1 3
	cp "$2" "$3" "$4" "$work/bin/boot" "$root/x/"
	mkfifo "$root/run/up"
	script "$root/etc/runit/1" 'exit 0'
	script "$root/etc/runit/2" 'exec runsvdir -P /service'
	script "$root/etc/runit/3" 'exit 0'
	i=0
	while [ $i -lt "$SERVICES" ]; do
		mkdir -p "$root/service/s$i/log"
		ln -s /x/boot "$root/service/s$i/run"
		ln -s /x/boot "$root/service/s$i/log/run"
		i=$((i + 1))
	done
}

clean() {
	rm -rf "$work/$1"/service/*/supervise "$work/$1"/service/*/log/supervise
}

make_root weir "$WEIR_BUILD/init-bin/runit" \
    "$WEIR_BUILD/supervisor-bin/runsvdir" "$WEIR_BUILD/supervisor-bin/runsv"
make_root runit "$their_init" "$PEERS/usr/bin/runsvdir" "$PEERS/usr/bin/runsv"

# --- rounds ---------------------------------------------------------------------
for _ in $(seq "$ROUNDS"); do
	for who in weir runit; do
		timeout -k 5 100 "$work/bin/boot" "$work/$who" /x/runit \
		    $((2 * SERVICES)) >>"$work/raw-$who" || say "$who: failed"
		clean $who
	done
done

# usual WHO FIGURE: its median.
usual() {
	named "$work/raw-$1" "$2" | middle
}

# best WHO FIGURE: what a machine that others keep busy takes least from.
best() {
	named "$work/raw-$1" "$2" | least
}

printf '| %s services with loggers, %s rounds | weir | runit |\n|---|---|---|\n' \
    "$SERVICES" "$ROUNDS"
printf '| up_ms, best | %s | %s |\n' "$(best weir up_ms)" "$(best runit up_ms)"
for figure in up_ms rss_kb pss_kb; do
	printf '| %s | %s | %s |\n' $figure "$(usual weir $figure)" \
	    "$(usual runit $figure)"
done
text=$(size "$WEIR_BUILD/init-bin/runit" | awk 'NR == 2 { print $1 }')
printf '| bytes of text | %s | (not static) |\n' "$text"

# over WORDS FIGURE BOUND: says so.
over() {
	case $(judge "$2" most "$3") in
	SHORT) echo "boot: $1" ;;
	none) echo "boot: not measured whether $1" ;;
	esac
}

[ "$check" -eq 1 ] || exit 0
{
	over 'slower than 0.70 of runit' \
	    "$(ratio "$(best weir up_ms)" "$(best runit up_ms)")" 0.70
	over 'over 100 KiB resident' "$(usual weir rss_kb)" 100
	over 'over 48 KiB of text' "$text" 49152
} | tee "$work/over"
[ ! -s "$work/over" ]
