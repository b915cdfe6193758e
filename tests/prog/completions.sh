#!/bin/sh
# Shells complete what sv and svlog take: bash's completion is used, zsh's and fish's are
# used where there are those shells.
#
#   B  the build folder
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
etc=$here/etc/completions
sv=$B/supervisor-bin/sv
command -v bash >/dev/null || {
	echo "skipped: no bash"
	exit 0
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

fail() {
	echo "FAILED: $*"
	failed=1
}

mkdir -p "$dir/service/nginx/log" "$dir/service/db" "$dir/service/.hidden" \
    "$dir/service/with-log/log" "$dir/elsewhere"
: >"$dir/service/file"

# complete WORD ...: what bash offers for the last one, in one line.
offers() {
	(cd "$dir" && SVDIR=$dir/service bash -c '
		source "$0"
		COMP_WORDS=(sv "$@")
		COMP_CWORD=$#
		_sv sv "${@: -1}" ""
		printf "%s\n" "${COMPREPLY[@]}"
	' "$etc/sv.bash" "$@" | LC_ALL=C sort | tr '\n' ' ')
}

is() {
	want=$1
	shift
	got=$(offers "$@")
	[ "$got" = "$want" ] || fail "sv $*: '$got', not '$want'"
}

is 'check ' ch
is 'stop ' sto
is 'force-reload force-restart force-shutdown force-stop ' force
is 'T ' T
is '-V -j -v -w ' -
is ' ' -w ''
is 'restart ' -w 5 rest
is 'db nginx nginx/log with-log with-log/log ' up ''
is 'nginx nginx/log ' up n
is 'nginx/log ' -v -w 5 status nginx/
is 'nginx nginx/log ' up db ng
is './elsewhere ' up ./else
is ' ' up nothing

# Every word that is offered is a command, and the other way round.
n=0
for word in $(offers ''); do
	n=$((n + 1))
	[ "$word" = log ] && continue
	"$sv" "$word" "$dir/none" >/dev/null 2>"$dir/err"
	if grep -q usage "$dir/err"; then
		fail "$word is offered, and no command"
	fi
	for other in _sv sv.fish; do
		grep -qE "(^|['	 ])$word(:|\\\\t)" "$etc/$other" ||
		    fail "$word is not in $other"
	done
done
[ $n -gt 40 ] || fail "only $n commands are offered"
for letter in a b c d e f g h i j k l m n o p q r s t u v w x y z \
    A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3; do
	"$sv" "$letter" "$dir/none" >/dev/null 2>"$dir/err"
	grep -q usage "$dir/err" && continue
	case " $(offers '')" in
	*" $letter "*) ;;
	*) fail "$letter is not offered" ;;
	esac
done

# --- svlog -----------------------------------------------------------------------
svlog_offers() {
	(cd "$dir" && SVDIR=$dir/service bash -c '
		source "$0"
		COMP_WORDS=(svlog "$@")
		COMP_CWORD=$#
		_svlog svlog "${@: -1}" ""
		printf "%s\n" "${COMPREPLY[@]}"
	' "$etc/svlog.bash" "$@" | LC_ALL=C sort | tr '\n' ' ')
}

svlog_is() {
	want=$1
	shift
	got=$(svlog_offers "$@")
	[ "$got" = "$want" ] || fail "svlog $*: '$got', not '$want'"
}

svlog_is 'nginx stat verify with-log ' ''
svlog_is 'nginx ' -f n
svlog_is 'nginx with-log ' stat ''
svlog_is 'json prometheus text ' stat -o ''
svlog_is 'json raw text ' nginx -o ''
svlog_is 'today ' -s t
svlog_is './elsewhere ' ./else
svlog_is '-o ' stat -
# Every option that is offered is one, and is offered everywhere.
for option in $(svlog_offers -); do
	"$B/svlogd-bin/svlog" "$option" 2>&1 </dev/null |
	    grep -q 'no such option' && fail "$option is offered, and none"
	for other in _svlog svlog.fish; do
		grep -qe "$option\[\|-s ${option#-} " "$etc/$other" ||
		    fail "$option is not in $other"
	done
done

missing=''
if command -v zsh >/dev/null; then
	zsh -n "$etc/_sv" || fail "zsh"
	zsh -n "$etc/_svlog" || fail "zsh: svlog"
	got=$(cd "$dir" && SVDIR=$dir/service zsh -fc '
		compadd() { print -l $names }
		_alternative() { eval ${1##*:} }
		_arguments() { : }
		source $0
		_sv_services' "$etc/_sv" | LC_ALL=C sort | tr '\n' ' ')
	[ "$got" = 'db nginx nginx/log with-log with-log/log ' ] ||
	    fail "zsh: $got"
else
	missing="$missing zsh"
fi
if command -v fish >/dev/null; then
	fish --no-execute "$etc/sv.fish" || fail "fish"
	fish --no-execute "$etc/svlog.fish" || fail "fish: svlog"
	got=$(HOME=$dir SVDIR=$dir/service fish -c '
		source $argv[1]
		complete -C "sv -w 5 up n"' "$etc/sv.fish" |
	    cut -f1 | LC_ALL=C sort | tr '\n' ' ')
	case $got in
	*'nginx nginx/log '*) ;;
	*) fail "fish: $got" ;;
	esac
else
	missing="$missing fish"
fi
[ $failed -eq 0 ] || exit 1
[ -z "$missing" ] || echo "skipped: not here:$missing (bash is fine)"
