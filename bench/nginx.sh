# nginx, with its access log by a logger, beside none and a plain file: requests
# a second. A part of bench.sh.
#
# shellcheck shell=sh disable=SC2154 # lib.sh and bench.sh have the others

nginx_cases='off file cat weir weir-tt runit'
nginx_rounds=$(sized 5 1) nginx_seconds=$(sized 5 1)

nginx_end() {
	[ -s "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null
}
at_end nginx_end

nginx_title() {
	case $1 in
	off) echo 'log off' ;;
	file) echo 'plain file' ;;
	*) title "$1" ;;
	esac
}

nginx_config() {
	case $1 in
	off) to=off ;;
	file) to="$dir/current combined" ;;
	*) to='/dev/stdout combined' ;;
	esac
	cat <<-END
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log stderr crit;
	events { worker_connections 512; }
	http {
		access_log $to;
		client_body_temp_path $work/tmp-body;
		proxy_temp_path $work/tmp-proxy;
		fastcgi_temp_path $work/tmp-fastcgi;
		uwsgi_temp_path $work/tmp-uwsgi;
		scgi_temp_path $work/tmp-scgi;
		keepalive_requests 100000000;
		server {
			listen 127.0.0.1:$port;
			location / { return 200 "ok\n"; }
		}
	}
	END
}

# A port that was free a moment ago.
free_port() {
	httpd 0 2>"$work/web-port" >/dev/null &
	pid=$!
	becomes grep -q '^port ' "$work/web-port"
	kill "$pid"
	wait "$pid"
	sed -n 's/^port //p' "$work/web-port"
}

nginx_server() {
	limit=$((nginx_seconds + 30))
	set -- "$1" timeout -k 5 "$limit" nginx -e stderr -p "$work" \
	    -c "$work/nginx.conf"
	name=$1
	shift
	case $name in
	off | file) "$@" >/dev/null ;;
	*) "$@" | logger "$name" measure -m 100 -r "$work/used" ;;
	esac
}

# Each round: requests, lines, logger's CPU seconds.
nginx_once() {
	fresh "$1" <<-'END'
	s16000000
	n0
	END
	rm -f "$work/nginx.pid" "$work/used"
	nginx_config "$1" >"$work/nginx.conf"
	nginx_server "$1" &
	server=$!
	becomes test -s "$work/nginx.pid"
	sleep 0.2
	timeout $((nginx_seconds + 20)) wrk -t1 -c32 -d "${nginx_seconds}s" \
	    "http://127.0.0.1:$port/" >"$work/wrk"
	nginx_quit
	requests=$(awk '/ requests in / { print $1 }' "$work/wrk")
	[ -n "$requests" ] || { say "nginx, $1: no answers"; return; }
	logged=$(whole | wc -l)
	used=$(cpu "$work/used")
	[ "$used" = - ] && used=0
	echo "$requests $logged $used" >>"$raw/web-$1"
	[ "$1" = off ] && return
	# What was in flight when wrk stopped is in the log only.
	over=$((logged - requests))
	if [ "$over" -lt 0 ] || [ "$over" -gt 64 ]; then
		wrong "nginx-$1"
	fi
}

nginx_quit() {
	[ -s "$work/nginx.pid" ] && kill -QUIT "$(cat "$work/nginx.pid")"
	wait "$server"
}

nginx_run() {
	for program in nginx wrk; do
		command -v "$program" >/dev/null || {
			say "nginx skipped: no $program"
			return
		}
	done
	# shellcheck disable=SC2086 # a list of words
	cases=$(runnable $nginx_cases)
	port=$(free_port)
	for round in $(seq "$nginx_rounds"); do
		say "nginx, round $round of $nginx_rounds"
		for name in $cases; do
			nginx_once "$name"
		done
	done
	rm -rf "$dir"
}

nginx_table() {
	echo
	echo "nginx: 1 worker, wrk -t1 -c32, $nginx_seconds s;" \
	    "medians of $nginx_rounds rounds"
	printf '%-24s %10s %9s %8s %12s\n' 'access log' 'requests/s' \
	    'of file' 'CPU s' 'lines-reqs'
	for name in $nginx_cases; do
		f=$raw/web-$name
		requests=$(median "$f" 1)
		[ "$requests" = - ] && {
			printf '%-24s  skipped\n' "$(nginx_title "$name")"
			continue
		}
		awk '{ print $2 - $1 }' "$f" >"$f.over"
		over=$(peak "$f.over" 1)
		[ "$name" = off ] && over=-
		printf '%-24s %10s %9s %8s %12s\n' "$(nginx_title "$name")" \
		    "$(fixed 0 "$(calc "$requests / $nginx_seconds")")" \
		    "$(fixed 3 "$(medians "$f" "$raw/web-file" 1)")" \
		    "$(fixed 2 "$(median "$f" 3)")" "$over"
	done
}

nginx_verdicts() {
	if [ ! -s "$raw/web-file" ]; then
		skip nginx 'no nginx or no wrk'
		return
	fi
	require 'nginx, of plain file' \
	    "$(medians "$raw/web-weir" "$raw/web-file" 1)" least 0.95
}
