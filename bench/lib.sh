# What every bench begins with: options, a room, programs, the machine. Sourced,
# with the folder of the benches in $here.
#
# shellcheck shell=sh disable=SC2034,SC2154 # who sources it has the others
LC_ALL=C
export LC_ALL
top=$(dirname "$here")
me=$(basename "$0" .sh)

: "${PEERS:=$top/build/peers}"
: "${BENCH_TMP:=/dev/shm}" # a tmpfs
: "${BENCH_RAW:=}"         # keep every single figure in this directory

load=$(cut -d ' ' -f 1 /proc/loadavg) # how busy others keep the machine

say() {
	echo "$me: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# --- options ------------------------------------------------------------------
quick=0 check=0 fetch=0
rest= # what is no option of them all

options() {
	for arg; do
		case $arg in
		--quick) quick=1 ;;
		--check) check=1 ;;
		--peers) fetch=1 ;;
		*) rest="$rest ${arg:-nothing}" ;;
		esac
	done
}

# usage QUICK [OPERANDS WORDS]: what --quick comes to; what else can be said,
# and a line about it. It ends us.
usage() {
	cat >&2 <<-END
	usage: $me.sh [--quick] [--check] [--peers]${2:+ $2}
	  --quick  $1: does it run?
	  --check  exit 1 if a figure falls short of what we promise
	  --peers  first fetch the peers into PEERS (default build/peers)
	END
	[ $# -lt 3 ] || echo "$3" >&2
	exit 2
}

# sized FULL QUICK
sized() {
	if [ "$quick" -eq 1 ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

fetch_peers() {
	[ "$fetch" -eq 0 ] || sh "$here/peers.sh" "$PEERS" >&2
}

# --- a room -------------------------------------------------------------------
# at_end COMMAND: is done when we end, however that comes; the last one first.
last=
at_end() {
	last="$1; $last"
}
trap 'eval "$last"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# workroom: a new folder in $work, which goes when we end.
workroom() {
	work=$(mktemp -d "$BENCH_TMP/weir-$me.XXXXXX") || exit 1
	at_end 'rm -rf "$work"'
}

# build PROGRAM COMPILER ...: into $work/bin, by the first that can.
build() {
	program=$1
	shift
	mkdir -p "$work/bin"
	for cc; do
		# shellcheck disable=SC2086 # a command and its options
		$cc -std=c11 -O2 -o "$work/bin/$program" "$here/$program.c" \
		    2>"$work/cc.log" && return
	done
	cat "$work/cc.log" >&2
	die "cannot build $program"
}

# keep FILE ...: where BENCH_RAW wants them.
keep() {
	[ -n "$BENCH_RAW" ] || return 0
	mkdir -p "$BENCH_RAW" && cp "$@" "$BENCH_RAW"
}

# --- the machine --------------------------------------------------------------
# machine [MODEL [WORDS]]: the first lines of a report.
machine() {
	echo "$(uname -sr), $(nproc) cores${1:+, $1}, load $load before${2:-}"
	[ "$quick" -eq 0 ] || echo 'quick: the figures mean little'
}
