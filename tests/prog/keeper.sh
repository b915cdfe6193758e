#!/bin/sh
# What runsv lives through; and it never allocates.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
bin=$B/supervisor-bin

# What might allocate is called by nobody: realpath() is, by a function that
# svlogd alone calls. A static program has all names of libc's.
case $B in
*-static* | *-san* | *-cov*) ;;
*)
	bad=$(nm -u "$bin/runsv" |
	    grep -E ' (malloc|calloc|realloc|strdup|fopen|setenv|.*printf)@')
	[ -z "$bad" ] || { echo "runsv allocates: $bad"; exit 1; }
	;;
esac
exec "$B/prog/keeper" --lanes 6 --only "${ONLY:-}" -- \
	"$bin/runsv" "$bin/runsv-fault"
