#!/bin/sh
# Measures weir's runsvdir, runsv and sv beside runit's, with many services that
# have a logger each; bench/README.md.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=bench/lib.sh
. "$here/lib.sh"
# shellcheck source=bench/figures.sh
. "$here/figures.sh"
# shellcheck source=bench/verdicts.sh
. "$here/verdicts.sh"

options "$@"
[ -z "$rest" ] || usage '100 services, one round'

# Static, with musl: that is how runsv costs least, and how it is meant to be
# installed where there is musl-gcc. Beside it with the system's libc.
: "${WEIR_BIN:=$top/build/musl-gcc-linux-static/supervisor-bin}"
: "${WEIR_GLIBC_BIN:=$top/build/cc-linux-static/supervisor-bin}"
: "${WEIR_SVLOGD:=${WEIR_BIN%supervisor-bin}svlogd-bin/svlogd}"
: "${ROUNDS:=7}"

services=$(sized 1000 100) idle=$(sized 20000 2000) additions=$(sized 5 2)
more=$(sized 1200 120) most=$(sized 1500 150) sick=$(sized 500 50)
ROUNDS=$(sized "$ROUNDS" 1)

[ "$(id -u)" -eq 0 ] || die 'needs root: pid namespaces'
fetch_peers
workroom
# What is run is as small as can be: it is the supervisor that is measured.
build fleet "musl-gcc -static" "${CC:-cc} -static" "${CC:-cc}"

# --- who is measured -----------------------------------------------------------
bin_of() {
	case $1 in
	runit) echo "$PEERS/usr/bin" ;;
	weir) echo "$WEIR_BIN" ;;
	glibc) echo "$WEIR_GLIBC_BIN" ;;
	esac
}

can=
for name in runit weir glibc; do
	if [ -x "$(bin_of "$name")/runsvdir" ]; then
		can="$can $name"
	else
		say "$name skipped: no $(bin_of "$name")/runsvdir"
	fi
done

is_here() {
	case " $can " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

is_here weir || die 'no programs: make musl, or WEIR_BIN'

# run CASE PREFIX FLEET-OPTION ... -- RUNSVDIR-OPTION ...: its figures, their
# names behind the prefix, are added to those of the case.
run() {
	bin=$(bin_of "$1") case=$1 prefix=$2 options=
	shift 2
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	mkdir "$work/sv" || exit 1
	# shellcheck disable=SC2086 # options are words
	PATH=$bin:$PATH timeout -k 5 300 unshare -pf --mount-proc --kill-child \
	    "$work/bin/fleet" $options "$work/sv" "$bin/runsvdir" "$@" \
	    >"$work/figures" || say "$case, $prefix: failed"
	sed "s/^/$prefix/" "$work/figures" >>"$work/raw-$case"
	rm -rf "$work/sv"
}

# --- rounds ----------------------------------------------------------------------
for round in $(seq "$ROUNDS"); do
	say "round $round of $ROUNDS"
	for name in $can; do
		# runit finds what is new after some seconds, and waits long in
		# each restart: once will do.
		few=$additions still=$idle
		[ "$name" = runit ] && few=1
		[ "$round" -gt 1 ] && still=0
		run "$name" '' -n "$services" -i "$still" -a "$few" \
		    -q "$(bin_of "$name")/sv" --
		run "$name" bare_ -b -n "$services" \
		    -q "$(bin_of "$name")/sv" --
		[ "$name" = runit ] ||
		    run "$name" most_ -n "$most" --
	done
done
for name in $can; do
	say "$name: with sick services"
	set -- run "$name" sick_ -x -n "$sick" -s TERM \
	    -q "$(bin_of "$name")/sv" --
	[ "$name" = runit ] || set -- "$@" -T # which runit has not
	"$@"
done
say "$more services, ended by TERM with -T"
run weir more_ -n "$more" -s TERM -- -T
if [ -x "$WEIR_SVLOGD" ]; then
	say "$services services, each with svlogd"
	FLEET_SVLOGD=$WEIR_SVLOGD
	export FLEET_SVLOGD
	run weir svlogd_ -n "$services" -i "$idle" --
fi

# --- the table -------------------------------------------------------------------
# figure : words : who is held to it : how much it may be
figures() {
	cat <<-END
	up_s:all up, s:ratio:0.70
	cpu_s:CPU until nothing happens, s::
	stop_s:all gone after HUP, s:weir:2
	pss_runsv:memory of a runsv, PSS KiB:weir:24
	pss_runsv:... with glibc:glibc:60
	pss_runsvdir:memory of runsvdir, PSS KiB::
	idle_ms:idle, CPU ms a second:weir:0.5
	idle_wakes:idle, wakeups a second:weir:1
	status_ms:sv status of all, ms:weir:15
	status_cpu_ms:... its CPU, ms::
	bare_status_ms:... of services without loggers, ms:weir:15
	bare_status_cpu_ms:... its CPU, ms::
	restart_ms:sv restart ends after up, ms:weir:10
	link_ms:a new link to a service is up, ms:weir:50
	made_ms:a new directory is up, ms:weir:50
	most_up_s:$most all up, s:weir:5
	most_stop_s:$most all gone after HUP, s::
	more_up_s:$more with -T all up, s:weir:5
	more_stop_s:$more all gone after TERM, s:weir:2
	sick_starts:run that fails, starts a second:weir:1
	sick_starts_backoff:... with backoff:weir:0.2
	sick_hung_wakes:hung ones, wakeups a second:weir:0
	sick_status_ms:sv status of $sick such, ms:weir:15
	sick_kill_s:hung ones killed and up again, s:weir:2.5
	svlogd_up_s:with svlogd, all up, s::
	svlogd_pss_svlogd:... memory of an svlogd, PSS KiB::
	svlogd_idle_ms:... idle, CPU ms a second:weir:0.5
	svlogd_idle_wakes:... idle, wakeups a second:weir:1
	END
}

row='%-36s %7s %7s %7s %7s  %s\n'

# line FIGURE WORDS WHO BOUND
line() {
	runit=$(named "$work/raw-runit" "$1" | middle)
	weir=$(named "$work/raw-weir" "$1" | middle)
	glibc=$(named "$work/raw-glibc" "$1" | middle)
	ratio=$(ratio "$weir" "$runit")
	case $3 in
	'') aim= ;;
	# A peer that is not here is no verdict.
	ratio) is_here runit && aim="$(judge "$ratio" most "$4") ratio <= $4" ||
	    aim='skip' ;;
	glibc) is_here glibc && aim="$(judge "$glibc" most "$4") <= $4" ||
	    aim='skip' ;;
	weir) aim="$(judge "$weir" most "$4") <= $4" ;;
	esac
	# shellcheck disable=SC2059 # the row is a format
	printf "$row" "$2" "$(short "$runit")" "$(short "$weir")" \
	    "$(short "$glibc")" "$(short "$ratio")" "$aim"
}

# shellcheck disable=SC2059
table() {
	printf "$row" '' runit weir glibc ratio aim
	figures | while IFS=: read -r figure words who bound; do
		line "$figure" "$words" "$who" "$bound"
	done
}

machine '' "; weir from $WEIR_BIN"
echo "$services services with loggers; medians of $ROUNDS rounds; ratio: weir" \
    "to runit"
echo
table | tee "$work/table"
keep "$work"/raw-*
promised "$work/table"
