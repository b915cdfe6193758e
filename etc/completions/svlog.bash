# bash completion for svlog(8); `make install` puts in where services are

# Services are the directories in SVDIR that have a log.
_svlog_services() {
	local dir=${SVDIR:-@SVDIR@} path name
	for path in "$dir"/*/log/; do
		[[ -d $path ]] || continue
		name=${path%/log/}
		printf '%s\n' "${name##*/}"
	done
}

_svlog_offer() {
	local word
	while IFS= read -r word; do
		[[ $word == "$cur"* ]] && COMPREPLY+=("$word")
	done
}

_svlog() {
	local cur=${COMP_WORDS[COMP_CWORD]} what=${COMP_WORDS[1]}

	COMPREPLY=()
	[[ $COMP_CWORD -gt 1 && $what == @(stat|verify) ]] || what=lines
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-s | -u) _svlog_offer < <(printf '%s\n' today yesterday -15m -1h -1d); return ;;
	-n | -e) return ;;
	-o)
		case $what in
		stat) _svlog_offer < <(printf '%s\n' text json prometheus) ;;
		*) _svlog_offer < <(printf '%s\n' text raw json) ;;
		esac
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		case $what in
		lines) _svlog_offer < <(printf '%s\n' -f -v -c -n -s -u -e -o -V) ;;
		stat) _svlog_offer < <(printf '%s\n' -o) ;;
		esac
	elif [[ $cur == [./]* ]]; then
		compopt -o filenames 2>/dev/null
		_svlog_offer < <(compgen -d -- "$cur")
	else
		[[ $COMP_CWORD -gt 1 ]] || _svlog_offer < <(printf '%s\n' stat verify)
		_svlog_offer < <(_svlog_services)
	fi
}

complete -F _svlog svlog
