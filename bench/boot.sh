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
# shellcheck source=bench/bootset.sh
. "$here/bootset.sh"

options "$@"
[ -z "$rest" ] || usage '20 services, one round'

: "${ROUNDS:=7}"
SERVICES=$(sized "$SERVICES" 20) ROUNDS=$(sized "$ROUNDS" 1)

[ "$(id -u)" -eq 0 ] || die 'needs root: namespaces'
if [ "${BOOT_OWN:-}" != yes ]; then
	BOOT_OWN=yes exec unshare -m --propagation private sh "$0" "$@"
fi
fetch_peers
boot_needs

# No workroom, which is deleted with all that is in it: here are folders of the
# machine.
work=$(mktemp -d) || exit 1
at_end 'umount -R "$work" 2>/dev/null; rmdir "$work"'
mount -t tmpfs -o size=256m boot "$work" || exit 1
build boot "musl-gcc -static" "${CC:-cc} -static"

# --- a root ---------------------------------------------------------------------
# make_root WHO RUNIT RUNSVDIR RUNSV
make_root() {
	root=$work/$1
	boot_set "$root" /x/boot 'exit 0'
	mkdir "$root/x"
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
}

clean() {
	rm -rf "$work/$1"/service/*/supervise "$work/$1"/service/*/log/supervise
}

make_root weir "$WEIR_BUILD/init-bin/runit" \
    "$WEIR_BUILD/supervisor-bin/runsvdir" "$WEIR_BUILD/supervisor-bin/runsv"
make_root runit "$their_runit" "$PEERS/usr/bin/runsvdir" "$PEERS/usr/bin/runsv"

# --- rounds ---------------------------------------------------------------------
for _ in $(seq "$ROUNDS"); do
	for who in weir runit; do
		timeout -k 5 100 "$work/bin/boot" "$work/$who" /x/runit \
		    $((2 * SERVICES)) >>"$work/raw-$who" || say "$who: failed"
		clean $who
	done
done

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
