# Waiting for what others do. Sourced.
#
# shellcheck shell=sh

# becomes COMMAND ...: it succeeds, within BECOMES tenths of a second, or half a
# minute.
becomes() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -le "${BECOMES:-300}" ] || return 1
		sleep 0.1
	done
}
