#!/bin/sh
# Our chpst does what runit's does, but for the differences listed here.
#
#   B             the build folder
#   CASES         random command lines; the long form: CASES=3000
#   SEED          of them
#   RUNIT_CHPST   runit's chpst, if not below build/peers (bench/peers.sh)
#   CHPST         another program to compare it with
#
# First each deliberate difference, with what either does; then command lines
# for which standard output (the state that the program sees: tests/prog/state.c),
# standard error and exit code are the same to the byte.
# The cases are called by name; dash, ash, bash and ksh have ulimit's options.
# shellcheck disable=SC2317,SC3045
set -u
: "${B:?the build folder}"
CASES=${CASES:-150} SEED=${SEED:-1}
CHPST=${CHPST:-$B/supervisor-bin/chpst}
here=$(cd "$(dirname "$0")" && pwd)
peers=$here/../../build/peers
RUNIT_CHPST=${RUNIT_CHPST:-$peers/usr/bin/chpst}

if [ ! -x "$RUNIT_CHPST" ]; then
	echo "skipped: no runit chpst found"
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "skipped: not root"
	exit 0
fi
# What is compared is a nice value, too, and starts from 0.
if [ "$(nice)" -ne 0 ]; then
	exec nice -n "-$(nice)" sh "$0"
fi
umask 022
tmp=$(mktemp -d) || exit 1
holder=
end() {
	[ -z "$holder" ] || kill "$holder" 2>/dev/null
	rm -rf "$tmp" "/etc/weir-test.$$"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$tmp"
failed=0 cases=0 lines=0

# Each chpst below its own folder, by all its names.
names='setuidgid envuidgid envdir pgrphack setlock softlimit'
for who in theirs ours; do
	mkdir "$tmp/$who"
	program=$CHPST
	[ $who = ours ] || program=$RUNIT_CHPST
	for name in chpst $names; do
		cp "$program" "$tmp/$who/$name" &&
		    ln -s "$name" "$tmp/$who/d$name" || exit 1
	done
done
cp "$B/prog/state" "$tmp/state"

# --- the world ---------------------------------------------------------------
mkdir "$tmp/work" && cd "$tmp/work" || exit 1
chmod 777 .
mkdir env env2 bin root 'a b' closed
chmod 700 closed
printf 'one\ntwo\n' >env/ONE
printf '' >env/GONE
printf '\n' >env/EMPTY
printf 'sp  \t \nx' >env/SP
printf 'a\0b\0' >env/NUL
printf 'x\0 \t\n' >env/NULSP
printf '\0' >env/ZERO
printf 'none' >env/NONL
printf 'cr\r\n' >env/CR
printf ' \t\n' >env/BLANKS
printf '  lead' >env/LEAD
printf 'hidden\n' >env/.HIDDEN
printf 'y\n' >'env/S P'
printf '77\n' >env/UID
printf '/nowhere\n' >env/PATH
mkdir env2/sub
printf '2\n' >env2/TWO
printf 'garbage\n' >garbage
printf '#!/no/such\n' >badint
printf 'exit 3\n' >exits
chmod 755 garbage badint exits
: >plain
cp "$tmp/state" bin/found
: >bin/plain
ln -s loop bin/loop
mkfifo fifo

# run WHO PROGRAM WORD ...: into out and err, and its exit code in $code.
# STATE is what the lines of the table call the program.
run() {
	who=$1 name=$2
	shift 2
	rm -f lock lock2 "../$who.out" "../$who.err"
	$as env -i PATH="${path-/bin:/usr/bin}" A=1 GONE=1 \
	    "$tmp/$who/$name" "$@" >"../$who.out" 2>"../$who.err" \
	    </dev/null 3<&- 9>&-
	code=$?
}

# What is the same but for what it is: the usage lists what 2.1.2 does not
# have or does not list, and a version is one's own.
tidy() {
	sed -e 's/ \[-C pwd\]//' -e 's/ \[-r n\]//' \
	    -e '/^usage/s/\[-vVPi012\]/[-vVP012]/' \
	    -e 's/^\$Id.*\$$/VERSION/' -e 's/^weir chpst .*/VERSION/' \
	    -e '/^chpst: warning: above the hard limit/d' \
	    -e "s|$tmp/theirs/|HERE/|; s|$tmp/ours/|HERE/|"
}

# same PROGRAM WORD ...
same() {
	lines=$((lines + 1))
	run theirs "$@"
	theirs=$code
	run ours "$@"
	[ $theirs -eq $code ] && cmp -s ../theirs.out ../ours.out &&
	    cmp -s ../theirs.err ../ours.err && return
	for who in theirs ours; do
		tidy <../$who.out >../$who.txt
		tidy <../$who.err >>../$who.txt
	done
	[ $theirs -eq $code ] && cmp -s ../theirs.txt ../ours.txt && return
	failed=1
	echo "FAILED: $as $*: exit $theirs, $code"
	diff ../theirs.txt ../ours.txt | sed 's/^/  /' | head -n 20
}

# A table on standard input, one command line each, in shell words.
table() {
	while IFS= read -r line; do
		eval "same $line"
	done
}

as=
state=$tmp/state
# What 2.1.2 does not have is not compared with it.
run theirs chpst -C / "$state"
has_dir=1
[ "$code" -eq 7 ] || has_dir=0

# --- the differences ------------------------------------------------------------
# differs WORDS FUNCTION RUNIT OURS: FUNCTION, with each of them in turn, prints
# what it is then seen to do.
differs() {
	cases=$((cases + 1))
	who=theirs
	theirs=$("$2" 2>&1)
	who=ours
	ours=$("$2" 2>&1)
	[ "$theirs" = "$3" ] && [ "$ours" = "$4" ] && return
	failed=1
	echo "FAILED: $1"
	echo "  runit: '$theirs', to be '$3'"
	echo "  ours:  '$ours', to be '$4'"
}

# The fields that are asked for; what it said if it failed.
seen() {
	"$tmp/$who/chpst" "$@" </dev/null 2>&1 9>&-
}

users() {
	seen "$@" "$state" | sed -n '/^uid\|^chpst/p'
}

limit() {
	seen "$@" "$state" |
	    sed -n 's/^limits.* 7:\([^ ]*\).*/\1/p; /^chpst/p' | head -n 2
}

no_digits() {
	users -u ::
}
differs 'digits are required' no_digits \
	'uid 0 0 0 gid 0 0 0 groups 0' 'chpst: fatal: invalid uid/gids: :'

no_group_digits() {
	users -u :1:2:
}
differs 'digits are required in each group' no_group_digits \
	'uid 1 1 1 gid 2 2 2 groups 0 2' \
	'chpst: fatal: invalid uid/gids: 1:2:'

no_env_digits() {
	seen -U :0: sh -c 'echo $UID'
}
differs 'digits are required for variables' no_env_digits \
	'0' 'chpst: fatal: invalid uid/gids: 0:'

wrapped_id() {
	users -u :4294967296:5
}
differs 'user numbers do not wrap' wrapped_id \
	'uid 0 0 0 gid 5 5 5 groups 5' \
	'chpst: fatal: invalid uid/gids: 4294967296:5'

last_id() {
	users -u :1:4294967295
}
differs '2^32-1 means no group' last_id \
	'chpst: fatal: unable to setgroups: invalid argument' \
	'chpst: fatal: invalid uid/gids: 1:4294967295'

last_env_id() {
	seen -U :4294967295:1 sh -c 'echo $UID'
}
differs '2^32-1 means no user' last_env_id '4294967295' \
	'chpst: fatal: invalid uid/gids: 4294967295:1'

wrapped_limit() {
	limit -o 18446744073709551621 | sed 's|/.*||; s/[0-9]\{3,\}/hard/'
}
hard=$(ulimit -H -n)
differs 'limits do not wrap' wrapped_limit '5' \
	"chpst: warning: above the hard limit, which is used: open files: hard
hard"

wrapped_nice() {
	seen -n 18446744073709551617 "$state" | sed -n 's/.*nice \([0-9]*\).*/\1/p'
}
differs 'nice values do not wrap' wrapped_nice 1 19

# Above the hard limit: lowered without a word.
above() {
	(ulimit -n 50 && limit -o 60)
}
differs 'a limit above the hard one is told' above '50/50' \
	'chpst: warning: above the hard limit, which is used: open files: 50
50/50'

above_cap() {
	(ulimit -s 5000 && seen -m 1000000000 "$state" |
	    sed -n 's/^limits.* 3:\([^ ]*\).*/\1/p; /^chpst/p')
}
differs 'but for -m, which only asks for a cap' above_cap \
	'5120000/5120000' '5120000/5120000'

above_verbose() {
	(ulimit -s 5000 && seen -v -m 1000000000 true | grep stack)
}
differs 'unless -v is given' above_verbose '' \
	'chpst: warning: above the hard limit, which is used: stack: 5120000'

to_hard() {
	(ulimit -S -n 40 && limit -o = | sed "s/$hard/N/g" | cut -c 1-13)
}
differs '= is the hard limit' to_hard '' 'N/N'

hard_too() {
	limit -o 30:40
}
differs 'the hard limit can be set' hard_too '' '30/40'

hard_up() {
	(ulimit -n 50 && limit -u :65534:65534 -o 60:60)
}
if (ulimit -n 50 && ulimit -n 60) 2>/dev/null; then
	differs 'and raised, before the user is changed' hard_up '' '60/60'
else
	echo "not tried: raising a limit, which this root may not"
fi

softlimit_usage() {
	"$tmp/$who/softlimit" -o x true 2>&1 | cut -c 1-20
}
differs 'a bad number of softlimit gives its own usage' softlimit_usage \
	'usage: softlimit [-v' 'usage: softlimit [-a'

# More than 60 groups.
many=1
for i in $(seq 61); do
	many=$many:$i
done
many_numbers() {
	users -u ":$many" | wc -w
}
differs 'more than 60 numbers are taken' many_numbers 5 70

many_names() {
	users -u "root$(printf ':adm%.0s' $(seq 100))" | wc -w
}
differs 'groups beyond the 60th are not left out' many_names 69 109

too_many() {
	users -u "root$(printf ':adm%.0s' $(seq 257))" | cut -c 1-40
}
differs 'a 257th is an error' too_many \
	'uid 0 0 0 gid 4 4 4 groups 4 4 4 4 4 4 4' \
	'chpst: fatal: too many groups: root:adm:'

all_groups() {
	printf 'root:x:0:\nadm:x:4:\nnobody:x:65534:\nmail:x:8:nobody\n' >group
	unshare -m sh -c 'mount --bind group /etc/group && shift 0 && "$@"' sh \
	    "$tmp/$who/chpst" -i -u nobody:adm "$state" 2>&1 |
	    sed -n '/^uid/p; s/.*\(illegal.*\)/\1/p'
}
if unshare -m true 2>/dev/null; then
	differs '-i adds the groups of the user' all_groups \
	    'illegal option -- i' \
	    'uid 65534 65534 65534 gid 4 4 4 groups 4 8'
fi

# Names are looked up in the old root.
in_root() {
	seen -/ root -u nobody nosuch
}
differs 'names are looked up in the old root' in_root \
	'chpst: fatal: unable to get password/group file entry: file does not exist' \
	'chpst: fatal: unable to run: nosuch: file does not exist'

only_there() {
	mkdir -p root/etc
	echo 'there:x:55:66:::' >root/etc/passwd
	seen -/ root -u there nosuch
	rm -r root/etc
}
differs 'and not in the new one' only_there \
	'chpst: fatal: unable to run: nosuch: file does not exist' \
	'chpst: fatal: unknown user/group: there'

names_first() {
	seen -e nosuch -u nosuch true
}
differs 'names are looked up before all else' names_first \
	'chpst: fatal: unable to switch to directory: nosuch: file does not exist' \
	'chpst: fatal: unknown user/group: nosuch'

own=/etc/weir-test.$$
# The lock file is opened before, and locked after the change of user, where
# nobody else could have had a hand in it.
root_lock() {
	seen -u nobody -l "$own" "$state" |
	    sed -n 's/^uid \([0-9]*\).*/\1/p; s/^fd \(3.*\)/\1/p; /^chpst/p'
	rm -f "$own"
}
differs 'a lock of root is to be had' root_lock \
	"chpst: fatal: unable to open lock: $own: access denied" \
	"65534
3 $own flags 4000"

foreign_lock() {
	rm -rf their && mkdir their && chown 65534 their
	echo secret >secret && chmod 600 secret
	ln -s ../secret their/lock
	seen -u nobody -l their/lock true
	rm -rf their secret
}
differs 'but never through what the user made' foreign_lock \
	'chpst: fatal: unable to open lock: their/lock: access denied' \
	'chpst: fatal: unable to open lock: their/lock: access denied'

foreign_hard() {
	rm -rf their && mkdir their && chown 65534 their
	echo secret >secret && chmod 600 secret && ln secret their/lock
	seen -u nobody -l their/lock true
	rm -rf their secret
}
differs 'nor by another name of a file' foreign_hard \
	'chpst: fatal: unable to open lock: their/lock: access denied' \
	'chpst: fatal: unable to open lock: their/lock: access denied'

own_lock() {
	rm -rf their && mkdir their && chown 65534 their
	seen -u nobody -l their/lock "$state" | sed -n 's/^fd 3.*flags/3/p'
	stat -c '%u %a' their/lock
	rm -rf their
}
differs 'in a directory of the user it is the file of the user' own_lock \
	'3 6001
65534 600' '3 6001
65534 600'

# setlock: as daemontools' does it.
mkfifo ../hold ../held
"$tmp/theirs/chpst" -L holding sh -c 'echo >../held; read -r _ <../hold' &
holder=$!
read -r _ <../held

# What a setlock does: it ends, or the kernel says that it waits for the lock.
lock_by() {
	"$@" holding true >../locked 2>&1 &
	pid=$! limit=$(($(date +%s) + 20)) waits=0
	until [ $waits -eq 1 ]; do
		case $(sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat" 2>/dev/null) in
		'' | Z) break ;;
		esac
		grep -q "^[0-9]*: -> FLOCK .* $pid " /proc/locks && waits=1
		[ "$(date +%s)" -lt "$limit" ] || break
	done
	[ $waits -eq 0 ] || kill $pid
	wait $pid 2>/dev/null
	code=$?
	if [ $waits -eq 1 ]; then
		echo waits
	elif [ $code -eq 0 ]; then
		echo 'exit 0'
	else
		cat ../locked
	fi
}

locks() {
	lock_by "$tmp/$who/setlock" "$@"
}
taken='chpst: fatal: unable to lock: holding: temporary failure'
if [ -r /proc/locks ]; then
	by_default() { locks; }
	differs 'setlock waits' by_default "$taken" waits
	by_n() { locks -n; }
	differs 'setlock -n does not' by_n waits "$taken"
	by_N() { locks -N; }
	differs 'setlock -N does' by_N "$taken" waits
	by_x() { locks -x; }
	differs 'setlock -x waits too' by_x 'exit 0' waits
	by_nx() { locks -nx; }
	differs 'setlock -nx leaves' by_nx waits 'exit 0'
	by_nNn() { locks -nNn; }
	differs 'the last one counts' by_nNn waits "$taken"
else
	echo "not tried: setlock's waiting, for want of /proc/locks"
fi

x_runs() {
	"$tmp/$who/setlock" -x lock nosuch
	echo $?
}
differs 'setlock -x is about the lock only' x_runs 0 \
	'chpst: fatal: unable to run: nosuch: file does not exist
111'

# The same with daemontools' own, where it is; it has other words.
for options in '' -n -N -x -nx -nX -xX -Nx -nNx; do
	[ -x "$peers/usr/bin/setlock" ] && [ -r /proc/locks ] || break
	# shellcheck disable=SC2086 # words, or none
	theirs=$(lock_by "$peers/usr/bin/setlock" $options | sed 's/.* //')
	# shellcheck disable=SC2086
	ours=$(lock_by "$tmp/ours/setlock" $options | sed 's/.* //')
	cases=$((cases + 1))
	[ "$theirs" = "$ours" ] && continue
	failed=1
	echo "FAILED: setlock $options: daemontools '$theirs', ours '$ours'"
done

# Directories of variables.
envdir_sub() {
	"$tmp/$who/envdir" env2 sh -c 'echo $TWO'
}
differs 'envdir passes over a directory' envdir_sub \
	'chpst: fatal: unable to read env2/sub: is a directory' 2

# (Where the first that is read is the link, theirs is empty.)
nowhere() {
	rm -rf env3 && mkdir env3 && echo stale >env3/A1
	ln -s nowhere env3/B1
	seen -e env3 sh -c 'echo ${B1+set}'
	rm -r env3
}
differs 'a link to nowhere is told' nowhere "$(who=theirs nowhere)" \
	'chpst: warning: unable to read env3/B1: file does not exist'

equals() {
	rm -rf env3 && mkdir env3 && echo value >'env3/A=B'
	seen -e env3 env | sed -n '/^A=/p; /^chpst/p'
	rm -r env3
}
differs 'a name with = in it is none' equals 'A=B=value' \
	'chpst: warning: not the name of a variable: env3/A=B'

too_long() {
	rm -rf env3 && mkdir env3
	head -c 131072 /dev/zero | tr '\0' x >env3/LONG
	seen -e env3 true
	rm -r env3
}
differs 'a line that no program can get is told' too_long \
	'chpst: fatal: unable to run: true: argument list too long' \
	'chpst: fatal: unable to read env3/LONG: file too big'

doubled() {
	"$tmp/state" dup PATH=/bin A=1 A=2 A=3 -- "$tmp/$who/chpst" -e ../one \
	    /usr/bin/env | tr '\n' ' '
}
mkdir ../one && echo new >../one/A
differs 'a variable that is there twice is replaced' doubled \
	'PATH=/bin A=3 A=2 A=new ' 'PATH=/bin A=new '

unreadable_place() {
	mkdir -p dark && chmod 311 dark
	(cd dark && "$tmp/ours/chpst" -u nobody "$tmp/$who/chpst" \
	    -e "$tmp/one" sh -c 'echo $A' 2>&1)
	rmdir dark
}
differs '-e does not need to read the current directory' unreadable_place \
	'chpst: fatal: unable to open current working directory: access denied' \
	new

set_uid() {
	cp "$tmp/$who/chpst" ../setuid && chown 1 ../setuid && chmod 4755 ../setuid
	"$tmp/ours/chpst" -u nobody ../setuid "$state" 2>&1 |
	    sed -n 's/^uid \(.*\) gid.*/\1/p; /^chpst/p'
	rm -f ../setuid
}
if findmnt -nT "$tmp" -o OPTIONS 2>/dev/null | grep -q nosuid; then
	echo "not tried: set-uid, which $tmp does not allow"
else
	differs 'it does not run set-uid' set_uid '65534 1 1' \
	    'chpst: fatal: not to be made set-uid, set-gid or capable'
fi

argv0() {
	seen -b foo nosuch
}
differs 'what cannot be run is called by its name' argv0 \
	'chpst: fatal: unable to run: foo: file does not exist' \
	'chpst: fatal: unable to run: nosuch: file does not exist'

kept() {
	setpriv --securebits=+no_setuid_fixup "$tmp/$who/chpst" -u nobody \
	    id -u 2>&1
}
if setpriv --securebits=+no_setuid_fixup true 2>/dev/null; then
	differs 'who could be root again is not let loose' kept 65534 \
	    'chpst: fatal: the change of user is not complete'
else
	echo "not tried: securebits"
fi

control() {
	seen "$(printf 'a\033[2Jb')"
}
differs 'control bytes are shown as ?' control \
	"$(printf 'chpst: fatal: unable to run: a\033[2Jb: file does not exist')" \
	'chpst: fatal: unable to run: a?[2Jb: file does not exist'

version() {
	seen -V | head -n 1 | cut -c 1-5
}
# shellcheck disable=SC2016
differs 'a version is its own' version '$Id: ' 'weir '

usage() {
	seen 2>&1 | grep -c -F -e '-vVPi012' -e '[-r n]'
}
differs 'the usage lists -i and -r' usage 0 1

# --- the same -----------------------------------------------------------------
table <<'END'
chpst $state
chpst $state a 'b c' '' -x --
chpst
chpst -v
chpst --
chpst -0
chpst -V
chpst -V true
chpst -vV true
chpst -x
chpst -x -V
chpst -V -x
chpst -Px true
chpst -0x true
chpst -0- true
chpst --x $state
chpst -0 --x $state
chpst -: true
chpst '-;' true
chpst '-?' true
chpst -u
chpst -e
chpst -/
chpst -n
chpst -b
chpst -l
chpst -ve
chpst -e '' -x
chpst - true
chpst -v -
chpst -- -b
chpst -- -- true
chpst -b foo -- $state
chpst -bfoo $state x
chpst -b '' $state x
chpst -vP $state
chpst -P $state
chpst -PPP $state
chpst -0 $state
chpst -0 -0 $state
chpst -1 $state
chpst -2 $state
chpst -012 $state
chpst -2 nosuch
chpst -u nobody $state
chpst -u root $state
chpst -unobody $state
chpst -u nobody:adm $state
chpst -u nobody:adm:mail $state
chpst -u root:adm:adm $state
chpst -u :1:2 $state
chpst -u :1:2:3 $state
chpst -u :1:3:2:3 $state
chpst -u :0:0 $state
chpst -u :65534:65534 $state
chpst -u :4294967294:4294967294 $state
chpst -u :00001:0002 $state
chpst -u :1 true
chpst -u : true
chpst -u '' true
chpst -u nosuch true
chpst -u nosuch:adm true
chpst -u root: true
chpst -u root:adm: true
chpst -u root::adm true
chpst -u nobody:nosuch true
chpst -u nobody:adm:nosuch true
chpst -u nobody:4 true
chpst -u 0 true
chpst -u 65534 true
chpst -u :1x true
chpst -u :x true
chpst -u :1:x true
chpst -u :1:2x true
chpst -u :-1:1 true
chpst -u :+1:1 true
chpst -u ': 1:1' true
chpst -u :1:-1 true
chpst -u :0x1:1 true
chpst -u :4294967295 true
chpst -u nosuch
chpst -u nosuch -x
chpst -u nosuch -n x true
chpst -u nosuch -l /nosuch/x true
chpst -u nobody -u root $state
chpst -U nobody $state
chpst -U root:adm:mail $state
chpst -U :1:2 $state
chpst -U :1:2:3 $state
chpst -U :00001:0002 $state
chpst -U nosuch true
chpst -U '' true
chpst -U : true
chpst -U :1 true
chpst -U :1x:2 true
chpst -U root:nosuch true
chpst -U nobody -u root $state
chpst -u nobody -U root $state
chpst -u nosuch -U nosuch2 true
chpst -U root -e env $state
chpst -e env -U root $state
chpst -e env $state
chpst -eenv $state
chpst -e env/ $state
chpst -e "$PWD/env" $state
chpst -e env2 $state
chpst -e env2 -e env $state
chpst -e env -e env2 $state
chpst -v -e env2 $state
chpst -e nosuch true
chpst -e plain true
chpst -e '' true
chpst -e . nosuch
chpst -e env nosuch
chpst -e env found
chpst -e env true
chpst -/ / $state
chpst -/ root true
chpst -/ nosuch true
chpst -/ plain true
chpst -/ '' true
chpst -/ root -e env true
chpst -n 5 $state
chpst -n +5 $state
chpst -n -5 $state
chpst -n 0 $state
chpst -n 99 $state
chpst -n -99 $state
chpst -n '' $state
chpst -n - $state
chpst -n + $state
chpst -n x true
chpst -n 3x true
chpst -n ' 3' true
chpst -n +-3 true
chpst -n --3 true
chpst -n 0x3 true
chpst -n x -V
chpst -V -n x
chpst -n 1 -n 2 $state
chpst -n5 -u nobody $state
chpst -l lock $state
chpst -L lock $state
chpst -l lock -0 $state
chpst -l lock -u nobody $state
chpst -L lock -u nobody $state
chpst -l lock -l lock true
chpst -l lock -L lock2 true
chpst -L lock2 -l lock true
chpst -l lock -L lock2 -x
chpst -l lock -L lock2 -V
chpst -L holding true
chpst -L holding -u nobody true
chpst -l /nosuch/lock true
chpst -L /nosuch/lock true
chpst -l env true
chpst -l '' true
chpst -l fifo true
chpst -l /dev/full $state
chpst -l closed/lock -u nobody true
chpst -m 60000000 $state
chpst -d 60000000 $state
chpst -o 50 $state
chpst -p 5000 $state
chpst -f 5000000 $state
chpst -c 1000 $state
chpst -r 5000000 $state
chpst -t 500 $state
chpst -c '' $state
chpst -c 0 $state
chpst -c 010 $state
chpst -c x true
chpst -c 5x true
chpst -c ' 5' true
chpst -c +5 true
chpst -c -5 true
chpst -c 0x10 true
chpst -o x -V
chpst -s 5 true
chpst -a 5 true
chpst -m 60000000 -d 70000000 $state
chpst -d 70000000 -m 60000000 $state
chpst -o 50 -o 60 $state
chpst -c 18446744073709551615 $state
chpst -c 99999999999 $state
chpst -o 50 -u nobody $state
chpst -v -o 50 -m 60000000 $state
chpst nosuch
chpst ./nosuch
chpst ./garbage
chpst ./badint
chpst ./plain
chpst ./env
chpst /
chpst ''
chpst plain/x
chpst bin/loop
chpst sh exits
chpst sh -c 'exit 42'
chpst sh -c 'kill -9 $$'
chpst 'a b'
chpst -P -e env -/ / -n 1 -U root -u nobody -l "$PWD/lock" -m 90000000 $state
setuidgid
setuidgid nobody
setuidgid -x
setuidgid -V
setuidgid --
setuidgid nobody $state
setuidgid root $state x y
setuidgid -- nobody true
setuidgid nobody -- true
setuidgid nobody nosuch
setuidgid nobody -x
setuidgid nosuch true
setuidgid '' true
setuidgid :1:2 true
setuidgid nobody:adm true
dsetuidgid
dsetuidgid nobody $state
dsetuidgid nosuch true
envuidgid
envuidgid root
envuidgid nobody $state
envuidgid nosuch true
envuidgid :1:2 true
envuidgid nobody:adm true
denvuidgid
denvuidgid nobody $state
envdir
envdir env
envdir -x
envdir env $state
envdir nosuch true
envdir plain true
envdir env nosuch
envdir -- true
denvdir
denvdir env $state
pgrphack
pgrphack $state
pgrphack -P true
pgrphack -V
pgrphack --
dpgrphack
dpgrphack $state
setlock
setlock lock
setlock -x
setlock -V
setlock -Z lock true
setlock -xZ lock true
setlock --
setlock lock $state
setlock -- lock $state
setlock -n lock $state
setlock -N lock $state
setlock -nN lock $state
setlock -X lock nosuch
setlock /nosuch/lock true
setlock -x /nosuch/lock true
setlock -xX /nosuch/lock true
setlock -Xx /nosuch/lock true
setlock -x env true
setlock fifo true
dsetlock
dsetlock -Z
dsetlock lock $state
softlimit
softlimit -V
softlimit -x true
softlimit -o
softlimit --
softlimit $state
softlimit nosuch
softlimit -a 60000000 $state
softlimit -c 1000 $state
softlimit -d 60000000 $state
softlimit -f 5000000 $state
softlimit -l 60000 $state
softlimit -m 60000000 $state
softlimit -o 50 $state
softlimit -p 5000 $state
softlimit -r 5000000 $state
softlimit -s 1000000 $state
softlimit -t 500 $state
softlimit -a = $state
softlimit -c = $state
softlimit -m = $state
softlimit -o = $state
softlimit -o= $state
softlimit -s = $state
softlimit -c = -c 5 $state
softlimit -c 5 -c = $state
softlimit -m 60000000 -a 70000000 $state
softlimit -a 70000000 -m 60000000 $state
softlimit -c '' $state
dsoftlimit
dsoftlimit -o
dsoftlimit -o 50 $state
dchpst
dchpst -x
dchpst -u
dchpst $state
END

if [ $has_dir -eq 1 ]; then
	table <<-'END'
	chpst -C env $state
	chpst -C
	chpst -C nosuch true
	chpst -C plain true
	chpst -C '' true
	chpst -C 'a b' $state
	chpst -C env -e env $state
	chpst -C env -/ / true
	chpst -/ / -C "$PWD/env" $state
	chpst -C env -C env2 $state
	chpst -C env -l lock $state
	chpst -C closed -u nobody $state
	END
	rm -f env/lock
fi

# What is searched for where.
for path in '' : bin bin: :bin nosuch:bin bin/plain:bin closed:bin "$PWD/bin"; do
	table <<-'END'
	chpst found
	chpst plain
	chpst loop
	chpst nosuch
	chpst ./found
	chpst bin/found
	chpst sub/found
	chpst ''
	END
done
unset path

# As nobody.
as="$tmp/ours/chpst -u nobody"
chmod 600 env2/TWO
table <<'END'
chpst $state
chpst -u root $state
chpst -u nobody $state
chpst -u :65534:65534 $state
chpst -U root -P $state
chpst -/ / true
chpst -n -5 true
chpst -n 5 $state
chpst -e env $state
chpst -e env2 true
chpst -e closed true
chpst -l lock $state
chpst -l closed/lock true
chpst -L holding true
chpst -l plain true
chpst -o 50 -m 60000000 $state
chpst -p 1 $state
chpst closed/x
chpst ./plain
setuidgid nobody true
envuidgid nobody $state
setlock lock $state
softlimit -o 50 $state
END
chmod 711 env && table <<'END'
chpst -e env $state
END
chmod 644 env && table <<'END'
chpst -e env true
END
chmod 755 env
as=

# Two or more of anything, at random; what is different on purpose is not in
# these lists.
random_lines() {
	awk -v seed="$SEED" -v count="$CASES" '
	function below(n) {
		x = (x * 16807) % 2147483647
		return int(x / 2147483647 * n)
	}
	function one(list,  v, n) {
		n = split(list, v, ",")
		return v[below(n) + 1]
	}
	# Glued, or a word of its own.
	function option(letter, list) {
		return "-" letter one("|, ") one(list)
	}
	function any(  r) {
		r = below(22)
		if (r < 5)
			return one("-v,-P,-0,-vP,-0P,-V,-Z,-012,-2,-1x")
		if (r == 5)
			return option("b", "$state")
		if (r < 9)
			return option(one("u,U"), users)
		if (r < 11)
			return option("e", "env,env/,env2,root,nosuch,plain")
		if (r == 11)
			return option("/", "/,/,/,nosuch")
		if (r < 14)
			return option("n", "0,1,-1,+2,5,19,-20,x,1x,+,99")
		if (r == 14)
			return one("-l $PWD/lock,-L $PWD/lock,-l$PWD/lock," \
			    "-L $PWD/holding,-l $PWD/env")
		return one(limits)
	}
	BEGIN {
		users = "root,nobody,daemon,nobody:adm,root:adm:mail,:1:2,:7:8"
		limits = "-m 60000000,-m90000000,-d 60000000,-o 50,-o64," \
		    "-p 5000,-f 5000000,-c 1000,-c0,-r 5000000,-t 500," \
		    "-d x,-o 5x,-c -1"
		x = seed * 7919 + 17
		for (i = 0; i < 20; i++)
			below(1)
		while (count-- > 0) {
			s = "chpst"
			for (n = below(6); n >= 0; n--)
				s = s " " any()
			gsub(/\|/, "", s)
			print s, "$state", one("a,-x,--,b")
		}
	}'
}
random_lines >../random
table <../random

echo >../hold
wait "$holder" || failed=1
holder=
echo "$cases deliberate differences, $lines command lines"
exit $failed
