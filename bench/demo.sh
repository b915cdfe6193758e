#!/bin/sh
# The whole stack at work: fifteen seconds, no root, nothing is left behind.
#
#   WEIR_BIN   where runsvdir, runsv, sv and svlogd are: others can be tried;
#              without svlog beside them nothing is asked that only weir has
#   BENCH_BIN  where httpd and client are
#   WEB        nginx or httpd; default: nginx where it is found
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")

: "${WEIR_BIN:=$top/build/bin}"
: "${BENCH_BIN:?is where httpd and client are; \"make demo\" knows}"
: "${WEB:=$(command -v nginx >/dev/null && echo nginx || echo httpd)}"
pages=20000 missing=400 broken=200 seconds=9 logger_kills=8 keeper_kills=4

for program in "$WEIR_BIN/runsvdir" "$WEIR_BIN/runsv" "$WEIR_BIN/sv" \
    "$WEIR_BIN/svlogd" "$BENCH_BIN/httpd" "$BENCH_BIN/client"; do
	[ -x "$program" ] || { echo "demo: no $program" >&2; exit 1; }
done
svlog=no
[ -x "$WEIR_BIN/svlog" ] && svlog=yes
PATH=$WEIR_BIN:$BENCH_BIN:$PATH
room=${TMPDIR:-/tmp}
[ -d /dev/shm ] && [ -w /dev/shm ] && room=/dev/shm
work=$(mktemp -d "$room/weir-demo.XXXXXX") || exit 1
cd "$work" || exit 1
SVDIR=$work/service
export PATH SVDIR work

say() {
	printf '%s\n' "$*"
}

headline() {
	printf '\n== %s\n' "$*"
}

# until SECONDS COMMAND ...: waits for it to be true.
until_true() {
	tries=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# --- what runs, by pid; it ends with us ---------------------------------------
scanner='' visitors=''

is_over() {
	! kill -0 "$1" 2>/dev/null
}

no_keeper() {
	[ -z "$(keepers)" ]
}

# HUP to runsvdir ends the services, then their loggers.
stop() {
	[ -n "$scanner" ] || return
	kill -HUP "$scanner" && wait "$scanner"
	scanner=''
	until_true 10 no_keeper
}

end() {
	for pid in $visitors; do
		kill -9 "$pid" 2>/dev/null
	done
	stop 2>/dev/null
	cd /
	for pid in $(leftovers); do # nobody, or there is a bug
		kill -9 "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

pid_of() {
	cat "service/$1/supervise/pid"
}

is_up() {
	[ -s "service/$1/supervise/pid" ]
}

# The runsv of a service, or of all: whoever holds the lock, as the kernel says.
keepers() {
	for lock in "$work"/service/${1:-*}/supervise/lock; do
		inode=$(stat -c %i "$lock" 2>/dev/null) || continue
		sed -n "s/^[0-9]*: FLOCK.* \([0-9]*\) [^ ]*:$inode .*/\1/p" \
		    /proc/locks
	done
}

# Everybody whose working directory is in ours.
leftovers() {
	for p in /proc/[0-9]*; do
		case $(readlink "$p/cwd") in
		"$work"/*) echo "${p#/proc/}" ;;
		esac
	done 2>/dev/null
}

# --- the log ------------------------------------------------------------------
# All of a log directory, compressed or not, without our own first knock at the
# door. No word of svlog's is taken for it.
log() {
	for file in "$1"/@* "$1"/current; do
		[ -f "$file" ] && gzip -cdf <"$file"
	done | grep -v '"GET /none/'
}

# How many lines are in it, while files are rotated and compressed.
lines() {
	if [ "$svlog" = yes ]; then
		svlog -c -v -e '"GET /none/' "$1"
	else
		log "$1" | wc -l
	fi
}

# What was asked for, once for each line.
requests() {
	log "$1" | sed -n 's|.*"GET /\([a-z]*/[0-9]*\) HTTP/1.1" [0-9].*|\1|p'
}

# numbered NAME N ...: NAME/1 to NAME/N
numbered() {
	while [ $# -gt 0 ]; do
		seq -f "$1/%.0f" "$2"
		shift 2
	done
}

# check DIR NAME N ...: is each request in its log, and once?
check() {
	dir=$1
	shift
	numbered "$@" | sort >want
	requests "service/web/log/$dir" | sort >got
	lost=$(sort -u got | comm -13 - want | wc -l)
	double=$(uniq -d got | wc -l)
	# Lines that are no access line, no whole one, or not asked for there.
	torn=$(($(log "service/web/log/$dir" | wc -l) -
	    $(comm -12 got want | wc -l) - double))
	printf '%-15s %6d requests %6d lines %4d lost %4d doubled %4d torn\n' \
	    "web/log/$dir" "$(wc -l <want)" "$(wc -l <got)" \
	    "$lost" "$double" "$torn"
	[ "$lost$double$torn" = 000 ]
}

# Access lines for 80 columns: without the server's own time and the last words.
narrow() {
	sed -e 's/ - - \[[^]]*\]//' -e 's/ [0-9]* "-" "weir-client"$//'
}

# shown COMMAND: it, and what it says.
shown() {
	say "\$ $1"
	eval "$1"
}

# --- the services -------------------------------------------------------------
# script FILE: standard input is it.
script() {
	mkdir -p "$(dirname "$1")" && cat >"$1" && chmod 755 "$1"
}

mkdir service
for dir in web/log/main web/log/missing web/log/failed worker/log/main; do
	mkdir -p "sv/$dir"
done
# All; what is missing, by a pattern; what is broken, by a regular expression,
# and without the last part of the address of who wanted it.
printf '%s\n' s100k n0 z >sv/web/log/main/config
printf '%s\n' s100k n0 '-*' '+*"*" 404 *' >sv/web/log/missing/config
printf '%s\n' s4k n0 z '-*' '~+" 5\d\d ' '~m^\d+\.\d+\.\d+\.(\d+)' \
    >sv/web/log/failed/config
printf '%s\n' s4k n3 >sv/worker/log/main/config

script sv/web/log/run <<'END'
#!/bin/sh
exec svlogd -ttt ./main ./missing ./failed
END
script sv/worker/log/run <<'END'
#!/bin/sh
exec svlogd -tt ./main
END
script sv/worker/run <<'END'
#!/bin/sh
# Does one job every tenth of a second, and does not survive each seventh.
exec 2>&1
n=$(cat ../../job 2>/dev/null || echo 0)
while n=$((n + 1)); do
	echo "$n" >../../job
	echo "job $n begins"
	sleep 0.1
	[ $((n % 7)) -eq 0 ] && { echo "job $n: out of luck"; exit 1; }
	echo "job $n is done"
done
END
script sv/worker/finish <<'END'
#!/bin/sh
echo "worker ended with $1, the next one takes over"
END

# A port that is free.
httpd 0 2>port >/dev/null &
visitors=$!
until_true 5 grep -q '^port ' port || { say 'no web server'; cat port; exit 1; }
port=$(sed -n 's/^port //p' port)
kill "$visitors" && wait "$visitors"
visitors=''

if [ "$WEB" = nginx ]; then
	cat >sv/web/nginx.conf <<-END
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log stderr crit;
	events { worker_connections 256; }
	http {
		access_log /dev/stdout combined;
		keepalive_requests 100000;
		client_body_temp_path $work/tmp-body;
		proxy_temp_path $work/tmp-proxy;
		fastcgi_temp_path $work/tmp-fastcgi;
		uwsgi_temp_path $work/tmp-uwsgi;
		scgi_temp_path $work/tmp-scgi;
		server {
			listen 127.0.0.1:$port;
			location /r/ { return 200 "page\n"; }
			location /broken/ { return 503; }
			location / { return 404; }
		}
	}
	END
	script sv/web/run <<-END
	#!/bin/sh
	exec nginx -e stderr -p $work -c $work/sv/web/nginx.conf 2>&1
	END
else
	script sv/web/run <<-END
	#!/bin/sh
	exec httpd $port 2>$work/server
	END
fi

# --- the play -----------------------------------------------------------------
headline "runsvdir service: two services, each with its logger ($WEB)"
runsvdir "$SVDIR" 'log: ........................................' 2>said &
scanner=$!
ln -s ../sv/web ../sv/worker service/
until_true 5 client -n 1 -f 0 -c 1 -t 1 -p /none/ "$port" >/dev/null ||
    { say 'the web server does not answer'; cat said; exit 1; }
sv list

[ "$svlog" = no ] || shown 'tail -n 3 service/web/log/failed/config'

headline "$pages pages, $missing missing ones and $broken broken ones:" \
    'nobody is safe'
client -n "$pages" -f 1 -r $((pages / seconds)) -c 16 -t 60 \
    "$port" >visitor-1 &
visitors=$!
client -n "$missing" -f 1 -r $((missing / seconds)) -c 2 -t 60 \
    -p /missing/ "$port" >visitor-2 &
visitors="$visitors $!"
client -n "$broken" -f 1 -r $((broken / seconds)) -c 2 -t 60 \
    -p /broken/ "$port" >visitor-3 &
visitors="$visitors $!"

web=$(pid_of web)
killed=0
while [ "$killed" -lt "$logger_kills" ]; do
	until_true 5 is_up web/log
	pid=$(pid_of web/log)
	kill -9 "$pid" && killed=$((killed + 1))
	say "kill -9 $pid, svlogd:" \
	    "$(lines service/web/log/main) lines in the log"
	[ "$killed" -eq 3 ] && since=$(date -u +%FT%T)
	[ "$killed" -eq 6 ] && until=$(date -u +%FT%T)
	if [ $((killed % (logger_kills / keeper_kills))) -eq 0 ]; then
		pid=$(keepers web)
		kill -9 "$pid"
		until_true 5 is_over "$pid"
		until_true 5 sv check web
		say "kill -9 $pid, runsv of web: now it is $(keepers web)," \
		    "and $WEB still $(pid_of web)"
	fi
	sleep 0.5
done
say 'now they may live'
for pid in $visitors; do
	wait "$pid"
done
visitors=''

headline 'What the clients got'
cat visitor-1 visitor-2 visitor-3
headline 'sv list'
sv list


same=$([ "$(pid_of web)" = "$web" ] && echo yes || echo no)
bad=0

# One of the first that failed, after files have been compressed.
if [ "$svlog" = yes ]; then
	headline 'svlog web: all logs of the service, by time and expression'
	shown "svlog -c -s $since -u $until -e ' 503 ' web"
	shown "svlog -s -10m -e '/broken/7 ' web | narrow"
	shown "svlog -o json -e '/broken/7 ' web | grep -o '\"file\":\"[^\"]*\"'"
	[ "$(svlog -c -e '/broken/7 ' web)" = "$(printf '%s\n' \
	    web/main:1 web/missing:0 web/failed:1)" ] || bad=1
fi

headline 'kill -HUP runsvdir: the services end, then their loggers'
stop
shown 'sv status web worker'

headline 'ls -l web/log/main'
# shellcheck disable=SC2012 # for eyes only
ls -l service/web/log/main | sed -n '1,4p'
say '...'
# shellcheck disable=SC2012
ls -l service/web/log/main | tail -n 4
headline 'The end of web/log/missing/current, and of worker/log/main/current'
tail -n 2 service/web/log/missing/current | narrow
tail -n 4 service/worker/log/main/current
if [ "$svlog" = yes ]; then
	headline 'svlog: are the files sound? What do the counters say?' \
	    '(one line is our first knock at the door)'
	cd service/web/log || exit 1
	shown 'svlog verify ./main ./missing ./failed' || bad=1
	shown 'svlog stat ./main ./missing ./failed' || bad=1
	cd "$work" || exit 1
fi

headline "svlogd killed $logger_kills times, runsv $keeper_kills times:" \
    'every request, once'
check main r "$pages" missing "$missing" broken "$broken" || bad=1
check missing missing "$missing" || bad=1
[ "$svlog" = no ] || check failed broken "$broken" || bad=1
[ "$same" = yes ] || { say "$WEB was started again"; bad=1; }
if [ "$bad" -eq 1 ]; then
	say 'That is NOT what is promised.'
	exit 1
fi
say "
Nothing was lost, nothing written twice, $WEB never noticed. To go on:
  WEIR_BIN=/usr/bin make demo   the same with what is installed there
  man man/svlogd.8 man/svlog.8  all there is to know
  ./bootstrap check             hundreds of other ways to kill it"
