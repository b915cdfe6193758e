#!/bin/sh
# The places that are built in are those of the last command line, also where
# all has been built before with others; and the stages have the same.
#
#   B  the build folder
set -u
: "${B:?the build folder}"
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS
failed=0

# holds PLACE OBJECT VARIABLE
holds() {
	"${MAKE:-make}" -s B="$dir" "$3=$1" "$dir/$2.o" >"$dir/said" 2>&1 ||
	    cat "$dir/said"
	grep -qaF "$1" "$dir/$2.o" && return
	echo "FAILED: $3=$1: not in $2"
	failed=1
}

for object in supervisor/svopts svlogd/find; do
	holds /first "$object" SVDIR
	holds /second "$object" SVDIR
done
holds /first supervisor/runsvchdir RUNITDIR
holds /second supervisor/runsvchdir RUNITDIR
before=$(stat -c %y "$dir/supervisor/runsvchdir.o")
holds /second supervisor/runsvchdir RUNITDIR
[ "$before" = "$(stat -c %y "$dir/supervisor/runsvchdir.o")" ] || {
	echo "FAILED: built again without a reason"
	failed=1
}

# The stages that are installed name no place but those of the programs.
"${MAKE:-make}" -s install-data DESTDIR="$dir/a root" PREFIX=/usr \
    SVDIR=/run/services RUNITDIR=/run/init STOPIT=/run/end REBOOT=/run/again
for place in /etc/runit '[^n]/service'; do
	grep -r -e "$place" "$dir/a root/usr/share/weir/runit" \
	    --include='[123]' --include=ctrlaltdel || continue
	echo "FAILED: $place is in a stage that was built for another"
	failed=1
done
for place in /run/services /run/init/runsvdir /run/end /run/again; do
	grep -rq "$place" "$dir/a root/usr/share/weir/runit" && continue
	echo "FAILED: no stage has $place"
	failed=1
done
[ "$failed" -eq 0 ]
