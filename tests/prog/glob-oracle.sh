#!/bin/sh
# Our patterns match what runit's svlogd matches, but for two bugs of it.
#
#   glob-oracle.sh [SVLOGD [ROUNDS [SEED]]]
#
# Each round is one svlogd with one directory a pattern, config `-*` `+PATTERN`.
# Needs B, the build folder. The known exceptions, as globcat.c defines them:
#
#   plus-run    `+X` runs to the end of the line, pattern is left: runit matches
#   plus-blind  `+X` begins at the end of the line: runit reads what is behind
set -u
svlogd=${1:-${RUNIT_SVLOGD:-}}
rounds=${2:-10}
seed=${3:-19}
patterns=250 lines=400

if [ -z "$svlogd" ] || [ ! -x "$svlogd" ]; then
	echo "skipped: no svlogd of runit; give one in RUNIT_SVLOGD"
	exit 0
fi
# shellcheck disable=SC3045 # dash, ash, bash and ksh have it
if [ "$(ulimit -n)" -lt 1024 ] && ! ulimit -n 1024 2>/dev/null; then
	echo "skipped: 1024 open files are needed"
	exit 0
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# COUNT texts of at most LONGEST characters
random_texts() {
	awk -v seed="$1" -v count="$2" -v longest="$3" '
	function below(n) {
		x = (x * 16807) % 2147483647
		return int(x / 2147483647 * n)
	}
	BEGIN {
		x = seed
		for (i = 0; i < 20; i++)
			below(1)
		while (count-- > 0) {
			s = ""
			for (i = below(longest + 1); i > 0; i--)
				s = s substr("ab*+ ", below(5) + 1, 1)
			print s
		}
	}'
}

# What svlogd kept, as globcat prints it.
kept() {
	awk '{
		print substr(FILENAME, 1, index(FILENAME, "/") - 1) ":" $0
	}' [0-9]*/current
}

round=0 extra=0
while [ $((round += 1)) -le "$rounds" ]; do
	mkdir "$tmp/$round" && cd "$tmp/$round" || exit 1
	random_texts $((seed * 2000 + round * 2)) "$patterns" 6 >patterns
	random_texts $((seed * 2000 + round * 2 + 1)) "$lines" 8 >lines
	# shellcheck disable=SC2046
	mkdir $(seq "$patterns")
	set --
	while IFS= read -r pattern; do
		set -- "$@" "$pattern"
		printf -- '-*\n+%s\n' "$pattern" >"$#/config"
	done <patterns
	"$svlogd" [0-9]* <lines || exit 1
	kept | LC_ALL=C sort >theirs
	"$B/prog/globcat" "$@" <lines >found || exit 1
	LC_ALL=C sort found >ours
	"$B/prog/globcat" -r "$@" <lines >found || exit 1
	LC_ALL=C sort found >model
	if ! diff theirs model >differ; then
		echo "round $round: < svlogd, > the model (NUMBER:LINE)"
		sed -n '/^[<>]/p' differ | head -n 20 | while read -r way hit; do
			n=${hit%%:*}
			echo "$way '${hit#*:}' by '$(sed -n "${n}p" patterns)'"
		done
		exit 1
	fi
	if LC_ALL=C comm -23 ours theirs | grep .; then
		echo "round $round: matched by us only"
		exit 1
	fi
	extra=$((extra + $(LC_ALL=C comm -13 ours theirs | wc -l)))
	cd "$tmp" && rm -rf "./$round"
done
echo "$((rounds * patterns)) patterns on $lines lines each: the same," \
    "but for $extra that runit finds by reading on"
