# A logger on its standard input, by the name of a case: whether it can run, how
# it is run, what it is called. Sourced, after lib.sh and rules.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

: "${WEIR_SVLOGD:=$top/build/bin/svlogd}"

runit=$PEERS/usr/bin/svlogd
multilog=$PEERS/usr/bin/multilog
s6log=$PEERS/usr/bin/s6-log
busybox=$PEERS/bin/busybox
rg=$PEERS/usr/bin/rg
rsyslogd=$PEERS/usr/sbin/rsyslogd
for lib in "$PEERS"/usr/lib/*-linux-*; do
	peerlib=$lib
done

# Why a case cannot run; nothing where it can.
missing() {
	case $1 in
	weir*) [ -x "$WEIR_SVLOGD" ] || echo "no $WEIR_SVLOGD" ;;
	runit*) [ -x "$runit" ] || echo "no $runit" ;;
	multilog*) [ -x "$multilog" ] || echo "no $multilog" ;;
	s6*) [ -x "$s6log" ] || echo "no $s6log" ;;
	rg*) [ -x "$rg" ] || echo "no $rg" ;;
	rsyslog*) [ -x "$rsyslogd" ] || echo "no $rsyslogd" ;;
	busybox*)
		if [ ! -x "$busybox" ]; then
			echo "no $busybox"
		elif ! "$busybox" --list | grep -qx svlogd; then
			echo "this busybox has no svlogd"
		fi
		;;
	esac
}

# The cases of `all` that can run; says once which cannot.
runnable() {
	for name; do
		why=$(missing "$name")
		if [ -z "$why" ]; then
			echo "$name"
		else
			say "$name skipped: $why"
		fi
	done
}

# has PEER WHAT: or else says that WHAT is skipped.
has() {
	why=$(missing "$1")
	[ -z "$why" ] || skip "$2" "$why"
	[ -z "$why" ]
}

# fresh CASE: an empty log directory with the config of that case; what more
# is to be in it comes on standard input.
fresh() {
	rm -rf "$dir"
	mkdir "$dir"
	{
		rules "$1"
		case $1 in *-one) echo s0 ;; weir-z) echo z ;; esac
		cat
	} >"$dir/config"
	[ -s "$dir/config" ] || rm "$dir/config"
}

# logger CASE [COMMAND ...]: COMMAND runs the logger, as its last arguments.
logger() {
	kind=$1
	shift
	case $kind in
	cat) "$@" cat >"$dir/current" ;;
	weir-tt*) "$@" "$WEIR_SVLOGD" -tt "$dir" ;;
	weir*-i) "$@" "$WEIR_SVLOGD" "$dir" 2>/dev/null ;; # says it is slow
	weir*) "$@" "$WEIR_SVLOGD" "$dir" ;;
	runit-tt) "$@" "$runit" -tt "$dir" ;;
	runit-b64k) "$@" "$runit" -b 65536 "$dir" ;;
	runit*) "$@" "$runit" "$dir" ;;
	busybox) "$@" "$busybox" svlogd "$dir" ;;
	multilog) "$@" "$multilog" s1000000 n10 "$dir" ;;
	s6-re*)
		with_expressions "$(number_of "$kind")" - "n10 s1000000 $dir" \
		    "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" --
		;;
	grep-re*)
		with_expressions "$(number_of "$kind")" --regexp= '' \
		    "$@" grep -vcE >"$dir/current"
		;;
	rg-re*)
		with_expressions "$(number_of "$kind")" --regexp= '' \
		    "$@" "$rg" -vc --no-config >"$dir/current"
		;;
	s6) "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" "$dir" ;;
	s6-1m) "$@" env LD_LIBRARY_PATH="$peerlib" "$s6log" \
	    n10 s1000000 "$dir" ;;
	esac
}

# All lines of the log, the oldest first.
whole() {
	for f in "$dir"/@*.[su] "$dir/current"; do
		[ -e "$f" ] && cat "$f"
	done
}

title() {
	case $1 in
	cat) echo 'cat > file' ;;
	*-one) echo "$(title "${1%-one}"), s0" ;;
	weir) echo 'weir svlogd' ;;
	weir-tt) echo 'weir svlogd -tt' ;;
	weir-globs) echo 'weir svlogd, 8 globs' ;;
	*-i) echo "$(title "${1%-i}"), interpreted" ;;
	weir-mask) echo 'weir svlogd, a mask' ;;
	weir-re*) echo "weir svlogd, $(number_of "$1") re" ;;
	s6-re*) echo "s6-log n10 s1000000, $(number_of "$1") re" ;;
	grep-re*) echo "grep -vc, $(number_of "$1") re" ;;
	rg-re*) echo "rg -vc, $(number_of "$1") re" ;;
	weir-z) echo 'weir svlogd, z' ;;
	runit) echo 'runit svlogd' ;;
	runit-tt) echo 'runit svlogd -tt' ;;
	runit-b64k) echo 'runit svlogd -b 65536' ;;
	runit-globs) echo 'runit svlogd, 8 globs' ;;
	busybox) echo 'busybox svlogd' ;;
	multilog) echo 'multilog s1000000 n10' ;;
	s6) echo 's6-log' ;;
	s6-1m) echo 's6-log n10 s1000000' ;;
	esac
}
