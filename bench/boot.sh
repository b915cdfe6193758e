#!/bin/sh
# Measures a boot in a pid namespace: from process 1 until 200 services are up,
# each with a logger, weir's programs beside runit's, round by round; and what
# process 1 costs. bench/README.md.
set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/.." && pwd)

: "${WEIR_BUILD:=$top/build/musl-gcc-linux-static}"
: "${PEERS:=$top/build/peers}"
: "${SERVICES:=200}"
: "${ROUNDS:=7}"
check=0
[ "${1:-}" = --check ] && check=1

say() {
	echo "boot: $*" >&2
}

[ "$(id -u)" -eq 0 ] || { say 'needs root: namespaces'; exit 1; }
if [ "${BOOT_OWN:-}" != yes ]; then
	BOOT_OWN=yes exec unshare -m --propagation private sh "$0" "$@"
fi
[ -x "$WEIR_BUILD/init-bin/runit" ] || { say 'no programs: make musl'; exit 1; }
their_init=$PEERS/sbin/runit
[ -x "$their_init" ] || their_init=$PEERS/usr/sbin/runit
[ -x "$their_init" ] || { say "no runit in $PEERS: bench/peers.sh"; exit 1; }

work=$(mktemp -d) || exit 1
trap 'umount -R "$work" 2>/dev/null; rmdir "$work"' EXIT
mount -t tmpfs -o size=256m boot "$work" || exit 1
for cc in "musl-gcc -static" "${CC:-cc} -static"; do
	# shellcheck disable=SC2086 # a command and its option
	$cc -std=c11 -O2 -o "$work/boot" "$top/bench/boot.c" 2>/dev/null && break
done
[ -x "$work/boot" ] || { say 'cannot build boot'; exit 1; }

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
	cp "$2" "$3" "$4" "$work/boot" "$root/x/"
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
round=0
while [ $round -lt "$ROUNDS" ]; do
	for who in weir runit; do
		timeout -k 5 100 "$work/boot" "$work/$who" /x/runit \
		    $((2 * SERVICES)) >>"$work/raw-$who" || say "$who: failed"
		clean $who
	done
	round=$((round + 1))
done

# median WHO FIGURE
median() {
	awk -v n="$2" '$1 == n { print $2 }' "$work/raw-$1" | sort -g |
	    awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'
}

# best WHO FIGURE: what a machine that others keep busy takes least from.
best() {
	awk -v n="$2" '$1 == n { print $2 }' "$work/raw-$1" | sort -g | head -n 1
}

printf '| %s services with loggers, %s rounds | weir | runit |\n|---|---|---|\n' \
    "$SERVICES" "$ROUNDS"
printf '| up_ms, best | %s | %s |\n' "$(best weir up_ms)" "$(best runit up_ms)"
for figure in up_ms rss_kb pss_kb; do
	printf '| %s | %s | %s |\n' $figure "$(median weir $figure)" \
	    "$(median runit $figure)"
done
text=$(size "$WEIR_BUILD/init-bin/runit" | awk 'NR == 2 { print $1 }')
printf '| bytes of text | %s | (not static) |\n' "$text"
[ $check -eq 0 ] || awk -v a="$(best weir up_ms)" -v b="$(best runit up_ms)" \
    -v rss="$(median weir rss_kb)" -v text="$text" 'BEGIN {
	if (a > 0.70 * b) { print "boot: slower than 0.70 of runit"; bad = 1 }
	if (rss > 100) { print "boot: over 100 KiB resident"; bad = 1 }
	if (text > 49152) { print "boot: over 48 KiB of text"; bad = 1 }
	exit bad
}'
