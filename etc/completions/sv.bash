# bash completion for sv(8); `make install` puts in where services are

# Services are the directories in SVDIR; one that has a log is two.
_sv_services() {
	local dir=${SVDIR:-@SVDIR@} path name
	for path in "$dir"/*/; do
		[[ -d $path ]] || continue
		name=${path%/}
		name=${name##*/}
		printf '%s\n' "$name"
		[[ -d $path/log ]] && printf '%s\n' "$name/log"
	done
}

_sv_offer() {
	local word
	while IFS= read -r word; do
		[[ $word == "$cur"* ]] && COMPREPLY+=("$word")
	done
}

# The word that is the command, if it is not the one being completed.
_sv_command() {
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-w) ((i++)) ;;
		-*) ;;
		*) printf '%s' "${COMP_WORDS[i]}"; return ;;
		esac
	done
}

_sv() {
	local cur=${COMP_WORDS[COMP_CWORD]} command
	local verbs='status up down once pause cont hup alarm interrupt quit
		term kill exit start stop restart reload shutdown try-restart
		check force-stop force-reload force-restart force-shutdown
		list log s u d o p c h a i q 1 2 t k x e X E D T'

	COMPREPLY=()
	command=$(_sv_command)
	if [[ -n $command ]]; then
		if [[ $cur == [./]* ]]; then
			compopt -o filenames 2>/dev/null
			_sv_offer < <(compgen -d -- "$cur")
		else
			_sv_offer < <(_sv_services)
		fi
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == -w ]]; then
		return
	elif [[ $cur == -* ]]; then
		_sv_offer < <(printf '%s\n' -v -w -j -V)
	else
		# shellcheck disable=SC2086 # a list of words
		_sv_offer < <(printf '%s\n' $verbs)
	fi
}

complete -F _sv sv
