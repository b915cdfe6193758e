# Numbers to figures: medians, peaks, ratios. A figure that is missing is a -,
# and so is what is made of it. Sourced.
#
# A file of rounds has one line for each round; a file of names has one line for
# each figure, NAME VALUE.
#
# shellcheck shell=sh

# The median of the numbers on standard input.
middle() {
	sort -g | awk '{ v[NR] = $1 } END {
		if (NR == 0)
			print "-"
		else if (NR % 2)
			print v[(NR + 1) / 2]
		else
			print (v[NR / 2] + v[NR / 2 + 1]) / 2
	}'
}

# The least of them.
least() {
	sort -g | awk 'NR == 1 { print } END { if (NR == 0) print "-" }'
}

# column FILE NUMBER
column() {
	[ ! -e "$1" ] || awk -v c="$2" '{ print $c }' "$1"
}

# named FILE NAME
named() {
	[ ! -e "$1" ] || awk -v n="$2" '$1 == n { print $2 }' "$1"
}

# median FILE COLUMN
median() {
	column "$1" "$2" | middle
}

# peak FILE COLUMN
peak() {
	column "$1" "$2" | sort -g | awk '{ m = $1 } END { print NR ? m : "-" }'
}

# cpu FILE: of rounds of measure(1), the median of user and system time.
cpu() {
	[ -s "$1" ] || { echo -; return; }
	awk '{ print $2 + $3 }' "$1" | middle
}

# calc EXPRESSION
calc() {
	case " $* " in *' - '*) echo -; return ;; esac
	awk "BEGIN { print $* }"
}

# ratio A B
ratio() {
	case $2 in
	- | 0) echo - ;;
	*) calc "$1 / $2" ;;
	esac
}

# medians A B COLUMN: the ratio of the medians of two files.
medians() {
	ratio "$(median "$1" "$3")" "$(median "$2" "$3")"
}

# fixed N FIGURE: with N digits behind the point.
fixed() {
	case $2 in
	-) echo - ;;
	*) printf "%.$1f\n" "$2" ;;
	esac
}

# short FIGURE: three digits.
short() {
	case $1 in
	-) echo - ;;
	*) awk -v v="$1" 'BEGIN {
		if (v >= 100) printf "%.0f\n", v
		else if (v >= 10) printf "%.1f\n", v
		else if (v == 0) print 0
		else printf "%.2f\n", v
	}' ;;
	esac
}
