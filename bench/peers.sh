#!/bin/sh
# Unpacks the loggers we measure against, and ripgrep, as Debian packages, below
# DIR.
set -eu

[ $# -eq 1 ] || { echo 'usage: peers.sh dir' >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
apt=$(command -v apt-get) || { echo 'peers.sh: needs apt-get' >&2; exit 1; }

# What s6 is linked with, whatever this release calls it.
libraries() {
	apt-cache depends s6 |
	    sed -n 's/^ *Depends: \(lib\(s6\|skarnet\|execline\).*\)/\1/p'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for package in runit daemontools s6 busybox-static ripgrep $(libraries) \
    rsyslog libestr0 libfastjson4; do
	if apt-get -q download "$package" >log 2>&1; then
		dpkg -x "$package"_*.deb "$dir"
		echo "$package"
	else
		echo "peers.sh: $package: not to be had"
	fi
done

# These run where they are, so they are installed.
for program in nginx wrk strace; do
	command -v "$program" >/dev/null && continue
	if [ "$(id -u)" -eq 0 ]; then
		"$apt" -q -y install --no-install-recommends "$program" \
		    >log 2>&1 || echo "peers.sh: $program: not installed"
	else
		echo "peers.sh: $program is missing: install it as root"
	fi
done
