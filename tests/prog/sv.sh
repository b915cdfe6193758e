#!/bin/sh
# sv: what it waits for, for how long, and what it leaves behind.
#
#   B      the build folder
#   RUNSV  a runsv (default: ours, else the one beside RUNIT_SVLOGD)
#   ONLY   sentences with these words
set -u
: "${B:?the build folder}"
for runsv in "${RUNSV:-}" "$B/supervisor-bin/runsv" \
    "$(dirname "${RUNIT_SVLOGD:-/nonexistent/svlogd}")/runsv"; do
	[ -x "$runsv" ] && break
done
if [ ! -x "$runsv" ]; then
	echo "skipped: no runsv; give one in RUNSV"
	exit 0
fi
unset RUNIT_SV
exec "$B/prog/sv" --lanes 8 --only "${ONLY:-}" -- \
	"$B/supervisor-bin/sv" "$B/supervisor-bin/sv-fault" "$runsv"
