#!/bin/sh
# The lines of real programs, nginx (its own format and JSON), sshd (failed
# logins) and logger (syslog): through -tt, expressions, masks, rotation and z
# comes what grep and sed make of a plain copy, and svlog counts as grep, awk
# and zcat do.
#
#   B         the build folder
#   REQUESTS  of nginx, for each of its formats (default: 9000)
#   PACKAGES  where packages are unpacked (default: build/packages)
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
REQUESTS=${REQUESTS:-9000} PACKAGES=${PACKAGES:-$here/build/packages}
. "$here/tests/kit/apt.sh"
. "$here/tests/kit/becomes.sh"
svlog=$B/svlogd-bin/svlog
LC_ALL=C PATH=$PATH:/usr/sbin
export LC_ALL PATH
unset NO_COLOR CLICOLOR_FORCE
BECOMES=600
dir=$(mktemp -d) || exit 1
chmod 755 "$dir" # sshd runs as somebody else
cd "$dir" || exit 1
logger_pid='' server=''
failed=0 formats=0 missing=''

cleanup() {
	for pid in $server $logger_pid; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

fail() {
	echo "FAILED: $*"
	failed=1
}

# --- who writes: each leaves a plain copy, and the same in the pipe ------------
port=$((20000 + $$ % 20000))

# ask COUNT PATH: so often, with a number behind it.
ask() {
	"$B/bench-bin/client" -n "$1" -f 1 -c 8 -t 60 -p "$2" "$port" \
	    >client 2>&1 || fail "client $2: $(cat client)"
}

# web FORMAT: a user's visits, good and bad, with what needs to be escaped.
web() {
	cat >nginx.conf <<-EOF
	worker_processes 1;
	daemon off;
	pid $dir/nginx.pid;
	error_log stderr crit;
	events { worker_connections 256; }
	http {
		log_format json escape=json '{"time":"\$time_iso8601",'
		    '"addr":"\$remote_addr","request":"\$request",'
		    '"status":\$status,"agent":"\$http_user_agent"}';
		access_log $dir/pipe $1;
		access_log $dir/own $1;
		client_body_temp_path $dir/t1;
		proxy_temp_path $dir/t2;
		fastcgi_temp_path $dir/t3;
		uwsgi_temp_path $dir/t4;
		scgi_temp_path $dir/t5;
		server {
			listen 127.0.0.1:$port;
			location / { return 200 "ok\n"; }
			location /broken/ { return 503; }
			location /missing/ { return 404; }
		}
	}
	EOF
	nginx -e stderr -p "$dir" -c "$dir/nginx.conf" >said 2>&1 7>&- &
	server=$!
	becomes "$B/bench-bin/client" -n 1 -f 0 -c 1 -t 1 -p /first "$port" ||
	    fail "nginx does not answer: $(cat said)"
	ask $((REQUESTS / 3)) /page/
	ask $((REQUESTS / 3)) '/q?user=a&token=s3cret'
	ask $((REQUESTS / 9)) /broken/
	ask $((REQUESTS / 9)) /missing/caf%C3%A9
	ask $((REQUESTS / 9)) '/broken/?token=x"y\z'
	kill "$server"
	wait "$server"
	server=''
}

combined() {
	web combined
}

json() {
	web json
}

login() {
	SSH_ASKPASS=$dir/askpass SSH_ASKPASS_REQUIRE=force \
	    setsid -w timeout 60 ssh -F none -p "$port" -o LogLevel=QUIET \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=2 \
	    "admin$1@127.0.0.1" true </dev/null >/dev/null 2>&1 && fail "let in"
}

# As nobody, so that it needs neither a user nor a directory of its own.
sshd() {
	printf '#!/bin/sh\necho wrong\n' >askpass
	chmod 755 askpass
	ssh-keygen -q -t ed25519 -N '' -f key
	printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' 'PidFile none' \
	    "HostKey $dir/key" 'UsePAM no' 'MaxAuthTries 3' \
	    'LogLevel VERBOSE' >sshd_config
	mkfifo sshd.err
	tee own <sshd.err >pipe 7>&- &
	tee=$!
	set -- "$daemon" -D -e -f "$dir/sshd_config"
	[ "$(id -u)" -ne 0 ] || {
		chown nobody key
		set -- "$B/supervisor-bin/chpst" -u nobody "$@"
	}
	LD_LIBRARY_PATH=$libraries "$@" 2>sshd.err >said 7>&- &
	server=$!
	becomes grep -q '^Server listening' own ||
	    fail "sshd does not listen: $(cat said)"
	for n in 1 2 3 4 5 6 7 8 9 10; do
		login "$n" & a=$!
		login "0$n" & b=$!
		login "00$n" & c=$!
		wait "$a" "$b" "$c"
	done
	kill "$server"
	wait "$server"
	server=''
	wait "$tee"
}

syslog() {
	seq -f 'a job, password=%.0f, is done' 1 1500 >words
	for level in info err debug crit; do
		logger --rfc5424 -s --no-act --socket-errors=off -t app \
		    -p "user.$level" -f words
	done 2>&1 | tee own >pipe
}

# --- what is the same ----------------------------------------------------------
# Old files, compressed or not, and current, in their order.
all() {
	for file in "$1"/@* "$1"/current; do
		[ -f "$file" ] && gzip -cdf <"$file"
	done
}

is_compressed() {
	[ -n "$(find "$1" -name '@*.s.gz')" ] &&
	    [ -z "$(find "$1" -name '@*' ! -name '@*.s.gz')" ]
}

# same WHAT IS WANTED
same() {
	[ "$2" = "$3" ] || fail "$format: $1: $2, not $3"
}

# svlog's counts of $format/all beside those of others, who know the stamps as
# text: in the window there are as many lines as awk finds.
counts() {
	all "$format/all" >stamped
	n=$(wc -l <own)
	since=$(sed -n "$((n / 3))p" stamped | cut -c 1-25)
	until=$(sed -n "$((n * 2 / 3))p" stamped | cut -c 1-25)
	awk -v s="$since" -v u="$until" '$1 >= s && $1 < u' stamped >window
	same "svlog -c" "$("$svlog" -c "./$format/all")" "$n"
	same "svlog -c -e" "$("$svlog" -c -e "$wanted" "./$format/all")" \
	    "$(grep -Ec -e "$wanted" own)"
	same "svlog -c -v -e" "$("$svlog" -c -v -e "$wanted" "./$format/all")" \
	    "$(grep -Evc -e "$wanted" own)"
	same "svlog -c -s" "$("$svlog" -c -s "$since" "./$format/all")" \
	    "$(awk -v s="$since" '$1 >= s' stamped | wc -l)"
	same "svlog -c -u" "$("$svlog" -c -u "$until" "./$format/all")" \
	    "$(awk -v u="$until" '$1 < u' stamped | wc -l)"
	"$svlog" -s "$since" -u "$until" "./$format/all" | cmp - window ||
	    fail "$format: svlog -s -u"
	"$svlog" -n 7 -s "$since" -u "$until" -e "$wanted" "./$format/all" |
	    cut -c 27- >got
	cut -c 27- window | grep -E -e "$wanted" | tail -n 7 | cmp - got ||
	    fail "$format: svlog -n -s -u -e"
	same "lines in the window" \
	    "$([ -s window ] && [ "$(wc -l <window)" -lt "$n" ] && echo some)" \
	    some
	"$svlog" verify "./$format/all" "./$format/some" >said 2>&1 ||
	    fail "$format: $(cat said)"
}

# What JSON says is what was logged, also where that is JSON itself.
objects() {
	command -v jq >/dev/null || return
	"$svlog" -o json "./$format/all" | jq -r .text | cmp - own ||
	    fail "$format: svlog -o json"
	[ "$format" = json ] || return
	same "broken, by jq" "$("$svlog" -o json ./json/all |
	    jq -r '.text | fromjson | select(.status == 503) | .status' |
	    wc -l)" "$(grep -c '"status":503,' own)"
}

# through FORMAT SIZE REGEX SED MASK ...: what FORMAT writes goes to `all`, and
# what REGEX selects to `some`, masked, as SED with -E does it.
through() {
	format=$1 size=$2 wanted=$3 hide=$4
	shift 4
	mkdir -p "$format/all" "$format/some"
	printf '%s\n' "s$size" n0 z >"$format/all/config"
	printf '%s\n' "s$size" n0 z '-*' "~+$wanted" "$@" \
	    >"$format/some/config"
	rm -f pipe own
	mkfifo pipe
	exec 7<>pipe
	"$B/svlogd-bin/svlogd" -tt -l 500 "$format/all" "$format/some" \
	    <pipe 7>&- 2>"$format/said" &
	logger_pid=$!
	"$format"
	# Only who goes on compresses the rest.
	becomes is_compressed "$format/all" ||
	    fail "$format: not compressed: $(ls "$format/all")"
	becomes is_compressed "$format/some" ||
	    fail "$format: not compressed: $(ls "$format/some")"
	exec 7>&-
	wait "$logger_pid" || fail "$format: svlogd exits with $?"
	logger_pid=''
	[ ! -s "$format/said" ] || fail "$format: $(cat "$format/said")"

	all "$format/all" | cut -c 27- | cmp - own || fail "$format: all"
	grep -E -e "$wanted" own | sed -E -e "$hide" >want
	all "$format/some" | cut -c 27- | cmp - want || fail "$format: some"
	grep -qF '***' want || fail "$format: nothing to hide"
	for file in "$format"/*/@*; do
		[ "$(zcat "$file" | wc -c)" -le "$size" ] ||
		    fail "$format: $file is larger than $size"
	done
	counts
	objects
	formats=$((formats + 1))
	echo "$format: $(wc -l <own) lines, $(wc -l <want) of them masked," \
	    "$(find "$format" -name '@*.gz' | wc -l) compressed files"
}

# --- the formats ---------------------------------------------------------------
address='s/^([0-9]+\.[0-9]+\.[0-9]+\.)[0-9]+/\1***/'
if command -v nginx >/dev/null && [ -x "$B/bench-bin/client" ]; then
	through combined 100000 '" 50[0-9] ' \
	    "$address;s/([?&]token=)[^& ]+/\\1***/g" \
	    '~m^\d+\.\d+\.\d+\.(\d+)' '~m[?&]token=([^& ]+)'
	through json 100000 '"status":(404|5[0-9][0-9]),' \
	    's/("addr":"[0-9.]*\.)[0-9]+/\1***/;s/([?&]token=)[^& ]+/\1***/g' \
	    '~m"addr":"[\d.]*\.(\d+)' '~m[?&]token=([^& ]+)'
else
	missing="$missing nginx"
fi
daemon=/usr/sbin/sshd libraries=''
if [ ! -x $daemon ] && apt_files "$PACKAGES-sshd" openssh-server; then
	daemon=$PACKAGES-sshd/usr/sbin/sshd
	libraries=$(find "$PACKAGES-sshd/usr/lib" -name 'libwrap.so*' \
	    -printf '%h\n' -quit)
fi
if [ -x "$daemon" ] && command -v ssh >/dev/null &&
    command -v ssh-keygen >/dev/null; then
	through sshd 4000 'Invalid user|Failed password' \
	    's/user [^ ]+/user ***/;s/ from [0-9.]+/ from ***/' \
	    '~muser (\S+)' '~m from ([\d.]+)'
else
	missing="$missing sshd"
fi
if logger --no-act --socket-errors=off test 2>/dev/null; then
	through syslog 20000 '^<1[01]>1 ' 's/password=[0-9]+/password=***/' \
	    '~mpassword=(\d+)'
else
	missing="$missing logger"
fi
[ "$failed" -eq 0 ] || exit 1
[ -z "$missing" ] ||
    echo "skipped: not to be had:$missing ($formats formats are fine)"
