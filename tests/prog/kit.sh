#!/bin/sh
# What program tests rely on does what it says, and finds what is wrong.
#
#   B     the build folder
#   ONLY  sentences with these words
set -u
: "${B:?the build folder}"
exec "$B/prog/kit" --only "${ONLY:-}" -- /bin/sh
