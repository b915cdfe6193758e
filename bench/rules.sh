# What is selected, left out and hidden: globs and expressions. Sourced.
#
# shellcheck shell=sh

# Eight rules as an administrator writes them: probes, assets and the inside
# network are left out, unless they failed. About five lines in six stay.
globs() {
	cat <<-'END'
	-*"GET /healthz *
	-*"HEAD *
	-*"OPTIONS *
	-*"GET /favicon.ico *
	-*"GET /static/img/*
	-10.0.*
	+*"*" 404 *
	+*"*" 500 *
	END
}

# N expressions as POSIX, PCRE2 and Rust all read them: failures, pages, tools
# and probes. Few lines match any, so that most are asked about all.
expressions() {
	head -n "$1" <<-'END'
	" 5[0-9][0-9] 
	" 40[134] 
	"(HEAD|OPTIONS) 
	kube-probe/[0-9]
	"GET /api/v[0-9]+/login
	"POST [^"]*" 403 
	/(favicon.ico|robots.txt) 
	^10[.][0-9]+[.]
	[?]q=[^ ]*%[0-9a-f][0-9a-f]
	/wp-(admin|login)
	 HTTP/1[.]0"
	[.][.]/
	" 30[12] 
	bingbot/[0-9]+[.][0-9]
	/static/[a-z]+/x1-
	"curl/[0-9.]+"$
	END
}

# What a case has of them: weir-re4 and s6-re4-one have 4.
number_of() {
	expr "$1" : '.*-re\([0-9]*\)'
}

# Their lines of config for a case: an -i asks for the interpreter.
expression_rules() {
	case $1 in
	*-i*) way='(*NO_JIT)' ;;
	*) way= ;;
	esac
	expressions "$(number_of "$1")" | sed "s/^/~-$way/"
}

# rules CASE: its lines of config.
rules() {
	case $1 in *globs*) globs ;; weir-re*) expression_rules "$1" ;; esac
	case $1 in *mask*) echo '~m^([^ ]+)' ;; esac
}

# with_expressions N PREFIX TAIL COMMAND ...: they are its last arguments but
# for the words of TAIL.
with_expressions() {
	count=$1 prefix=$2 tail=$3
	shift 3
	while IFS= read -r re; do
		set -- "$@" "$prefix$re"
	done <<-END
	$(expressions "$count")
	END
	# shellcheck disable=SC2086 # words
	"$@" $tail
}
