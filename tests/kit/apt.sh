# Debian's packages as files, unpacked and never installed. Sourced.
#
# shellcheck shell=sh

# apt_files DIR PACKAGE ...: they, and what they need that is not on this
# machine, unpacked into DIR, once; false where they cannot be had.
apt_files() {
	apt_to=$1
	shift
	[ "$(cat "$apt_to/.packages" 2>/dev/null)" = "$*" ] && return
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
		return 1
	apt_debs=$(mktemp -d) || return 1
	mkdir "$apt_debs/partial" &&
		timeout 300 apt-get -q -y -o Debug::NoLocking=1 \
			-o Dir::Cache::Archives="$apt_debs" \
			--no-install-recommends --download-only install "$@" \
			>/dev/null 2>&1 </dev/null &&
		apt_unpack "$apt_to" "$apt_debs"/*.deb &&
		echo "$*" >"$apt_to/.packages"
	apt_rc=$?
	rm -rf "$apt_debs"
	return $apt_rc
}

# apt_unpack DIR FILE ...: as on a machine whose /bin, /sbin and /lib are links.
apt_unpack() {
	apt_to=$1
	shift
	rm -rf "$apt_to"
	mkdir -p "$apt_to/usr" || return 1
	for apt_deb; do
		dpkg-deb -x "$apt_deb" "$apt_to" || return 1
	done
	for apt_dir in bin sbin lib lib64; do
		[ -d "$apt_to/$apt_dir" ] || continue
		cp -a "$apt_to/$apt_dir" "$apt_to/usr/" &&
			rm -rf "${apt_to:?}/$apt_dir" || return 1
	done
}
