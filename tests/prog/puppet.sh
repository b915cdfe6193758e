#!/bin/sh
# Puppet's runit provider, where Puppet is installed, does with our programs what
# it does with runit's: it enables, starts, sees, restarts, stops and disables a
# service. In a root of its own, and on demand: it takes up to two minutes.
#
#   B           the build folder
#   PUPPET=yes  do it
set -u
: "${B:?the build folder}"
here=$(cd "$(dirname "$0")/../.." && pwd)
. "$here/tests/kit/root.sh"

[ "${PUPPET:-}" = yes ] || skip "not asked for (PUPPET=yes)"
command -v puppet >/dev/null || skip "no puppet is installed"
root_own "$0" || skip "no namespaces of mounts, processes and network"
dir=$(mktemp -d) || exit 1
trap 'root_drop "$dir/root" && rm -rf "$dir"' EXIT
root=''
mkdir "$dir/root" "$dir/ours"
root_programs "$dir/ours" || exit 1
root_make "$dir/root" "$dir/ours" || skip "no overlay file systems"
mount -t sysfs -o ro sysfs "$root/sys" || skip "no /sys"

mkdir -p "$root/etc/sv/one" "$root/etc/service"
printf '#!/bin/sh\nexec sleep 1000\n' >"$root/etc/sv/one/run"
chmod 755 "$root/etc/sv/one/run"
in_root runsvdir -P /etc/service >"$dir/said" 2>&1 </dev/null &

# is PROPERTIES CHANGED: applied, and so much is changed.
is() {
	out=$(in_root timeout 120 puppet apply --color=false -e "service { 'one':
		provider => runit, $1 }" 2>&1) || fail "$1: $out"
	case $out in
	*Error:*) fail "$1: $out" ;;
	*"$2"*) ;;
	*) fail "$1: not '$2': $out" ;;
	esac
}

told() {
	says /etc/sv/one "$1" || fail "$(sv status /etc/sv/one)"
}

is 'ensure => running, enable => true' "'stopped' to 'running'"
told '^run: '
is 'ensure => running, enable => true' 'Applied catalog'
case $out in
*changed*) fail "it is not seen to run: $out" ;;
esac
pid=$(in_root cat /etc/sv/one/supervise/pid)
is "ensure => running } exec { '/bin/true': notify => Service['one']" \
    'Triggered'
[ "$pid" != "$(in_root cat /etc/sv/one/supervise/pid)" ] ||
    fail "it was not restarted"
is 'ensure => stopped' "'running' to 'stopped'"
told '^down: '
is 'enable => false' "'true' to 'false'"
[ ! -e "$root/etc/service/one" ] || fail "it is still enabled"
echo "puppet $(in_root puppet --version): all is well"
