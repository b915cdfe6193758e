#!/bin/sh
# What of the product the tests have run. B is the folder of a coverage build
# in which they ran; the arguments are sources.
set -u
: "${B:?the build folder}"
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
for source; do
	(cd "$room" && gcov -b -n -r -s "$OLDPWD" \
	    -o "$OLDPWD/$B/${source%.c}.o" "$OLDPWD/$source" 2>/dev/null)
done | awk '
# "File ..." begins what is said of a source; headers are in it many times.
/^File/ { file = substr($2, 2, length($2) - 2) }
/^Lines executed/ { split($2, p, /[:%]/); lines[file] = p[2]; of[file] = $4 }
/^Taken at least/ { split($4, p, /[:%]/); taken[file] = p[2]; paths[file] = $6 }
END {
	printf "%-26s %6s  %6s   %8s  %6s\n", "", "lines", "run", "branches",
	    "taken"
	for (file in of) {
		if (file !~ /[.]c$/)
			continue
		row = sprintf("%-26s %6d  %5.1f%%   %8d  %5.1f%%", file,
		    of[file], lines[file], paths[file], taken[file])
		print row | "sort"
		n += of[file]
		run += of[file] * lines[file] / 100
		m += paths[file]
		went += paths[file] * taken[file] / 100
	}
	close("sort")
	if (n && m)
		printf "%-26s %6d  %5.1f%%   %8d  %5.1f%%\n", "all", n,
		    100 * run / n, m, 100 * went / m
}'
