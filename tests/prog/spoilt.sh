#!/bin/sh
# What is wrong in a service directory is said once, and can be mended.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
bin=$B/supervisor-bin
exec "$B/prog/spoilt" --lanes 8 --only "${ONLY:-}" -- "$bin/runsv" "$bin/sv"
