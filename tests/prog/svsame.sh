#!/bin/sh
# What our sv prints, sends and exits with, against runit's sv.
#
#   B         the build folder
#   RUNIT_SV  runit's sv (default: beside RUNIT_SVLOGD)
#   RUNSV     a runsv (default: ours, else the one beside runit's sv)
#   ONLY      sentences with these words
set -u
: "${B:?the build folder}"
peers=$(dirname "${RUNIT_SVLOGD:-/nonexistent/svlogd}")
RUNIT_SV=${RUNIT_SV:-$peers/sv}
if [ ! -x "$RUNIT_SV" ]; then
	echo "skipped: no sv of runit; give one in RUNIT_SV"
	exit 0
fi
for runsv in "${RUNSV:-}" "$B/supervisor-bin/runsv" "$peers/runsv" \
    "$(dirname "$RUNIT_SV")/runsv"; do
	[ -x "$runsv" ] && break
done
if [ ! -x "$runsv" ]; then
	echo "skipped: no runsv; give one in RUNSV"
	exit 0
fi
export RUNIT_SV
exec "$B/prog/svsame" --lanes 8 --only "${ONLY:-}" -- \
	"$B/supervisor-bin/sv" "$B/supervisor-bin/sv-fault" "$runsv"
