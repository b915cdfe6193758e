#!/bin/sh
# A real nginx's access log goes through svlogd and comes out complete, byte
# for byte what nginx wrote to a file of its own.
#
#   B         the build folder
#   REQUESTS  at least so many (the long form: 1000000)
#   KILL      yes: svlogd is killed every now and then meanwhile
set -u
: "${B:?the build folder}"
REQUESTS=${REQUESTS:-20000} KILL=${KILL:-yes}
PATH=$PATH:/usr/sbin
for need in nginx wrk mkfifo; do
	command -v $need >/dev/null || {
		echo "skipped: no $need found"
		exit 0
	}
done

dir=$(mktemp -d "${TMPDIR:-/dev/shm}/weir-nginx.XXXXXX") || exit 1
nginx_pid='' logger_pid=''
cleanup() {
	for pid in $nginx_pid $logger_pid; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

mkdir "$dir/log"
printf 's1000000\nn0\n' >"$dir/log/config"
mkfifo "$dir/pipe"
exec 7<>"$dir/pipe" # the pipe outlives svlogd

log() {
	"$B/svlogd-bin/svlogd" "$dir/log" <"$dir/pipe" 7>&- &
	logger_pid=$!
}

port=$((20000 + $$ % 20000))
cat >"$dir/nginx.conf" <<EOF
worker_processes 1;
daemon off;
pid $dir/pid;
error_log stderr crit;
events { worker_connections 256; }
http {
	access_log /dev/stdout combined;
	access_log $dir/own combined;
	server {
		listen 127.0.0.1:$port;
		location / { return 200 "ok\n"; }
	}
}
EOF
log
nginx -p "$dir" -c "$dir/nginx.conf" >"$dir/pipe" 2>"$dir/stderr" 7>&- &
nginx_pid=$!
tries=0
until wrk -t1 -c1 -d1s "http://127.0.0.1:$port/first" >/dev/null 2>&1 &&
	[ -s "$dir/own" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 20 ]; then
		echo "FAILED: nginx does not answer"
		cat "$dir/stderr"
		exit 1
	fi
done

kills=0 rounds=0
while [ $rounds -lt 2 ] || [ "$(wc -l <"$dir/own")" -lt "$REQUESTS" ]; do
	rounds=$((rounds + 1))
	wrk -t1 -c32 -d1s "http://127.0.0.1:$port/page?n=$kills" >/dev/null &
	wrk_pid=$!
	if [ "$KILL" = yes ]; then
		kill -KILL "$logger_pid" && kills=$((kills + 1))
		wait "$logger_pid" 2>/dev/null
		log
	fi
	wait $wrk_pid
done
kill "$nginx_pid"
wait "$nginx_pid"
nginx_pid=''
exec 7>&- # the last writer: svlogd sees the end of input
wait "$logger_pid"
code=$?
logger_pid=''

lines=$(wc -l <"$dir/own")
files=$(find "$dir/log" -name '@*.s' | wc -l)
if [ $code -ne 0 ]; then
	echo "FAILED: svlogd ended with $code"
	exit 1
fi
if [ "$KILL" = yes ] && [ $kills -eq 0 ]; then
	echo "FAILED: nothing was killed"
	exit 1
fi
cat "$dir"/log/@*.[su] "$dir/log/current" 2>/dev/null |
	cmp - "$dir/own" || {
	echo "FAILED: the log is not what nginx wrote"
	exit 1
}
echo "ok: $lines requests in $((files + 1)) files are what nginx wrote," \
	"svlogd killed $kills times"
